"""My plan, my pain cycle, flare plan and the like: reading, changing, sharing, choosing between versions, printing."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allay.faces.participant import keeping, kept, sheet_form, sheet_paper
from allay.faces.participant.ids import random_id
from allay.faces.shared import clock, gate
from allay.faces.shared.sheets import ShownLine, shown
from allay.records.errors import DifferentContent, Invalid
from allay.records.models import Enrolment, Person
from allay.records.queries import practices as practice_queries
from allay.records.queries import sheets as queries
from allay.records.queries.days import local_day
from allay.records.queries.today import Today, wording
from allay.records.services import sheets as verbs
from allay.records.services.sheet_content import LONGEST
from allay.science.versions import Version, brought_together, differing

LATEST = 50  # versions listed


@gate.participant
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """All sheets that are open. Context: cards (queries.sheets.SheetCard), kept_offline, tab."""
    cards = queries.cards(request.enrolment, clock.now(request))
    pages = [reverse("sheets"), *(reverse("sheet", args=[card.id]) for card in cards), *scripts()]
    return render(request, "participant/sheets.html", {"cards": cards, "kept_offline": pages, "tab": "me"})


def scripts() -> list[str]:
    """What a sheet needs to be changed without signal."""
    return [static("participant/sheet.js"), static("participant/strokes.js")]


@kept.offline
def _in_a_pocket(today: Today) -> list[str]:
    """The list of sheets, the flare plan and what is grown this week."""
    if not today.in_programme:
        return []
    grown = queries.grown_in(today.week, today.enrolment.person.language)
    flare_plan = [queries.FLARE_PLAN] if queries.is_open_in(queries.FLARE_PLAN, today.week) else []
    wanted = dict.fromkeys([*flare_plan, *(one.id for one in grown)])
    return [reverse("sheets"), *(reverse("sheet", args=[name]) for name in wanted), *scripts()]


@keeping.chapter(_lazy("My pages"), "participant/keep/sheets.html")
def _in_the_file(person: Person, enrolment: Enrolment, at: datetime) -> list[tuple[str, list[ShownLine]]]:
    """Title and lines of every sheet that has something in it."""
    return [(title, shown(lines)) for title, lines in queries.filled(enrolment)]


@gate.participant
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, sheet: str) -> HttpResponse:
    """One sheet, to read and to change; POST keeps all of it as one more version."""
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    if request.method == "POST":
        return _sent(request, standing)
    return _page(request, standing, standing.content)


def _page(
    request: HttpRequest,
    standing: queries.Standing,
    content: dict[str, Any],
    *,
    problem: tuple[str, str] = ("", ""),
    draft: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Context: standing (queries.sheets.Standing), fields (pairs of sheet_form.Field and what is kept of it),
    follows (ids of the versions it is made from), version_id (a fresh id), day, facilitators (names), problem
    (a sentence), draft (whether something is not kept yet), longest, kept_offline, tab.
    """
    at = clock.now(request)
    fields = sheet_form.fields(
        standing.sheet,
        standing.text,
        content,
        practices=_practices(request, at),
        shared=standing.shared,
        problem=problem,
    )
    follows = [head.id for head in standing.heads[-1:]]
    context = {
        "standing": standing,
        "fields": list(zip(fields, shown(standing.lines), strict=True)),
        "follows": follows,
        "version_id": uuid4(),
        "day": local_day(request.enrolment, at),
        "facilitators": ", ".join(queries.facilitators(request.enrolment.group)),
        "problem": problem[1],
        "draft": draft,
        "longest": LONGEST,
        "kept_offline": [reverse("sheets"), *scripts()],
        "tab": "me",
    }
    return render(request, "participant/sheet.html", context, status=status)


def _practices(request: HttpRequest, at: Any) -> list[tuple[str, str]]:
    found = practice_queries.available(request.enrolment, at)
    return [(one.id, wording(one.text, request.user.language).name) for one in found]


def _sent(request: HttpRequest, standing: queries.Standing) -> HttpResponse:
    sent, sheet = request.POST, standing.sheet
    content = sheet_form.content(sheet, sent)
    if "step" in sent:
        content = _readable(content)
        item = sheet_form.step(sheet, content, sent["step"], sent)
        return _page(request, standing, content, problem=(item, ""), draft=True)
    try:
        _keep(request, sheet.id, content, sent)
    except DifferentContent:  # somebody went back, changed something and sent the page again
        said = _("What you kept before is kept. Save once more to keep this as well.")
        return _page(request, standing, _readable(content), problem=("", said), draft=True, status=409)
    except Invalid as refusal:
        problem = (refusal.field, str(refusal.sentence))
        return _page(request, standing, _readable(content), problem=problem, draft=True, status=422)
    messages.success(request, _("Saved. You can change it whenever you like."))
    return redirect(_place(standing, sent.get("item", "")))


