"""The programme: sessions, practices, check-in questions and help pages, each with its review mark."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Identifier, Shape, Text

Mechanism = Literal["pain-cycle", "stress", "resilience", "self-care", "self-image"]
FourStep = Literal["mindfulness", "self-kindness", "common-humanity", "support", "body-and-pacing"]
AfterFeel = Literal["easier", "same", "harder", "had-to-stop"]
Minutes = Literal["1", "3", "10"]


class Review(Shape):
    """Who checked this edition, and when. An unreviewed text says so to staff."""

    edition: Text
    by: str = ""
    on: date | None = None

    @property
    def reviewed(self) -> bool:
        return bool(self.by and self.on)


class Step(Shape):
    """One spoken or shown part of a practice, and how long it is given."""

    seconds: int = Field(ge=3, le=180)
    text: Text


class PracticeForm(Shape):
    steps: tuple[Step, ...] = Field(min_length=2)

    @property
    def seconds(self) -> int:
        return sum(step.seconds for step in self.steps)


class PracticeText(Shape):
    """The words of a practice in one language."""

    name: Text
    about: Text
    posture: tuple[Text, ...]  # postures and adaptations, one sentence each
    instead: Text  # when to choose something else, and what
    stop: Text  # how to stop, said before the practice starts
    forms: Mapping[Minutes, PracticeForm]

    @model_validator(mode="after")
    def _timings(self) -> Self:
        for minutes, form in self.forms.items():
            if abs(form.seconds - 60 * int(minutes)) > 6 * int(minutes):
                raise ValueError(f"the {minutes}-minute form lasts {form.seconds} seconds")
        return self


class Practice(Shape):
    id: Identifier  # for example p01-arriving
    number: int
    step: FourStep
    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)
    evidence: Literal["A", "B", "C", "D"]
    exposing: bool = False
    alternatives: tuple[Identifier, ...] = ()
    review: Review
    text: Mapping[str, PracticeText] = {}  # language -> words; filled by the library


class HomePractice(Shape):
    least: Text
    more: Text
    if_you_like: Text
    noticing: Text


class Passage(Shape):
    """A heading and Markdown text for participants."""

    heading: Text
    body: Text


class SessionBlock(Shape):
    """One block of the facilitator's guide."""

    minutes: int = Field(ge=1)
    title: Text
    rule: Text
    guide: str = ""  # Markdown; empty while only the structure is written
    say: tuple[Text, ...] = ()  # sentences to read aloud


class SessionGuide(Shape):
    """The facilitator's side of a session."""

    prepare: tuple[Text, ...] = ()
    blocks: tuple[SessionBlock, ...] = Field(min_length=1)
    watch: tuple[Text, ...] = Field(min_length=1, max_length=6)
    online: str = ""  # what changes when the group meets online

    @property
    def minutes(self) -> int:
        return sum(block.minutes for block in self.blocks)


class SessionText(Shape):
    """The words of a session in one language."""

    title: Text
    aims: tuple[Text, ...] = Field(min_length=1, max_length=4)
    ideas: tuple[Text, ...] = Field(min_length=1, max_length=5)
    prompts: tuple[Text, ...] = Field(min_length=1, max_length=3)
    home: HomePractice
    passages: tuple[Passage, ...] = ()  # the participant's text; empty while only the structure is written
    guide: SessionGuide


class Session(Shape):
    week: int = Field(ge=1, le=12)
    slug: Identifier
    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)
    steps: tuple[FourStep, ...] = Field(min_length=1)
    practices: tuple[Identifier, ...] = Field(min_length=1)  # the first is the week's main practice
    alternatives: tuple[Identifier, ...] = Field(min_length=1)
    safety_level: Literal["ordinary", "exposing"]
    review: Review
    text: Mapping[str, SessionText] = {}  # language -> words; filled by the library

    def written_in(self, language: str) -> bool:
        return language in self.text and bool(self.text[language].passages)


class Programme(Shape):
    id: Identifier
    version: Text
    title: Text
    weeks: int = Field(ge=1)
    meeting_minutes: int = Field(ge=30)
    schedule: Identifier
    sessions: tuple[Session, ...] = ()  # filled by the library, in order of weeks


class CheckInItem(Shape):
    """One question of the check-in: a tap row (0-10) or a choice from a list."""

    id: Identifier
    kind: Literal["row", "choice"]
    question: Text
    ends: tuple[Text, Text] | None = None  # words at 0 and at 10
    choices: Mapping[str, Text] = {}  # choice id -> words


class CheckInForm(Shape):
    id: Identifier
    version: Text
    intro: Text
    not_today: Text
    thanks: Text
    items: tuple[CheckInItem, ...] = Field(min_length=1)


class HelpPage(Shape):
    """The help card, the red-flag page and the flare page. Telephone numbers come from the service."""

    title: Text
    review: Review
    intro: Text
    passages: tuple[Passage, ...] = Field(min_length=1)
