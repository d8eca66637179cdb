"""What a plan may ask about missing scores: the table [missing]."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from allay.content.schema.shape import Shape
from allay.science.evaluation.plan.model import Name, Positive

Assumed = Literal["jump-to-reference", "copy-increments", "copy-reference", "last-mean"]
ASSUMED: tuple[Assumed, ...] = get_args(Assumed)


class Deltas(Shape):
    """How far missing scores are moved towards worse, from nought on in equal steps.

    unit: points of the score, or standard deviations of everybody's first score.
    """

    farthest: Positive
    unit: Literal["points", "sd"] = "points"
    count: Annotated[int, Field(ge=2, le=201)] = 21


class MissingScores(Shape):
    """Analyses beside "missing at random", which is always among them."""

    strategies: tuple[Assumed, ...] = ASSUMED
    method: Literal["conditional-mean", "multiple-imputation"] = "conditional-mean"
    deltas: Deltas = Deltas(farthest=1, unit="sd")
    imputations: Annotated[int, Field(ge=2, le=2000)] = 100
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    reason: Name | None = None  # a column that says why somebody left, one reason for each person

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = next((name for name in self.strategies if self.strategies.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"the strategy {twice} stands twice")
        return self
