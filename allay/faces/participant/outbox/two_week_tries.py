"""That a two-week try is to end, said without signal. Beginning one needs the service, which draws the days."""

from collections.abc import Mapping
from typing import Any

from allay.faces.participant.ids import random_id
from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.services import two_week_tries


class Stopped(EntryShape):
    meant: Short
    day: Day | None = None


def stopped(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    return two_week_tries.stop(meant=random_id(shaped(Stopped, content).meant), **entry)
