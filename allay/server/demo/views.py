"""Signing in as one of the sample people, and looking at the service at another date."""

from datetime import timedelta

from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from allay.faces.shared import entrance
from allay.records.access import is_staff
from allay.records.models import Group, Person, Role

ROLES = ("participant", *(kind.value for kind in Role.Kind))
FURTHEST = 400  # days


def somebody(role: str) -> Person | None:
    """The sample person of a role; the participant is the first of the group that meets now."""
    if role == "participant":
        now = timezone.now()
        running = Group.objects.filter(weeks_count_from__lt=now, meetings__starts_at__gt=now)
        return Person.objects.filter(enrolments__group__in=running).order_by("name").first()
    return Person.objects.filter(roles__kind=role).first()


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """Context: roles, days (how far the clock is moved), date (what the clock says)."""
    days = request.session.get("demo_days", 0)
    context = {"roles": ROLES, "days": days, "date": timezone.now() + timedelta(days=days)}
    return render(request, "shared/demo.html", context)


@require_safe
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """Signs in as the sample person of a role. A link, so that a terminal can print it."""
    person = somebody(role) if role in ROLES else None
    if person is None:
        raise Http404
    auth.login(request, person, backend=entrance.BACKEND)
    if is_staff(person):
        entrance.start_staff_session(request)
    return redirect(entrance.home(person))


@require_POST
def look_at(request: HttpRequest) -> HttpResponse:
    """Moves the clock of this browser's session by whole days."""
    try:
        days = int(request.POST.get("days", "0"))
    except ValueError:
        days = 0
    request.session["demo_days"] = max(-FURTHEST, min(FURTHEST, days))
    return redirect("demo")
