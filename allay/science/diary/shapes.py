"""The shape of a diary's part in results.json. It names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.estimates import NotEstimable


@dataclass(frozen=True)
class DiarySource:
    """The table: its name, the SHA-256 of the file or rows, that of its sums, rows, those without person or day."""

    name: str
    sha256: str
    fingerprint: str
    rows: int
    left_out: int


@dataclass(frozen=True)
class ArmDays:
    """An arm, or "all". enough: people with at least 40 usable pairs."""

    arm: str
    people: int
    asked: int
    answered: int
    not_today: int
    share_answered: float
    usable_pairs: int
    median_pairs: float
    enough: int


@dataclass(frozen=True)
class WeekDays:
    """A week of the people's own, from the day of their first row; people: those who were asked in it."""

    arm: str
    week: int
    people: int
    asked: int
    answered: int
    not_today: int
    usable_pairs: int
    share_answered: float


@dataclass(frozen=True)
class Edge:
    """How much `target` is higher on the day after `source` was one unit above the person's mean, others held.

    se, df (null: without bound), low, high, p: of the average person. standardised: in the within-person standard
    deviations of both; spread: the standard deviation of the effect between people.
    """

    source: str
    target: str
    estimate: float
    se: float
    df: float | None
    low: float
    high: float
    p: float
    standardised: float
    spread: float


@dataclass(frozen=True)
class Tie:
    """A partial correlation between two variables, all others held, with its interval and two-sided p."""

    a: str
    b: str
    estimate: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Redrawn:
    """One edge over the draws: percentile interval, and the share of draws in which it has the same sign."""

    source: str
    target: str
    low: float
    high: float
    same_sign: float


@dataclass(frozen=True)
class DiaryModel:
    """The regression of one variable on the day before: what was fitted and how certified.

    attempts: what was tried before, and why it was left. boundary: what is estimated at zero. decrement: twice the
    log-likelihood still to be gained.
    """

    outcome: str
    effects: Literal["full", "diagonal"]
    people: int
    pairs: int
    log_likelihood: float
    residual_sd: float
    decrement: float
    boundary: list[str]
    attempts: list[str]


@dataclass(frozen=True)
class PersonalCount:
    """For how many people their own effect is shown, by its sign."""

    source: str
    target: str
    more: int
    less: int


@dataclass(frozen=True)
class PersonalNetworks:
    """Networks of single people, as counts: `enough` have at least `fewest_pairs`; sure: the probability of a sign."""

    people: int
    enough: int
    fewest_pairs: int
    sure: float
    effects: list[PersonalCount]


@dataclass(frozen=True)
class Redraws:
    """Networks over draws of people; coefficients: share of people that may be left out, null for one edge or none."""

    draws: int
    seed: int
    temporal: list[Redrawn]
    contemporaneous: list[Redrawn]
    between: list[Redrawn]
    coefficients: dict[str, float | None]


@dataclass(frozen=True)
class Diary:
    """What daily entries show. labels: the names of the variables; weeks are each person's own."""

    source: DiarySource
    labels: dict[str, str]
    days_asked: int | None
    arms: list[ArmDays]
    weeks: list[WeekDays]
    models: dict[str, DiaryModel | NotEstimable]
    temporal: list[Edge]
    contemporaneous: list[Tie] | NotEstimable
    between: list[Tie] | NotEstimable
    personal: PersonalNetworks | NotEstimable
    stability: Redraws | NotEstimable
