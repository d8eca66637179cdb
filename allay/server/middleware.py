"""What happens around every page: headers, full disks, idle staff, languages, refusals."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from allay.records.errors import NotConsented, NotYours, Refused
from allay.records.models import Person
from allay.records.queries.reminders import unanswered
from allay.records.services import reminders

Handler = Callable[[HttpRequest], HttpResponse]

STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
POLLING = "X-Allay-Polling"  # a page that looks by itself: nobody sits there


def headers(handle: Handler) -> Handler:
    """Content security policy and its kin; pages about people are never kept by shared caches."""
    policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def respond(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.path.startswith(settings.STATIC_URL):
            return response  # the rest is for pages; on small files it would weigh more than their content
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


class packing(GZipMiddleware):
    """Django's, but sound goes as it is: it does not get smaller, and a part of it must be that very part."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.headers.get("Content-Type", "").startswith("audio/"):
            return response
        return super().process_response(request, response)


def utf8_only(handle: Handler) -> Handler:
    """Refuses forms in another encoding: browsers send UTF-8 here, and some encodings hold no text at all."""

    def respond(request: HttpRequest) -> HttpResponse:
        named = request.content_params.get("charset") if request.content_params else None
        if named and named.strip(" \"'").lower().replace("_", "-") not in ("utf-8", "utf8"):
            return HttpResponse("Please send UTF-8.\n", status=415, content_type="text/plain; charset=utf-8")
        return handle(request)

    return respond


def _busy(request: HttpRequest) -> HttpResponse:
    """The disk is full, or another program holds the database: phones keep what they have and try again."""
    try:
        response = render(request, "shared/error.html", {"status": 503}, status=503)
    except DatabaseError:  # not even the person can be read
        response = HttpResponse("Please try again in a minute.\n", status=503, content_type="text/plain")
    response.headers["Retry-After"] = "30"
    return response


class sessions(SessionMiddleware):
    """Django's, but a page that was made is shown even where the time of its sign-in could not be renewed.

    Reading goes on while a disk is full: the page for a hard moment must not fail for the sake of a date.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, OperationalError) as error:
            if not _because_of_the_database(error):
                raise
            known = request.session.session_key == request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            return response if known else _busy(request)


def _because_of_the_database(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, OperationalError):
        error = error.__context__
    return error is not None


def idle(handle: Handler) -> Handler:
    """Staff are signed out after a quarter of an hour without a page, and after half a day in any case.

    A participant's phone stays signed in; its time is renewed once a day.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        try:
            if request.user.is_authenticated:
                _keep_time(request, timezone.now())
        except OperationalError:
            return _busy(request)
        return handle(request)

    return respond


def _keep_time(request: HttpRequest, now: datetime) -> None:
    if request.session.get("staff"):
        if _expired(request, now):
            auth.logout(request)
        elif POLLING not in request.headers and now - _time(request, "seen_at") > timedelta(minutes=1):
            request.session["seen_at"] = now.isoformat()
    elif request.session.get("renewed_on") != now.date().isoformat():
        request.session["renewed_on"] = now.date().isoformat()
        _welcome_back(request.user, now)


def _welcome_back(person: Person, now: datetime) -> None:
    """Notes that went unanswered no longer count. Where that cannot be written, the page is shown all the same."""
    if unanswered(person):
        with suppress(OperationalError):
            reminders.returned(person=person, by=person, at=now)


def _time(request: HttpRequest, key: str) -> datetime:
    return datetime.fromisoformat(request.session[key])


def _expired(request: HttpRequest, now: datetime) -> bool:
    return now - _time(request, "seen_at") > STAFF_IDLE or now - _time(request, "started_at") > STAFF_LONGEST


def language(handle: Handler) -> Handler:
    """The language that the person chose; before that, the browser's."""

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", None) or translation.get_language_from_request(request)
        with translation.override(chosen):
            response = handle(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return respond


class refusals:
    """Turns a refusal of the records into a kind page, or into JSON where a script asked."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError):
            return _busy(request)
        if not isinstance(error, Refused):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            body = {"code": error.code, "why": str(error.sentence), "field": error.field}
            return JsonResponse(body, status=error.status)
        if isinstance(error, NotConsented):
            return redirect("consent")
        sentence = "" if isinstance(error, NotYours) else str(error.sentence)
        context = {"status": error.status, "sentence": sentence, "code": error.code}
        return render(request, "shared/error.html", context, status=error.status)
