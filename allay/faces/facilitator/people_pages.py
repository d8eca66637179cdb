"""Adding people, the code that lets their phone in, and the page of one person."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allay.faces.facilitator import screen as screens
from allay.faces.facilitator import words
from allay.faces.facilitator.group_pages import an_id
from allay.faces.facilitator.person import person_screen
from allay.faces.shared import clock, gate
from allay.faces.shared.sheets import shown
from allay.records.errors import Invalid
from allay.records.models import Enrolment, Group
from allay.records.queries import caseload as queries
from allay.records.queries import member, sheets
from allay.records.services import audit, circumstances, codes, enrolments

DOUBLE_TAP = timedelta(seconds=10)  # a second code this soon takes the place of one nobody has seen


@gate.group
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, group: Group) -> HttpResponse:
    """Adds somebody by name and shows their code. Context: group, ready, name, id, problem, area."""
    name, problem = request.POST.get("name", "")[:200], ""
    ready = member.may_invite()
    if request.method == "POST" and ready:
        at = clock.now(request)
        try:
            with transaction.atomic():  # nobody is added without a code
                row = enrolments.enrol(
                    id=an_id(request.POST.get("id", "")), name=name, group=group, by=request.user, at=at
                )
                return _code_once(request, row, row.enrolled_at, at)
        except Invalid as refusal:
            problem = str(refusal.sentence)
    context = {
        "group": group,
        "ready": ready,
        "name": name,
        "id": uuid4(),
        "problem": problem,
        "area": "groups",
    }
    return render(request, "facilitator/add.html", context, status=422 if problem else 200)


@gate.group
@require_POST
def understanding(request: HttpRequest, group: Group, enrolment: UUID) -> HttpResponse:
    """Keeps what is understood of somebody's pain: it chooses words of sessions, and they never read it as a label."""
    row = queries.taking_part(group, enrolment)
    circumstances.understand(
        enrolment=row,
        pain_understanding=request.POST.get("pain_understanding", ""),
        by=request.user,
        at=clock.now(request),
    )
    messages.success(request, _("Saved. Sessions are worded for it from now on."))
    return redirect("person", group.pk, row.pk)


@gate.group
@require_POST
def code(request: HttpRequest, group: Group, enrolment: object) -> HttpResponse:
    """Makes a code for somebody's phone and shows it once."""
    row = queries.taking_part(group, enrolment)
    at = clock.now(request)
    if not member.may_invite():
        return render(request, "facilitator/add.html", {"group": group, "ready": False, "area": "groups"})
    return _code_once(request, row, _page_made(request), at)


def _page_made(request: HttpRequest) -> datetime | None:
    try:
        moment = datetime.fromisoformat(request.POST.get("asked", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _code_once(request: HttpRequest, row: Enrolment, asked: datetime | None, at: datetime) -> HttpResponse:
    """A new code; or, where the page that asked was only loaded again, word that its code was shown.

    A second new code would end the one that somebody has been given by now. Context: group, enrolment, name,
    asked, area.
    """
    newest = member.newest_code(row)
    again = newest is not None and asked is not None and newest.made_at >= asked
    if not again or at - newest.made_at <= DOUBLE_TAP:
        return _new_code(request, row, at)
    context = {"group": row.group, "enrolment": row.pk, "name": row.person.name, "asked": at.isoformat()}
    return render(request, "facilitator/code_shown.html", context | {"area": "groups"})


def _new_code(request: HttpRequest, row: Enrolment, at: datetime) -> HttpResponse:
    """Context: group, enrolment, name, code, qr, address, until, again (the phone is a new one), area."""
    code = codes.issue(enrolment=row, by=request.user, at=at)
    address = f"{settings.URL}{reverse('join')}"
    context = {
        "group": row.group,
        "enrolment": row.pk,
        "name": row.person.name,
        "code": code,
        "qr": _picture(f"{address}#{code}"),
        "address": _spoken(address),
        "until": words.until(at + codes.LIFETIME, at, row.group.zone),
        "again": row.joined_at is not None,
        "area": "groups",
    }
    response = render(request, "facilitator/code.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _spoken(address: str) -> str:
    """An address as somebody types it."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def _picture(link: str) -> SafeString:
    """A QR code as SVG without styles; the words beside it say the same."""
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=4, svgclass=None, lineclass=None, omitsize=True, title=_("The same code for a camera")
    )
    return mark_safe(svg.replace("<svg", '<svg role="img"', 1))  # noqa: S308  # made here from numbers


@gate.group
@require_safe
def person(request: HttpRequest, group: Group, enrolment: object) -> HttpResponse:
    """One person; that somebody looked is noted.

    Context: page (person.PersonScreen), modes, shared (title of a sheet and its shared lines), asked, area.
    """
    at = clock.now(request)
    page = person_screen(member.member_page(group, enrolment, at), at, request.user)
    audit.record("person.seen", by=request.user, at=at, on=page.row)
    context = {"page": page, "modes": screens.modes(), "asked": at.isoformat(), "area": "groups"}
    if page.row.withdrawn_at is None:
        lines = sheets.shared_lines(page.row, request.user)
        context["shared"] = [(title, shown(said)) for title, said in lines]
    return render(request, "facilitator/person.html", context)
