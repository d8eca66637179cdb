"""What is said of a flare: that it is one, that it is still on, that it has eased."""

from collections.abc import Mapping
from typing import Any, Literal

from allay.faces.participant.ids import random_id
from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.services import flares


class Declared(EntryShape):
    tell_facilitator: Literal["yes"] | None = None
    day: Day | None = None


class Said(EntryShape):
    flare: Short | None = None
    day: Day | None = None


def declared(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(Declared, content)
    return flares.declare(tell_facilitator=given.tell_facilitator == "yes", **entry)


def eased(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    return flares.ease(flare=random_id(shaped(Said, content).flare), **entry)


def still_on(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    return flares.still_on(flare=random_id(shaped(Said, content).flare), **entry)
