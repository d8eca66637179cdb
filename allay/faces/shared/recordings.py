"""Recordings of the service: an administrator adds and removes them; participants and staff hear them."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allay.content import library
from allay.faces.shared import clock, gate, sound
from allay.records import audio
from allay.records.access import Permission, is_staff, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import Recording, Role
from allay.records.queries import practices
from allay.records.queries import recordings as queries
from allay.records.services import recordings as verbs

FIELDS = ("practice", "language", "voice")


@gate.role(Role.Kind.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def recordings(request: HttpRequest) -> HttpResponse:
    """Context: recordings (pairs of records.Recording and the practice's name), practices (id and name), lengths,
    typed (what was chosen before), problem (a sentence), field (which one it is about), area."""
    require(request.user, Permission.MANAGE)
    problem = None
    if request.method == "POST":
        try:
            _made, new = _add(request)
        except Invalid as refusal:
            problem = refusal
        else:
            messages.success(
                request,
                _("Kept. It stands on the page of the practice.") if new else _("It is kept already."),
            )
            return redirect("recordings")
    index = library.load().practice_index
    context = {
        "recordings": [
            (one, index[one.practice].name if one.practice in index else one.practice)
            for one in queries.current()
        ],
        "practices": [(one.id, one.name) for one in library.load().practices.values()],
        "lengths": ("1", "3", "10"),
        "typed": request.POST,
        "problem": str(problem.sentence) if problem else "",
        "field": problem.field if problem else "",
        "area": "service",
    }
    return render(request, "shared/recordings.html", context, status=422 if problem else 200)


def _add(request: HttpRequest) -> tuple[Recording, bool]:
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    minutes = request.POST.get("minutes", "")
    return verbs.add(
        data=_bytes(request.FILES.get("file")),
        minutes=int(minutes) if minutes in ("1", "3", "10") else 0,
        **typed,
        by=request.user,
        at=clock.now(request),
    )


def _bytes(sent: UploadedFile | None) -> bytes:
    if sent is None:
        raise Invalid(_("Please choose a file."), field="file")
    return sent.read(audio.LARGEST + 1)


@gate.role(Role.Kind.ADMINISTRATOR)
@require_POST
def remove(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Takes a recording away from everybody."""
    verbs.remove(recording=queries.one(recording), by=request.user, at=clock.now(request))
    messages.success(request, _("Removed. Phones that kept it have it until they sign out."))
    return redirect("recordings")


def recording(request: HttpRequest, recording: UUID) -> HttpResponse:
    """The sound: for staff, and for those who take part and may open the practice."""
    if request.user.is_authenticated and is_staff(request.user):
        return _sent(request, queries.one(recording))
    return _for_participants(request, recording)


@gate.participant
@require_safe
def _for_participants(request: HttpRequest, recording: UUID) -> HttpResponse:
    found = queries.one(recording)
    practices.one(request.enrolment, found.practice, clock.now(request))
    return _sent(request, found)


@require_safe
def _sent(request: HttpRequest, found: Recording) -> HttpResponse:
    path = verbs.path_of(found.sha256)
    if not path.is_file():  # a folder that was not put back together with the database
        raise NotYours
    return sound.answer(request, found, path)
