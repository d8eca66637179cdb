"""What time it is for a page. In a demo somebody may look at the service at another date."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def now(request: HttpRequest) -> datetime:
    """The time now; in a demo moved by the days chosen on the demo page."""
    days = request.session.get("demo_days", 0) if settings.DEMO else 0
    return timezone.now() + timedelta(days=days)


def machine() -> datetime:
    """The time by the machine's own clock, wherever somebody looks: for what processes tell each other."""
    return timezone.now()
