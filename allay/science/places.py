"""Places of the body that somebody leaves out: a practice without the steps that turn to them.

The seconds of a step that is left out go to the quiet around it, as far as a quiet still feels held; what does not
fit makes the practice a little shorter, and the page says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from allay.content.schema import PracticeText, Step
from allay.science.rules import Effect

READING = 2.0  # words a second, read slowly
LONGEST_QUIET = 40  # seconds without a word, after which people feel left alone


@dataclass(frozen=True)
class Kept:
    """The steps of a form for one person."""

    steps: tuple[Step, ...]
    left_out: tuple[str, ...]  # places that steps turned to, in the order of the practice
    shorter: int  # seconds


def without(steps: Iterable[Step], skipped: frozenset[str]) -> Kept:
    """A form without the steps that turn to a place in `skipped`.

    >>> one, two = Step(seconds=10, text="Sit."), Step(seconds=20, areas=("feet",), text="Your feet.")
    >>> without((one, two), frozenset({"feet"})).steps[0].seconds
    30
    """
    kept: list[Step] = []
    passed: list[str] = []
    free = 0  # seconds that have no place yet
    for step in steps:
        if skipped.isdisjoint(step.areas):
            kept.append(step)
        else:
            passed += [area for area in step.areas if area in skipped]
            free += step.seconds
        if kept and free:
            kept[-1], free = _quieter(kept[-1], free)
    return Kept(tuple(kept), tuple(dict.fromkeys(passed)), free)


def turns_to(text: PracticeText) -> frozenset[str]:
    """Every place that a practice turns to, in any of its forms."""
    return frozenset(area for form in text.forms.values() for step in form.steps for area in step.areas)


def _quieter(step: Step, free: int) -> tuple[Step, int]:
    """The step with as much more quiet as it can hold, and the seconds that are left."""
    quiet = step.seconds - len(step.text.split()) / READING
    given = max(0, min(free, int(LONGEST_QUIET - quiet)))
    return step.model_copy(update={"seconds": step.seconds + given}), free - given


def effects(practice: str, kept: Kept) -> tuple[Effect, ...]:
    """What leaving out did to a practice, as one of the rules."""
    return (Effect("leaves-out", f"practice/{practice}", "other-words"),) if kept.left_out else ()
