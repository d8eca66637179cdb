"""What every shape shares: frozen, extra keys refused, ids in lower case."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Direction = Literal["higher", "lower"]
# What may hold for a person or a group and ask for other words: what is understood of the pain (primary to
# unknown, entered by a facilitator, never worked out by the software), energy, touch, breath, the room.
Circumstance = Literal[
    "primary", "secondary", "mixed", "unknown", "energy-limited", "touch-sensitive", "breath-hard", "online"
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Inconsistent(ValueError):
    """Two parts of one file contradict each other. Names the key, which pydantic cannot know by itself."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        super().__init__(reason)


class Review(Shape):
    """Who checked this edition, and when. An unreviewed text says so to staff."""

    edition: Text
    by: str = ""
    on: date | None = None

    @field_validator("on", mode="before")
    @classmethod
    def _blank(cls, on: object) -> object:
        """TOML has no empty date: an unreviewed text leaves `on = ""` for the reviewer to fill."""
        return None if on == "" else on

    @property
    def reviewed(self) -> bool:
        return bool(self.by and self.on)
