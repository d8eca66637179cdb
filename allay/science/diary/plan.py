"""What a plan may ask of a diary: the part [diary]."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Shape
from allay.science.evaluation.plan.model import Name

MOST_VARIABLES = 12
MOST_FULL = 6  # variables up to which all effects may correlate, unless the plan says otherwise


class DiaryPlan(Shape):
    """`effects` full: the effects of a person may go together; diagonal: they vary independently."""

    variables: tuple[Name, ...] = Field(min_length=1, max_length=MOST_VARIABLES)
    labels: dict[Name, Name] = {}
    participant: Name = "participant"
    day: Name = "day"
    arm: Name | None = None
    not_today: Name | None = None
    days: Annotated[int, Field(ge=2, le=3660)] | None = (
        None  # that everybody was asked; else every row is one
    )
    lag: Literal[1] = 1
    effects: Literal["full", "diagonal"] | None = None
    draws: Annotated[int, Field(ge=100, le=10_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = next((name for name in self.variables if self.variables.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"the variable {twice} stands twice")
        stray = next((name for name in self.labels if name not in self.variables), None)
        if stray is not None:
            raise ValueError(f"the label of {stray} belongs to no variable")
        taken = [self.participant, self.day, self.arm, self.not_today]
        both = next((name for name in self.variables if name in taken), None)
        if both is not None:
            raise ValueError(f"{both} cannot be a variable and something else")
        return self

    @property
    def chosen_effects(self) -> Literal["full", "diagonal"]:
        return self.effects or ("full" if len(self.variables) <= MOST_FULL else "diagonal")
