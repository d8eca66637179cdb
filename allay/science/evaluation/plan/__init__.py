"""The plan: what is asked of a table of scores, fixed in a TOML file that people can read.

docs/evaluate.md explains it key by key. Unknown keys are refused, so that a misspelt key is never
silently ignored.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from allay.content.schema.shape import Direction, Shape
from allay.science.diary.plan import DiaryPlan
from allay.science.evaluation.blinding import Blinding
from allay.science.evaluation.errors import BadInput, one_line
from allay.science.evaluation.plan.federated import Federated, Range
from allay.science.evaluation.plan.mechanisms import AskedMechanism
from allay.science.evaluation.plan.missing import MissingScores
from allay.science.evaluation.plan.model import (
    IGNORED,
    Estimand,
    Family,
    Flow,
    Model,
    Multiplicity,
    Name,
)
from allay.science.evaluation.plan.people import ChangeRule as ChangeRule
from allay.science.evaluation.plan.people import Completion, Harm, check_people
from allay.science.evaluation.plan.toml_text import read_toml
from allay.science.evaluation.power.shape import Power

ALL = "all"  # the key under which all arms together stand in the results
LARGEST_PLAN = 1_000_000  # bytes

Design = Literal["randomised", "comparison", "single-group"]


class Columns(Shape):
    """The names of the table's columns, where they differ from these."""

    participant: Name = "participant"
    timepoint: Name = "timepoint"
    arm: Name = "arm"
    score: Name = "score"  # of a long table: which score this row holds
    value: Name = "value"  # of a long table: the value
    group: Name = "group"  # of therapy groups; need not be there
    weight: Name | None = None  # a weight for each person
    scores: tuple[Name, ...] = ()  # scores standing in columns of their own
    missing: tuple[Name, ...] = ("NA", "NaN")  # cells that stand for a missing value, beside empty ones


class Study(Shape):
    title: str = Field(default="", max_length=300)
    design: Design | None = None
    arms: tuple[Name, ...] = ()  # the reference first; without arms everybody is one group
    timepoints: tuple[Name, ...] = Field(min_length=2, max_length=60)  # in order
    target: Name | None = None  # the timepoint the answer is about; by default the last
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _all_different(self.timepoints, "timepoint")
        _all_different(self.arms, "arm")
        if self.target is not None and self.target not in self.timepoints[1:]:
            raise ValueError(f"the target {one_line(self.target)} is not a timepoint after the first")
        if ALL in self.arms:
            raise ValueError(f'no arm can be called "{ALL}": that word stands for everybody')
        if self.design == "single-group" and len(self.arms) > 1:
            raise ValueError("design is single-group, but there are several arms")
        if self.design in ("randomised", "comparison") and len(self.arms) < 2:
            raise ValueError(f"design is {self.design}, but there are not two arms")
        return self

    @property
    def declared_design(self) -> Design:
        """The design as declared; several arms without a word count as an unrandomised comparison."""
        return self.design or ("comparison" if len(self.arms) > 1 else "single-group")


class Outcome(Shape):
    score: Name
    label: str = Field(default="", max_length=200)
    better: Direction
    primary: bool = False
    family: Family = "secondary"  # of a primary outcome always "primary"
    change: ChangeRule | None = None
    range: Range | None = None  # on which services agree that hand on summaries

    @property
    def title(self) -> str:
        return self.label or self.score


