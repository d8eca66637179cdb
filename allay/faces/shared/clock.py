"""What time it is for a page. In a demo somebody may look at the service at another date."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def now(request: HttpRequest) -> datetime:
    """The time now, the same for the whole of a request; in a demo moved by the days chosen on the demo page."""
    if not hasattr(request, "_now"):
        request._now = timezone.now()
    days = request.session.get("demo_days", 0) if settings.DEMO else 0
    return request._now + timedelta(days=days)


def machine() -> datetime:
    """The time by the machine's own clock, wherever somebody looks: for what processes tell each other."""
    return timezone.now()