def _readable(content: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as far as a page can show it: a drawing that is none is left out."""
    drawn = {name: given.get("drawing") for name, given in content.items()}
    whole = {
        name
        for name, strokes in drawn.items()
        if isinstance(strokes, list)
        and all(isinstance(s, list) and all(isinstance(n, int) for n in s) for s in strokes)
    }
    return {
        name: given if name in whole else {part: said for part, said in given.items() if part != "drawing"}
        for name, given in content.items()
    }


def _place(standing: queries.Standing, item: str) -> str:
    """The address of the sheet, at the line that it is about."""
    known = standing.sheet.item(item)
    return reverse("sheet", args=[standing.sheet.id]) + (f"#item-{item}" if known else "")


def _keep(request: HttpRequest, sheet: str, content: dict[str, Any], sent: QueryDict) -> None:
    at, own_id = clock.now(request), random_id(sent.get("id"))
    if own_id is None:
        raise Invalid(_("This form is not whole. Please try once more."), field="id")
    verbs.keep(
        id=own_id,
        enrolment=request.enrolment,
        sheet=sheet,
        content=content,
        follows=sent.getlist("follows"),
        day=local_day(request.enrolment, at),
        by=request.user,
        at=at,
    )


@gate.participant
@require_POST
def share(request: HttpRequest, sheet: str) -> HttpResponse:
    """Shares one line (`share`), or takes it back (`unshare`)."""
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    verb = verbs.unshare if "unshare" in request.POST else verbs.share
    item = request.POST.get("unshare", request.POST.get("share", ""))
    verb(
        enrolment=request.enrolment,
        sheet=standing.sheet.id,
        item=item,
        by=request.user,
        at=clock.now(request),
    )
    shared = verb is verbs.share
    said = (
        _("Shared. You can take it back at any time.")
        if shared
        else _("Taken back. Only you can see it now.")
    )
    messages.success(request, said)
    return redirect(_place(standing, item))


@gate.participant
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, sheet: str) -> HttpResponse:
    """Two versions side by side; POST keeps what was chosen as a version that follows them all.

    Context: standing, columns (each head: place, time, whether it is the newest), rows (title, item, offered
    place, and what each head says: faces.shared.sheets.ShownLine), version_id, tab.
    """
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    if len(standing.heads) < 2:
        return redirect("sheet", sheet=sheet)
    if request.method == "POST":
        return _chosen(request, standing)
    by_head = [shown(queries.lines(standing.sheet, standing.text, head.content)) for head in standing.heads]
    context = {
        "standing": standing,
        "columns": [(place, head.at) for place, head in enumerate(standing.heads)],
        "rows": list(_rows(standing, by_head)),
        "version_id": uuid4(),
        "tab": "me",
    }
    return render(request, "participant/sheet_choose.html", context)


def _rows(
    standing: queries.Standing, by_head: list[list[ShownLine]]
) -> list[tuple[str, str, int, list[tuple[int, ShownLine]]]]:
    lines = zip(standing.sheet.items, zip(*by_head, strict=True), strict=True)
    return [
        (standing.text.items[item.id].title, item.id, standing.offered[item.id], list(enumerate(said)))
        for item, said in lines
        if item.id in standing.offered
    ]


def _chosen(request: HttpRequest, standing: queries.Standing) -> HttpResponse:
    several = [Version(head.id, (), head.content) for head in standing.heads]
    if request.POST.getlist("follows") != [head.id for head in standing.heads]:
        messages.info(request, _("There is one more version by now. Please look again."))
        return redirect("sheet-choose", sheet=standing.sheet.id)
    places = {item: request.POST.get(item, "") for item in differing(several)}
    choice = {item: int(at) for item, at in places.items() if at in map(str, range(len(several)))}
    whole = request.POST.get("whole", "")
    if whole in map(str, range(len(several))):
        choice = dict.fromkeys(places, int(whole))
    _keep(request, standing.sheet.id, brought_together(several, {**standing.offered, **choice}), request.POST)
    messages.success(request, _("Kept as you chose. The other versions are still in the list of versions."))
    return redirect("sheet", sheet=standing.sheet.id)


@gate.participant
@require_safe
def history(request: HttpRequest, sheet: str) -> HttpResponse:
    """The versions of a sheet, the newest first. Context: standing, versions (id and time), tab."""
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    versions = queries.history(request.enrolment, sheet)[:LATEST]
    return render(
        request, "participant/sheet_history.html", {"standing": standing, "versions": versions, "tab": "me"}
    )


@gate.participant
@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, sheet: str, version: UUID) -> HttpResponse:
    """One version to read; POST makes it the one that counts, as a new version.

    Context: standing, version (queries.sheets.Kept), lines (those with something in them), version_id, tab.
    """
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    found = queries.version(request.enrolment, sheet, version)
    if request.method == "POST":
        _keep(request, sheet, dict(found.content), request.POST)
        messages.success(request, _("This version counts again. Nothing was thrown away."))
        return redirect("sheet", sheet=sheet)
    lines = queries.lines(standing.sheet, standing.text, found.content)
    context = {
        "standing": standing,
        "version": found,
        "lines": shown(line for line in lines if not line.empty),
        "version_id": uuid4(),
        "tab": "me",
    }
    return render(request, "participant/sheet_version.html", context)


@gate.participant
@require_safe
def paper(request: HttpRequest, sheet: str) -> HttpResponse:
    """A sheet for paper, in two sizes (?size=large). Context: standing, lines, large, can_pdf, tab."""
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    context = {
        "standing": standing,
        "lines": shown(line for line in standing.lines if not line.empty),
        "large": request.GET.get("size") == "large",
        "can_pdf": sheet_paper.can_pdf(),
        "tab": "me",
    }
    return render(request, "participant/sheet_paper.html", context)


@gate.participant
@require_safe
def pdf(request: HttpRequest, sheet: str) -> HttpResponse:
    """The same as a PDF, where the service can make one; otherwise the page that says how to."""
    standing = queries.standing(request.enrolment, sheet, clock.now(request))
    large = request.GET.get("size") == "large"
    made = sheet_paper.pdf(standing, large=large)
    if made is None:
        messages.info(
            request, _("Here the file cannot be made. Your browser can: choose Print, then Save as PDF.")
        )
        return redirect("sheet-paper", sheet=sheet)
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="my-page.pdf"'
    return response
