"""The parts of a plan about people: by what their change is judged, what counts as harm, what as completion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from allay.content.schema.shape import Shape
from allay.science.change import CutoffKind, MeanAndSd, Method
from allay.science.evaluation.errors import one_line
from allay.science.evaluation.plan.model import Name, Number, Positive

EVENT = re.compile(r"(>=|<=|=|>|<)\s*([+-]?\d+(?:\.\d+)?)")
Reliability = Annotated[float, Field(gt=0, lt=1)]
PartOf = Annotated[float, Field(gt=0, allow_inf_nan=False, le=10)]


class Population(Shape):
    mean: Number
    sd: Positive

    @property
    def mean_and_sd(self) -> MeanAndSd:
        return self.mean, self.sd


class ChangeRule(Shape):
    """By what a person's change is judged. docs/change.md explains the methods."""

    method: Method = "JT"
    reliability: Reliability | None = None  # every method but HLM needs it
    reliability_post: Reliability | None = None  # of the score after: NK
    times: tuple[
        Number, ...
    ] = ()  # of the timepoints, in any unit: HLM. Default: their names, where these are numbers
    sd: Positive | None = None  # default: baseline SD of those analysed
    clinical: Population | None = None  # default: baseline mean and SD of those analysed
    functional: Population | None = None
    cutoff: CutoffKind | None = None
    important: Positive | None = None  # smallest amount that matters to people, in score points
    important_worse: Positive | None = None  # where getting worse matters sooner; default: the same
    percentage: PartOf | None = None  # smallest part of the first score that counts as change: 0.3 for 30 %

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.cutoff in ("b", "c") and self.functional is None:
            raise ValueError(f"cutoff {self.cutoff} needs functional = {{ mean = ..., sd = ... }}")
        if self.cutoff is None and (self.functional or self.clinical):
            raise ValueError('functional and clinical are for a cut-off: add cutoff = "a", "b" or "c"')
        if self.method != "HLM" and self.reliability is None:
            raise ValueError(f"method {self.method} needs the reliability of the score")
        if self.method == "NK" and self.reliability_post is None:
            raise ValueError("method NK needs reliability_post, the reliability of the score after")
        if self.important_worse is not None and self.important is None:
            raise ValueError("important_worse stands beside important")
        if len(set(self.times)) < len(self.times):
            raise ValueError("two of the times are the same")
        return self

    def times_of(self, timepoints: tuple[str, ...]) -> tuple[float, ...] | None:
        """The time of each timepoint; None where the plan does not give them and the names are no numbers."""
        if self.times:
            return self.times
        try:
            found = tuple(float(name) for name in timepoints)
        except ValueError:
            return None
        return found if len(set(found)) == len(found) and all(abs(one) < 1e15 for one in found) else None


class Harm(Shape):
    """One thing that counts as a side effect, an adverse event or another harm."""

    label: Annotated[str, Field(min_length=1, max_length=200)]
    score: Name | None = None  # a score at timepoints, of [[outcomes]] or another one
    column: Name | None = None  # or a column with one number for each person
    event: str = "> 0"  # which values are an event
    counts: bool = False  # the values are numbers of events, to be added up
    timepoints: tuple[Name, ...] = ()  # of the score; default: all but the first

    @field_validator("event")
    @classmethod
    def _an_event(cls, event: str) -> str:
        if not EVENT.fullmatch(event.strip()):
            raise ValueError('say which values are an event, as "> 0", ">= 3" or "= 1"')
        return event.strip()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.score is None) == (self.column is None):
            raise ValueError("give either score or column")
        if self.timepoints and self.column:
            raise ValueError("timepoints go with a score, not with a column")
        if len(set(self.timepoints)) < len(self.timepoints):
            raise ValueError("a timepoint stands twice")
        return self

    @property
    def condition(self) -> tuple[str, float]:
        """The comparison as SQL knows it, and the number."""
        found = EVENT.fullmatch(self.event)
        assert found is not None  # checked above
        return found[1], float(found[2])


class Completion(Shape):
    """When a person has completed the programme: a column with at least so much. reason: why people stopped."""

    label: Annotated[str, Field(max_length=200)] = ""
    column: Name | None = None
    at_least: Number | None = None
    reason: Name | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.column is None) != (self.at_least is None):
            raise ValueError("column and at_least belong together")
        return self


def check_people(
    rules: Mapping[str, ChangeRule | None],
    harms: Sequence[Harm],
    timepoints: tuple[str, ...],
    named: Sequence[str],
) -> None:
    """What only the whole plan can tell. rules: by score. Raises ValueError."""
    for score, rule in rules.items():
        if rule is None:
            continue
        if rule.times and len(rule.times) != len(timepoints):
            raise ValueError(
                f"{one_line(score)}: there are {len(timepoints)} timepoints, but {len(rule.times)} times"
            )
        if rule.method == "HLM" and rule.times_of(timepoints) is None:
            raise ValueError(
                f"{one_line(score)}: method HLM needs the times of the timepoints: times = [0, 6, 12]"
            )
    for harm in harms:
        stray = next((name for name in harm.timepoints if name not in timepoints), None)
        if stray is not None:
            raise ValueError(f"harm {one_line(harm.label)}: {one_line(stray)} is not a timepoint of [study]")
        if harm.score and named and harm.score not in named:
            raise ValueError(
                f"harm {one_line(harm.label)}: {one_line(harm.score)} is not among the scores of [columns]"
            )
    labels = [harm.label for harm in harms]
    if len(set(labels)) < len(labels):
        raise ValueError("two harms have the same label")
