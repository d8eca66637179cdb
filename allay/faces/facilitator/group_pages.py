"""The list of groups, one group on one screen, and what is noted there by a tap."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allay.faces.facilitator import screen as screens
from allay.faces.facilitator.forms import MeetingForm
from allay.faces.shared import clock, gate
from allay.records.errors import NotYours
from allay.records.models import Group, Role
from allay.records.queries import caseload as queries
from allay.records.services import contacts
from allay.records.services import groups as verbs


def an_id(sent: str) -> UUID:
    """An id from a form of ours. Raises NotYours for anything else."""
    try:
        return UUID(sent)
    except ValueError:
        raise NotYours from None


def _chosen_week(request: HttpRequest) -> int | None:
    typed = request.GET.get("week", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None


@gate.role(Role.Kind.FACILITATOR)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Context: lines (screen.GroupLine), area."""
    at = clock.now(request)
    loads = queries.caseloads(queries.groups_of(request.user), at)
    lines = screens.group_lines(loads, at)
    return render(request, "facilitator/groups.html", {"lines": lines, "area": "groups"})


@gate.group
@require_safe
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """Context: see `_context`."""
    return render(request, "facilitator/group.html", _context(request, group, _chosen_week(request)))


def _context(request: HttpRequest, group: Group, week: int | None, said: str = "") -> dict[str, object]:
    """screen (screen.Screen), modes and marks (value and words of the buttons), said (for screen readers), area."""
    at = clock.now(request)
    return {
        "screen": screens.screen(queries.caseload(group, at), at, request.user, week),
        "modes": screens.modes(),
        "marks": screens.marks(),
        "said": said,
        "area": "groups",
    }


def _answer(request: HttpRequest, group: Group, place: str, week: int | None, said: str) -> HttpResponse:
    """After a tap: the screen alone where a script asked for it, else back to the page."""
    if request.headers.get("HX-Request") == "true":
        return render(request, "facilitator/_group_main.html", _context(request, group, week, said))
    query = f"?week={week}" if week else ""
    return redirect(f"{reverse('group', args=[group.pk])}{query}#{place}")


@gate.group
@require_POST
def attendance(request: HttpRequest, group: Group) -> HttpResponse:
    """Marks one person (`mark` is their enrolment and the state), or with `rest` everybody who has no mark yet."""
    meeting = queries.meeting(group, pk=an_id(request.POST.get("meeting", "")))
    if rest := request.POST.get("rest"):
        states = dict.fromkeys(queries.without_mark(meeting), rest)
    else:
        chosen, _space, state = request.POST.get("mark", "").partition(" ")
        states = {queries.taking_part(group, an_id(chosen)): state}
    verbs.mark_attendance(meeting=meeting, states=states, by=request.user, at=clock.now(request))
    return _answer(request, group, "attendance", meeting.week, _("Noted."))


@gate.group
@require_POST
def answer_times(request: HttpRequest, group: Group) -> HttpResponse:
    """Keeps when the facilitators look in, as people of the group read it."""
    said = request.POST.get("answer_times", "")
    verbs.set_answer_times(group=group, words=said, by=request.user, at=clock.now(request))
    messages.success(request, _("Saved. People in the group read it on Me and on the page Who to call."))
    return redirect("group", group.pk)


@gate.group
@require_POST
def online(request: HttpRequest, group: Group) -> HttpResponse:
    """Keeps whether the group meets online."""
    chosen = request.POST.get("online") == "yes"
    verbs.set_online(group=group, online=chosen, by=request.user, at=clock.now(request))
    messages.success(request, _("Saved. Sessions speak of meeting online.") if chosen else _("Saved."))
    return redirect("group", group.pk)


@gate.group
@require_POST
def contact(request: HttpRequest, group: Group) -> HttpResponse:
    """Notes a contact with the reasons that stand now. Sends: id (made with the form), enrolment, mode."""
    at = clock.now(request)
    member = queries.caseload(group, at).member(an_id(request.POST.get("enrolment", "")))
    contacts.log(
        id=an_id(request.POST.get("id", "")),
        enrolment=member.enrolment,
        mode=request.POST.get("mode", ""),
        reasons=[reason.kind for reason in member.reasons],
        by=request.user,
        at=at,
    )
    if request.POST.get("then") == "person":
        return redirect("person", group.pk, member.enrolment.pk)
    return _answer(request, group, "needs-contact", None, _("%s: noted.") % member.name)


@gate.group
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, group: Group, week: int) -> HttpResponse:
    """Gives a meeting another time, or cancels it. Context: group, line (screen.MeetingLine), form, area."""
    at = clock.now(request)
    found = queries.meeting(group, week=week)
    if "cancel" in request.POST:
        verbs.cancel(meeting=found, by=request.user, at=at)
        return redirect("group", group.pk)
    form = MeetingForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        verbs.move(meeting=found, starts_at=form.starts_at, by=request.user, at=at)
        return redirect("group", group.pk)
    line = screens.meeting_line(found, group, at)
    context = {"group": group, "line": line, "form": form, "area": "groups"}
    return render(request, "facilitator/meeting.html", context, status=422 if form.is_bound else 200)
