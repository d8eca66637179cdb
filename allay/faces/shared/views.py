"""Pages that anybody may read, and what browsers fetch by themselves."""

import json
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from allay.content import library
from allay.faces.shared import support
from allay.records.models import HelpNumber

PAGES_KEPT = ("flare", "help", "signs", "offline")
ASSETS_KEPT = (
    "shared/allay.css",
    "shared/fonts/atkinson-hyperlegible-next.woff2",
    "shared/icons/favicon.svg",
)

# Only what Today itself needs. What other pages need is kept with them (faces/participant/kept.py).
SCRIPTS_KEPT = ("app", "crypto", "forms", "kept", "outbox", "parcel", "phone", "store")


def _page(request: HttpRequest, key: str, template: str) -> HttpResponse:
    """A help page of the content with the service's own numbers.

    Context: page, numbers, looking_in (who is there for a participant, on the card), tab.
    """
    person = request.user
    context = {
        "page": library.load().help[key],
        "numbers": list(HelpNumber.objects.all()),
        "looking_in": support.line_for(person) if key == "card" and person.is_authenticated else "",
        "tab": key,
    }
    return render(request, template, context)


@require_safe
def help_card(request: HttpRequest) -> HttpResponse:
    return _page(request, "card", "shared/help_page.html")


@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    return _page(request, "signs", "shared/help_page.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy", "shared/help_page.html")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the phone shows when there is no signal and the page was never opened. Context: tab."""
    return render(request, "shared/offline.html", {"tab": ""})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, with the list of what it keeps; a changed list is a new version."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def _worker() -> str:
    scripts = [f"participant/{name}.js" for name in SCRIPTS_KEPT]
    kept = [static(name) for name in (*ASSETS_KEPT, *scripts)] + [reverse(name) for name in PAGES_KEPT]
    source = (files("allay.faces.participant") / "static" / "participant" / "sw.js").read_text("utf-8")
    version = sha256((source + json.dumps(kept)).encode()).hexdigest()[:12]
    return source.replace("__PRECACHE__", json.dumps(kept)).replace("__VERSION__", version)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What the phone needs to put Allay on its home screen. The name says nothing about health."""
    icons = [
        {"src": static(f"shared/icons/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    body = {
        "name": "Allay",
        "short_name": "Allay",
        "id": "/",
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#FAF6EF",
        "theme_color": "#FAF6EF",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the service answers and reaches its database; nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component in both themes (demo only)."""
    return render(request, "shared/style.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "shared/error.html", {"status": 404}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "shared/error.html", {"status": 400}, status=400)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "shared/error.html", {"status": 500}, status=500)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection token does not fit: usually a page left open through a sign-out."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "signed-out"}, status=403)
    return render(request, "shared/error.html", {"status": 403}, status=403)
