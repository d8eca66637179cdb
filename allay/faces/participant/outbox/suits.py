"""What somebody says suits them, from the page of that name."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StringConstraints

from allay.faces.participant.outbox.shapes import Day, EntryShape, shaped
from allay.records.services import circumstances

Tick = Literal["yes"] | None
# a word of digits alone arrives as a number
Word = Annotated[
    str,
    BeforeValidator(lambda sent: str(sent) if type(sent) is int else sent),
    StringConstraints(max_length=200),
]


class Said(EntryShape):
    """The whole page as it stood: what is not ticked is not so."""

    energy_limited: Tick = None
    touch_sensitive: Tick = None
    breath_hard: Tick = None
    go_gently: Tick = None
    kindness_hard: Tick = None
    doing: Literal["over", "under", "both"] | None = None
    pain_word: Word | None = None
    own_word: Word | None = None  # goes before the one that was tapped
    day: Day | None = None

    def said(self) -> dict[str, object]:
        ticks = {name: getattr(self, name) == "yes" for name in circumstances.TICKS}
        return {**ticks, "doing": self.doing or "", "pain_word": self.own_word or self.pain_word or ""}


def suits(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    return circumstances.say(said=shaped(Said, content).said(), **entry)
