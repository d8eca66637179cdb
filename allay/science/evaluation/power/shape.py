"""The plan's `[power]` section: what is believed before a trial, and which sizes are tried.

docs/power.md explains it key by key.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Shape

Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Chance = Annotated[float, Field(ge=0, lt=1)]
Correlation = Annotated[float, Field(gt=-1, lt=1)]
Count = Annotated[int, Field(ge=1, le=20_000)]


class Finish(Shape):
    """How many of a therapy group must still be there at the end, and how surely."""

    needed: Annotated[int, Field(ge=1, le=100)]
    probability: Annotated[float, Field(gt=0, lt=1)] = 0.9


class Power(Shape):
    effect: (
        Number | dict[str, Number]
    )  # of the compared arm, or arm → effect; less the reference, at the target
    unit: Literal["points", "sd"] = "points"  # sd: in SDs of the score at the first timepoint
    sd: Positive | tuple[Positive, ...] = 1.0  # one for all timepoints, or one for each
    correlation: Correlation | tuple[tuple[Number, ...], ...] = 0.5  # of two timepoints, or the whole matrix
    pattern: Literal["cs", "ar1"] = "cs"  # the same between all timepoints, or falling with the distance
    course: tuple[Number, ...] | None = None  # share of the effect at each timepoint; default: in even steps

    people: tuple[Count, ...] = Field(default=(), max_length=30)  # in all arms together
    groups: tuple[Annotated[int, Field(ge=1, le=500)], ...] = Field(default=(), max_length=30)
    allocation: tuple[
        Positive, ...
    ] = ()  # people per arm, as a ratio in the order of the arms; default: equal
    group_size: Annotated[int, Field(ge=1, le=200)] | None = None  # people who start in each therapy group
    icc: Chance = 0.0  # intraclass correlation within therapy groups at the target

    dropout: Chance | tuple[Chance, ...] = 0.0  # leave before each timepoint after the first
    dropout_strength: Annotated[float, Field(ge=-10, le=10)] = (
        0.0  # log odds per SD that the last score is worse
    )
    gaps: Chance = 0.0  # miss a timepoint after the first and come back
    wanted: Annotated[float, Field(gt=0, lt=1)] = 0.8  # power that is aimed at
    finish: Finish | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if bool(self.people) == bool(self.groups):
            raise ValueError("give either people = [...] or groups = [...]: the sizes to try")
        if self.icc and self.group_size is None:
            raise ValueError("icc needs group_size: how many people start in each therapy group")
        if self.groups and self.group_size is None:
            raise ValueError("groups needs group_size: how many people start in each therapy group")
        if 1 in self.groups:
            raise ValueError("one therapy group cannot be told from the programme itself: try two or more")
        return self