class Plan(Shape):
    columns: Columns = Columns()
    study: Study
    blinding: Blinding | None = None
    estimand: Estimand = Estimand()
    model: Model = Model()
    multiplicity: Multiplicity = Multiplicity()
    flow: Flow = Flow()
    missing: MissingScores | None = None  # without it missing scores are only taken to be missing at random
    diary: DiaryPlan | None = None
    power: Power | None = None  # what is believed beforehand, for `allay power`
    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=200)
    mechanisms: tuple[AskedMechanism, ...] = Field(default=(), max_length=50)
    harms: tuple[Harm, ...] = Field(default=(), max_length=100)
    completion: Completion | None = None
    federated: Federated = Federated()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _all_different(tuple(outcome.score for outcome in self.outcomes), "outcome")
        if sum(outcome.primary for outcome in self.outcomes) > 1:
            raise ValueError("more than one outcome is marked primary")
        if self.blinding and not self.blinding.fits(self.study.timepoints):
            raise ValueError('blinding ends at a timepoint of [study], a date or "database-lock"')
        for name in (*self.flow.allocated, *((self.model.groups,) if self.model.groups else ())):
            if name not in (*self.study.arms, IGNORED, ALL):
                raise ValueError(f"{one_line(name)} is not an arm of [study]")
        scores = [outcome.score for outcome in self.outcomes]
        for mechanism in self.mechanisms:
            if fault := mechanism.fault(scores, self.study.timepoints, self.last):
                raise ValueError(fault)
        named = self.columns.scores
        for outcome in self.outcomes:
            if named and outcome.score not in named:
                raise ValueError(
                    f"outcome {one_line(outcome.score)} is not among the scores of [columns]: {', '.join(named)}"
                )
        check_people(
            {outcome.score: outcome.change for outcome in self.outcomes},
            self.harms,
            self.study.timepoints,
            named,
        )
        return self

    @property
    def scores(self) -> tuple[str, ...]:
        """Every score that is read from the table: the outcomes, then those that count as harm."""
        outcomes = tuple(outcome.score for outcome in self.outcomes)
        harms = dict.fromkeys(harm.score for harm in self.harms if harm.score)
        return (*outcomes, *(score for score in harms if score not in outcomes))

    @property
    def primary(self) -> int:
        """Which outcome is primary: the one so marked, or else the first."""
        return next((number for number, outcome in enumerate(self.outcomes) if outcome.primary), 0)

    @property
    def first(self) -> str:
        return self.study.timepoints[0]

    @property
    def last(self) -> str:
        """The timepoint up to which change is judged: the target."""
        return self.study.target or self.study.timepoints[-1]

    @property
    def last_place(self) -> int:
        return self.study.timepoints.index(self.last)

    def family(self, number: int) -> Family:
        return "primary" if number == self.primary else self.outcomes[number].family

    @property
    def person_columns(self) -> dict[str, bool]:
        """Columns about people beside their arm → whether the table must have them."""
        wanted = dict.fromkeys(self.model.covariates, True)
        wanted |= {self.columns.weight: True} if self.columns.weight else {}
        wanted |= {self.missing.reason: True} if self.missing and self.missing.reason else {}
        group = self.columns.group
        asked = self.model.groups not in (None, IGNORED) or group != "group"
        return wanted | {group: wanted.get(group, asked)} | dict.fromkeys(self.harm_columns, True)

    @property
    def harm_columns(self) -> dict[str, bool]:
        """Columns about harm and completion → whether they hold numbers (else words)."""
        numbers = [harm.column for harm in self.harms]
        words = []
        if self.completion:
            numbers.append(self.completion.column)
            words.append(self.completion.reason)
        return {name: name in numbers for name in (*numbers, *words) if name}


def _all_different(names: tuple[str, ...], kind: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"the {kind} {one_line(twice)} stands twice")


def load_plan(path: Path) -> tuple[Plan, str]:
    """A plan file and its SHA-256. Raises BadInput naming the file and the key."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST_PLAN:
            raise BadInput(str(path), "is larger than a plan can be (1 MB)")
        content = path.read_bytes() if path.is_file() else _not_a_file(path)
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from None
    return parse_plan(content, str(path)), sha256(content).hexdigest()


def _not_a_file(path: Path) -> bytes:
    raise BadInput(str(path), "does not exist" if not path.exists() else "is not a file")


def parse_plan(content: bytes, name: str) -> Plan:
    """A plan from the bytes of a TOML file. Raises BadInput naming the key."""
    try:
        return Plan.model_validate(read_toml(content, name))
    except ValidationError as error:
        raise BadInput(name, _first_fault(error)) from None


WORDS = {"extra_forbidden": "is not a key that a plan knows", "missing": "is missing"}


def _first_fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False)
    within = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    faults = [fault for fault in faults if fault["loc"] not in within]  # a list is not short for a bad entry
    first = faults[0]
    reason = WORDS.get(first["type"]) or one_line(first["msg"].removeprefix("Value error, "), 200)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    key = _key(first["loc"])
    return (f"{key}: {reason}" if key else reason) + more


def _key(location: tuple[int | str, ...]) -> str:
    """("outcomes", 0, "better") as a person counts: outcomes[1].better."""
    key = ""
    for part in location:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{one_line(part)}"
    return key.removeprefix(".")
