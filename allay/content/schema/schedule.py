"""A schedule: which instruments are asked at which timepoint, relative to the group's first meeting."""

from typing import Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Identifier, Inconsistent, Shape, Text


class ScheduledTimepoint(Shape):
    """A planned occasion. Days are counted in local calendar days from the day of the first meeting (0)."""

    id: Identifier
    title: Text
    due: int
    opens: int
    closes: int  # the last day on which answers are taken
    minutes: int | None = Field(default=None, ge=1)  # the most that one sitting may take
    instruments: tuple[Identifier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.opens <= self.due <= self.closes:
            raise Inconsistent("due", "needs opens <= due <= closes")
        return self


class Schedule(Shape):
    id: Identifier
    version: Text
    timepoints: tuple[ScheduledTimepoint, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        dues = [timepoint.due for timepoint in self.timepoints]
        if dues != sorted(dues) or len({timepoint.id for timepoint in self.timepoints}) != len(dues):
            raise Inconsistent("timepoints", "need different ids and rising due days")
        return self
