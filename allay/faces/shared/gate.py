"""The doors of the faces: who is let in to a page, and what the page is about.

A visitor without a sign-in goes to the sign-in page; everybody else who may not be here gets "not found".
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from allay.records.access import Permission, holds, is_staff, require
from allay.records.errors import NotConsented, NotYours
from allay.records.models import Enrolment, Group, Person, Role, Study
from allay.records.queries import consents
from allay.records.queries.people import enrolment_of

View = Callable[..., HttpResponse]


class SignedIn(HttpRequest):
    """What views behind a door receive (for types only)."""

    user: Person
    enrolment: Enrolment


def _signed_in(view: View) -> View:
    @wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("sign-in")
        return view(request, *args, **kwargs)

    return door


def own(view: View) -> View:
    """Pages about a person's own data: open after leaving, too. Sets `request.enrolment`."""

    @wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        enrolment = enrolment_of(request.user)
        if enrolment is None:
            raise NotYours
        require(request.user, Permission.OWN_DATA, enrolment)
        request.enrolment = enrolment
        return view(request, *args, **kwargs)

    return _signed_in(door)


def participant(view: View) -> View:
    """Pages of the programme: somebody who takes part and has agreed to."""

    @wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.enrolment.withdrawn_at is not None:
            return redirect("me")
        require(request.user, Permission.TAKE_PART, request.enrolment)
        if not consents.standing(request.enrolment).get("programme", False):
            raise NotConsented
        return view(request, *args, **kwargs)

    return own(door)


def staff(view: View) -> View:
    """Pages for anybody on the staff."""

    @wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_staff(request.user):
            raise NotYours
        return view(request, *args, **kwargs)

    return _signed_in(door)


def role(kind: Role.Kind) -> Callable[[View], View]:
    """Pages for those who hold a role of this kind anywhere."""

    def of_kind(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not holds(request.user, kind):
                raise NotYours
            return view(request, *args, **kwargs)

        return staff(door)

    return of_kind


def group(view: View) -> View:
    """Pages about one group, for those who run it. The view gets the group in place of its id."""

    @wraps(view)
    def door(request: HttpRequest, group: UUID, *args: object, **kwargs: object) -> HttpResponse:
        found = Group.objects.select_related("study", "arm").filter(pk=group).first()
        require(request.user, Permission.RUN_GROUP, found)
        return view(request, found, *args, **kwargs)

    return _signed_in(door)


def study(view: View) -> View:
    """Pages about one study, for its researchers. The view gets the study in place of its id."""

    @wraps(view)
    def door(request: HttpRequest, study: UUID, *args: object, **kwargs: object) -> HttpResponse:
        found = Study.objects.filter(pk=study).first()
        require(request.user, Permission.READ_STUDY, found)
        return view(request, found, *args, **kwargs)

    return _signed_in(door)
