"""What somebody says suits them, from the page of that name."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StringConstraints, model_validator

from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.services import circumstances

Tick = Literal["yes"] | None
SKIP = "skip_"
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
    skipped_areas: list[Short] = []  # each place of the body is a field of its own: skip_feet = "yes"
    own_word: Word | None = None  # goes before the one that was tapped
    day: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, sent: object) -> object:
        if not isinstance(sent, Mapping):
            return sent
        skips = [name for name in sent if str(name).startswith(SKIP) and sent[name] == "yes"]
        rest = {name: value for name, value in sent.items() if name not in skips}
        return {**rest, "skipped_areas": [name.removeprefix(SKIP) for name in skips]}

    def said(self) -> dict[str, object]:
        ticks = {name: getattr(self, name) == "yes" for name in circumstances.TICKS}
        word = self.own_word or self.pain_word or ""
        return {**ticks, "doing": self.doing or "", "pain_word": word, "skipped_areas": self.skipped_areas}


def suits(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    return circumstances.say(said=shaped(Said, content).said(), **entry)
