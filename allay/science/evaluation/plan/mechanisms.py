"""What a plan may ask about mechanisms: does the effect on an outcome go through a score measured earlier?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from allay.content.schema.shape import Shape
from allay.science.evaluation.errors import one_line
from allay.science.evaluation.plan.model import Name


def _several(value: object) -> object:
    """One mediator may be written without a list."""
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


class AskedMechanism(Shape):
    """The mediator is measured after the first timepoint and before the outcome."""

    mediator: Annotated[tuple[Name, ...], BeforeValidator(_several), Field(min_length=1, max_length=8)]
    mediator_at: Name
    outcome: Name
    outcome_at: Name | None = None  # by default the study's target, or its last timepoint
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1  # of the bootstrap

    def at(self, last: str) -> str:
        return self.outcome_at or last

    def fault(self, scores: Sequence[str], timepoints: Sequence[str], last: str) -> str | None:
        """Why this makes no sense in a plan with these scores and timepoints."""
        for name in (*self.mediator, self.outcome):
            if name not in scores:
                return f"mechanisms: {one_line(name)} is not among the outcomes"
        if len({*self.mediator, self.outcome}) <= len(self.mediator):
            return "mechanisms: mediators and outcome must differ"
        for name in (self.mediator_at, self.at(last)):
            if name not in timepoints:
                return f"mechanisms: {one_line(name)} is not a timepoint of [study]"
        if not 0 < timepoints.index(self.mediator_at) < timepoints.index(self.at(last)):
            return "mechanisms: the mediator is measured after the first timepoint and before the outcome"
        return None
