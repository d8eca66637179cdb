"""Pages for the tests, made from the real partial templates."""

from collections import namedtuple
from pathlib import Path

from django.http import HttpResponse
from django.template import Context, Engine
from django.urls import path, set_urlconf

TEMPLATES = Path(__file__).parents[3] / "allay/faces/shared/templates"
LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
Step = namedtuple("Step", "seconds text")
HELPED = [("rest", "Rest"), ("company", "Company")]
AFTER = [("easier", "Easier"), ("same", "Same"), ("harder", "Harder"), ("had-to-stop", "Had to stop")]
STEPS = [Step(20, "Arrive."), Step(30, "Feel what holds you."), Step(70, "Look around.")]
urlpatterns = [
    path("sign-out/", lambda request: HttpResponse(), name="sign-out")
]  # all that the parts link to
engine = Engine(dirs=[TEMPLATES], libraries=LIBRARIES)


def part(template: str, /, **context: object) -> str:
    set_urlconf(__name__)
    try:
        return engine.get_template(f"shared/{template}").render(Context(context))
    finally:
        set_urlconf(None)


def page(main: str, account: str = "a1b2") -> str:
    return f"""<!doctype html><html lang="en" data-account="{account}" data-worker="/sw.js" data-sync="/sync/"
data-theme="system" data-text="normal"><head><title>Allay</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/shared/allay.css">
<script type="module" src="/static/participant/app.js"></script></head>
<body class="face-participant"><main id="main" tabindex="-1"><p id="outbox" class="notice notice-kept" role="status" hidden
data-one="{{n}} entry kept on this phone." data-other="{{n}} entries kept on this phone."
data-help-one="{{n}} entry could not be sent." data-help-other="{{n}} entries could not be sent."
data-signed-out="Sign in again and we will send it."></p>{main}</main>
<div class="foot-bar"><div class="foot-bar-inner"><a class="flare-button" href="/flare/">Flare</a></div></div></body></html>"""


def thanks(name: str) -> str:
    return f"""<div class="thanks" id="{name}" hidden tabindex="-1"><p>Thank you.</p>
<p data-when="kept">Kept on this phone.</p><p data-when="sent">Saved.</p></div>"""


def check_in() -> str:
    rows = [
        part("_tap_row.html", name=name, question=name.title(), low="Low", high="High", values=range(11))
        for name in ("mood", "comfort")
    ]
    helped = part("_choice.html", name="helped", question="One thing that helped", choices=HELPED, chips=True)
    return f"""{part("_outbox_help.html")}<form class="card" method="post" action="/check-in/" data-outbox="check-in"
data-thanks="thanks" data-empty="empty"><input type="hidden" name="id" value="made-by-server">
<p id="empty" tabindex="-1" hidden>Tap at least one.</p>{"".join(rows)}{helped}<div class="actions">
<button class="button button-main">Save</button><button class="button" name="not_today" value="1">Not today</button></div></form>
{thanks("thanks")}"""


def practice() -> str:
    feel = part("_one_tap.html", name="after", question="How was it?", choices=AFTER)
    return f"""{part("_player.html", steps=STEPS, after="after")}<form id="after" method="post" action="/practices/p01/log/"
data-outbox="practice" data-thanks="thanks"><input type="hidden" name="practice" value="p01-arriving">
<input type="hidden" name="minutes" value="1">{feel}</form>{thanks("thanks")}"""


def questionnaire() -> str:
    words = [(str(value), f"Answer {value}") for value in range(4)]
    items = [
        part("_choice.html", name=name, question=f"Question {name}", choices=words) for name in ("q1", "q2")
    ]
    return f"""<form method="post" action="/questions/" data-answer-url="/questions/week-6/phq-8/answer/" data-saved="Saved"
data-kept="Kept on this phone" data-refused="Not taken" data-signed-out="Sign in again"><input type="hidden" name="response_id"
value="made-by-server">{"".join(items)}<p data-finish-line role="status"></p><button class="button button-main">Finish</button></form>"""


def sign_out() -> str:
    return part("_sign_out.html", csrf_token="token")


def join() -> str:
    return """<form method="post" action="/join/" data-join><label>Your code <input name="code"></label></form>"""
