"""The parts of a plan on which services agree so that their summaries can be added."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Shape
from allay.science.evaluation.plan.model import Name, Number

MOST_UNITS = 2**31  # a range wider than that is not held in exact whole numbers


class Range(Shape):
    """The smallest and largest value that a number can have anywhere, and its decimals."""

    min: Number
    max: Number
    decimals: Annotated[int, Field(ge=0, le=6)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.min < self.max:
            raise ValueError("min is not below max")
        if (self.max - self.min) * 10**self.decimals >= MOST_UNITS:
            raise ValueError("the range is too wide for its decimals")
        return self

    @property
    def ends(self) -> tuple[float, float, int]:
        return self.min, self.max, self.decimals


class Federated(Shape):
    """How services hand on summaries instead of rows."""

    fewest: Annotated[int, Field(ge=3, le=1000)] = 5  # people of a cell that may be handed on
    ranges: dict[Name, Range] = {}  # of covariates that are numbers
    levels: dict[Name, Annotated[tuple[Name, ...], Field(min_length=2)]] = {}  # of those that are categories
