"""Coming in and going out: codes for participants, e-mail and password for staff."""

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allay.faces.shared import clock
from allay.records.access import holds, is_staff
from allay.records.errors import CodeNotValid, TooManyTries
from allay.records.models import Person, Role
from allay.records.services import codes, tries

BACKEND = "django.contrib.auth.backends.ModelBackend"


def home(person: Person) -> str:
    """The name of the first page for this person."""
    if holds(person, Role.Kind.FACILITATOR):
        return "groups"
    if holds(person, Role.Kind.RESEARCHER):
        return "studies"
    return "service" if is_staff(person) else "today"


def welcome(request: HttpRequest) -> HttpResponse:
    """Context: none. Somebody who is signed in goes on to their first page."""
    if request.user.is_authenticated:
        return redirect(home(request.user))
    return render(request, "shared/welcome.html")


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Staff, by e-mail and password. Context: email, problem."""
    if request.method == "GET":
        return render(request, "shared/sign_in.html", {"email": "", "problem": ""})
    email = request.POST.get("email", "").strip().lower()[:254]
    now = clock.now(request)
    try:
        counted = tries.begin(key=email, address=_address(request), at=now)
    except TooManyTries as refusal:
        return _again(request, email, str(refusal.sentence), refusal.status)
    person = auth.authenticate(request, username=email, password=request.POST.get("password", "")[:1000])
    if person is None:
        return _again(request, email, _("E-mail and password do not go together."), 200)
    tries.forgive(counted)
    auth.login(request, person, backend=BACKEND)
    start_staff_session(request)
    return redirect(home(person))


def _again(request: HttpRequest, email: str, problem: str, status: int) -> HttpResponse:
    return render(request, "shared/sign_in.html", {"email": email, "problem": problem}, status=status)


def start_staff_session(request: HttpRequest) -> None:
    """Marks a sign-in as staff's, so that it ends after a quarter of an hour without a page."""
    now = clock.timezone.now().isoformat()
    request.session.update({"staff": True, "started_at": now, "seen_at": now})
    request.session.set_expiry(0)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Participants, by a single-use code. Context: code, problem."""
    if request.method == "GET":
        return render(request, "shared/join.html", {"code": "", "problem": ""})
    typed = request.POST.get("code", "")[:60]
    now = clock.now(request)
    try:
        counted = tries.begin(key="", address=_address(request), at=now)
        with transaction.atomic():  # a code is used up only where the phone is signed in by it
            enrolment = codes.redeem(code=typed, at=now)
            auth.login(request, enrolment.person, backend=BACKEND)
            request.session.set_expiry(settings.SESSION_COOKIE_AGE)
            request.session.save()
            tries.forgive(counted)
    except (CodeNotValid, TooManyTries) as refusal:
        return _join_again(request, typed, refusal)
    return redirect("today")


def _join_again(request: HttpRequest, typed: str, refusal: CodeNotValid | TooManyTries) -> HttpResponse:
    context = {"code": typed, "problem": str(refusal.sentence)}
    return render(request, "shared/join.html", context, status=refusal.status)


def _address(request: HttpRequest) -> str:
    """Where a try comes from. Forwarded headers count only behind a proxy that the service names."""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Asks first: what is still unsent on the phone would go with the sign-in. Context: none."""
    if request.method == "GET":
        return render(request, "shared/sign_out.html")
    auth.logout(request)
    response = redirect("welcome")
    kept = request.POST.get("keep") == "1"  # encrypted entries stay on the phone until the person comes back
    response.headers["Clear-Site-Data"] = '"cache"' if kept else '"cache", "storage"'
    return response
