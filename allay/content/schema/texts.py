"""Texts that stand on their own: check-in questions, help pages, consent, each with its review mark."""

import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Identifier, Inconsistent, Review, Shape, Text

# Whose telephone number stands under a passage. The numbers are settings of the service, never content.
# What somebody tends to do with things to do, as they say in session 5.
Doing = Literal["over", "under"]
NumberKind = Literal["emergency", "helpline", "advice"]


class Passage(Shape):
    """A heading and Markdown text for participants."""

    heading: Text
    body: Text
    number: NumberKind | None = None  # the number to be shown with it
    only_for: Doing | None = None  # left out for those who said the other thing alone


THING = re.compile(r"(?:helped:)?[a-z][a-z0-9-]{0,59}|practice:any")
OUTCOMES = ("mood", "outlook", "acceptance", "comfort", "connection")  # what a record has columns for
TAKEN = frozenset({"id", "day", "form", "enrolment", "by", "at"})  # what every entry carries by these names
MOST_DAILY = 4  # taps a day that anybody is asked for


class CheckInItem(Shape):
    """One question of a check-in: a tap row (0-10) or a choice from a list."""

    id: Identifier
    name: Text  # a word or two, for pictures and tables
    kind: Literal["row", "choice"]
    question: Text
    ends: tuple[Text, Text] | None = None  # words at 0 and at 10
    choices: Mapping[Identifier, Text] = {}  # choice id -> words
    better: Literal["more", "less"] | None = None  # of a row: which end; None: it is never compared in a try

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.better and self.kind == "choice":
            raise Inconsistent("better", "a choice has no better end")
        if self.id in TAKEN:
            raise Inconsistent("id", f"{self.id} means something else in every entry")
        if (self.id == "helped" and self.kind == "row") or (self.id in OUTCOMES and self.kind == "choice"):
            raise Inconsistent("kind", f"{self.id} is kept as the other kind")
        if self.kind == "row" and (self.ends is None or self.choices):
            raise Inconsistent("ends", "a row needs words at both ends, and no choices")
        if self.kind == "choice" and (self.ends is not None or len(self.choices) < 2):
            raise Inconsistent("choices", "a choice needs two or more choices, and no ends")
        return self


class CheckInForm(Shape):
    """What is asked about a day or about a week. A study chooses one of each; nothing in them need be answered."""

    id: Identifier
    version: Text
    review: Review
    about: Literal["day", "week"]
    title: Text
    intro: Text
    not_today: Text
    thanks: Text
    items: tuple[CheckInItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({item.id for item in self.items}) != len(self.items):
            raise Inconsistent("items", "an item id stands twice")
        if self.about == "day" and len(self.items) > MOST_DAILY:
            raise Inconsistent("items", f"are more than {MOST_DAILY}, which is too much for every day")
        return self

    @property
    def rows(self) -> tuple[CheckInItem, ...]:
        return tuple(item for item in self.items if item.kind == "row")


class HelpPage(Shape):
    """The help card, the red-flag page and the flare page. Telephone numbers come from the service."""

    title: Text
    review: Review
    intro: Text
    passages: tuple[Passage, ...] = Field(min_length=1)


class LetterGroup(Shape):
    """Lines that do the same work in a letter: the greeting, what one sees, the end."""

    title: Text
    lines: tuple[Text, ...] = Field(min_length=2, max_length=12)


class LetterPhrases(Shape):
    """Lines that can be tapped into a letter to oneself, in the order in which a letter grows."""

    review: Review
    groups: tuple[LetterGroup, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        lines = [line for group in self.groups for line in group.lines]
        if len(set(lines)) != len(lines):
            raise Inconsistent("groups", "a line stands twice")
        return self


class Thing(Shape):
    """One thing of a day that "Looking back" may set beside another, and its words. A row has `more` and `less`."""

    beside: Text  # begins a sentence: "On days when somebody helped"
    more: Text | None = None  # ends one: "your mood tended to be better"
    less: Text | None = None
    pain: bool = False
    doing: bool = False

    @property
    def row(self) -> bool:
        return self.more is not None


class ThingsOfADay(Shape):
    """Rows by the id of their question, others as "helped:somebody" or "practice:any"; in the order of looking."""

    review: Review
    things: Mapping[str, Thing] = Field(min_length=2)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, thing in self.things.items():
            if not THING.fullmatch(name):
                raise Inconsistent(f"things.{name}", "is neither a question's id, helped:ID nor practice:any")
            if thing.row == (":" in name) or (thing.more is None) != (thing.less is None):
                raise Inconsistent(
                    f"things.{name}", "a row has both more and less, anything else has neither"
                )
            if thing.pain and thing.doing:
                raise Inconsistent(f"things.{name}", "is both pain and what somebody does")
        return self


class ConsentChoice(Shape):
    """One thing a person may say yes or no to, by itself."""

    id: Identifier
    question: Text
    yes: Text
    no: Text
    needed: bool = False  # without a yes there is no place in the programme


class ConsentText(Shape):
    """What a person agrees to before joining. A change of words is a new version."""

    id: Identifier
    version: Text
    title: Text
    review: Review
    intro: Text
    passages: tuple[Passage, ...] = Field(min_length=1)
    choices: tuple[ConsentChoice, ...] = Field(min_length=1)
    fingerprint: str = ""  # filled by the library: SHA-256 of the words

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({choice.id for choice in self.choices}) != len(self.choices):
            raise Inconsistent("choices", "a choice id stands twice")
        return self
