"""A practice: its line in the index of all practices, and its script in forms of 1, 3 and 10 minutes."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Circumstance, Identifier, Inconsistent, Review, Shape, Text

Mechanism = Literal["pain-cycle", "stress", "resilience", "self-care", "self-image"]
FourStep = Literal["mindfulness", "self-kindness", "common-humanity", "support", "body-and-pacing"]
AfterFeel = Literal["easier", "same", "harder", "had-to-stop"]
Minutes = Literal["1", "3", "10"]
# A: randomised trials in chronic pain; A-: the same, but small or short; B: randomised elsewhere, or
# uncontrolled in pain; C: part of tested packages only; D: clinical custom.
Evidence = Literal["A", "A-", "B", "C", "D"]


class Step(Shape):
    """One spoken or shown part of a practice, and how long it is given, its quiet included."""

    seconds: int = Field(ge=3, le=180)
    areas: tuple[Identifier, ...] = ()  # places of the body it turns to, as [phrases.area] names them
    text: Text


class PracticeForm(Shape):
    steps: tuple[Step, ...] = Field(min_length=2)

    @property
    def seconds(self) -> int:
        return sum(step.seconds for step in self.steps)


class Pacer(Shape):
    """A slow pace to follow: what a circle that grows and shrinks says, and for how many seconds it does each."""

    grow: Text
    shrink: Text
    grow_seconds: float = Field(ge=3, le=10)
    shrink_seconds: float = Field(ge=3, le=10)


class PracticeVariant(Shape):
    """A note that comes before the practice for those in one of these circumstances."""

    when: tuple[Circumstance, ...] = Field(min_length=1)
    note: Text


class PracticeText(Shape):
    """The words of a practice in one language."""

    review: Review
    name: Text
    about: Text
    posture: tuple[Text, ...] = Field(min_length=1)  # postures and adaptations, one each
    instead: Text  # when to choose something else, and what
    stop: Text  # how to stop, said before the practice starts
    forms: Mapping[Minutes, PracticeForm]
    variants: tuple[PracticeVariant, ...] = ()
    pacer: Pacer | None = None

    @model_validator(mode="after")
    def _timings(self) -> Self:
        for minutes, form in self.forms.items():
            if form.seconds != 60 * int(minutes):
                reason = f"its steps last {form.seconds} seconds, not {60 * int(minutes)}"
                raise Inconsistent(f"forms.{minutes}", reason)
            if sum(not step.areas for step in form.steps) < 2:
                raise Inconsistent(
                    f"forms.{minutes}", "has nothing left for whoever leaves out every place of the body"
                )
        if "1" not in self.forms:
            raise Inconsistent("forms", "has no 1-minute form")
        return self


class PracticeEntry(Shape):
    """A practice as the index lists it; its script may still be to come."""

    id: Identifier  # for example p01-arriving
    number: int = Field(ge=1)
    name: Text
    step: FourStep
    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)
    evidence: Evidence
    exposing: bool = False
    comparable: bool = False  # may be one of a two-week try
    alternatives: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _never_compared(self) -> Self:
        if self.comparable and self.exposing:
            raise Inconsistent("comparable", "what may stir strong feelings is not drawn by lot")
        return self


class Practice(PracticeEntry):
    """A practice whose script is written."""

    text: Mapping[str, PracticeText]  # language -> words

    @property
    def review(self) -> Review:
        return next(iter(self.text.values())).review
