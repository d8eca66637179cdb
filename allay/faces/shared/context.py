"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from allay.records.access import holds, is_staff
from allay.records.models import Role
from allay.records.services.enrolments import LOOK

AREAS = {
    "groups": Role.Kind.FACILITATOR,
    "studies": Role.Kind.RESEARCHER,
    "service": Role.Kind.ADMINISTRATOR,
}


def everywhere(request: HttpRequest) -> dict[str, object]:
    """demo, signed_in, staff, areas, person, account (names this phone's storage),
    days_ahead (demo), look (how this person wants the pages, or as a stranger sees them)."""
    person = getattr(request, "user", None)
    signed_in = bool(person and person.is_authenticated)
    staff = signed_in and is_staff(person)
    return {
        "demo": settings.DEMO,
        "signed_in": signed_in,
        "staff": staff,
        "areas": [area for area, kind in AREAS.items() if staff and holds(person, kind)],
        "person": person if signed_in else None,
        "account": account(person.pk) if signed_in and not staff else "",
        "days_ahead": request.session.get("demo_days", 0) if settings.DEMO and signed_in else 0,
        "look": {name: getattr(person, name, choices[0]) for name, choices in LOOK.items()},
    }


def account(person_id: object) -> str:
    """Names the person's storage on a phone without naming the person."""
    return salted_hmac("allay.account", str(person_id)).hexdigest()[:16]
