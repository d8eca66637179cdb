"""What the page of all parts (/style/) shows: made-up questions, steps and review marks."""

from datetime import date
from types import SimpleNamespace

from django import template

register = template.Library()

COLOURS = ("paper", "card", "ink", "soft", "moss", "clay", "sky", "line")
HELPED = (("rest", "Rest"), ("company", "Company"), ("moving", "Moving gently"), ("warmth", "Warmth"))
FEELINGS = (("easier", "Easier"), ("same", "Same"), ("harder", "Harder"), ("had-to-stop", "Had to stop"))
OFTEN = ((0, "Not at all"), (1, "On some days"), (2, "On most days"), (3, "Every day"))
STEPS = (
    (20, "Let your eyes rest on something still."),
    (25, "Feel what holds you: the chair, the bed, the floor."),
    (15, "When you are ready, look around."),
)

SAMPLE = {
    "colours": COLOURS,
    "values": range(11),
    "weeks": range(1, 13),
    "choices": HELPED,
    "feelings": FEELINGS,
    "often": OFTEN,
    "errors": ["Please tap one number, or skip this one."],
    "steps": [SimpleNamespace(seconds=seconds, text=text) for seconds, text in STEPS],
    "reviewed": SimpleNamespace(edition="1", by="Sample clinician", on=date(2026, 3, 2), reviewed=True),
    "unreviewed": SimpleNamespace(edition="1", by="", on=None, reviewed=False),
}


@register.simple_tag
def gallery() -> dict[str, object]:
    """colours, values, weeks, choices, feelings, often, errors, steps, reviewed, unreviewed"""
    return SAMPLE
