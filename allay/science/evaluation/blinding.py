"""Whom a plan keeps from seeing results by arm, and until when.

    [blinding]
    until = "database-lock"                  # or a timepoint of [study], or a date: 2027-06-30
    roles = ["researcher", "facilitator"]
    what = "arms"

The engine itself does not act on it: whoever shows data and reports does. See docs/researcher.md.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from allay.content.schema.shape import Shape

DATABASE_LOCK = "database-lock"  # somebody who is not blinded declares the data complete
Role = Literal["researcher", "facilitator"]


def _date_or_name(value: object) -> object:
    """TOML has dates of its own; one in quotes is a date as well."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value.strip()
    return value


class Blinding(Shape):
    until: Annotated[date | Annotated[str, Field(max_length=200)], BeforeValidator(_date_or_name)]
    roles: tuple[Role, ...] = Field(default=("researcher", "facilitator"), min_length=1, max_length=2)
    what: Literal["arms"] = "arms"

    def fits(self, timepoints: tuple[str, ...]) -> bool:
        """Whether `until` is a date, the database lock, or one of these timepoints."""
        return isinstance(self.until, date) or self.until == DATABASE_LOCK or self.until in timepoints
