"""Random intercept and slope models: change over time that differs from person to person.

    fit = growth("trial.csv", "y ~ arm*days", random="days|id", subject="id")

`1|id` is a random intercept, `days|id` intercept and slope with their covariance, `days||id` without. Few shared
days are folded by pattern like visits; with any days, each person's small cross-products are used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.models.days import Gathered, RandomTerm, by_person, shared_days
from allay.science.evaluation.models.degrees import METHODS, precision
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.fit import Fit, Random
from allay.science.evaluation.models.formula import Formula, parse
from allay.science.evaluation.models.profile import Roles
from allay.science.evaluation.models.random_effects import clusters
from allay.science.evaluation.models.sandwich import KINDS, Clusters, sandwich
from allay.science.evaluation.models.solution import Solution
from allay.science.evaluation.models.source import Data, Table, opened
from allay.science.evaluation.models.variances import Peak, highest, solved
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]
NAME = r"(`[^`]+`|[^\W\d][\w.]*)"
INTERCEPT = re.compile(rf"\s*1\s*\|\s*{NAME}\s*")
SLOPE = re.compile(rf"\s*(?:1\s*\+\s*)?{NAME}\s*(\|\|?)\s*{NAME}\s*")


def parse_random(text: str) -> RandomTerm:
    """Reads `1|id`, `days|id` or `days||id`. Raises BadModel for anything else."""
    alone = INTERCEPT.fullmatch(text)
    if alone:
        return RandomTerm(None, True, alone[1].strip("`"))
    match = SLOPE.fullmatch(text)
    if match is None:
        raise BadModel(f'random {quoted(text)}: give "1|id", "days|id" or "days||id"')
    return RandomTerm(match[1].strip("`"), match[2] == "|", match[3].strip("`"))


@dataclass(frozen=True)
class Request:
    """What is asked: checked for sense before any data are read."""

    formula: Formula
    random: RandomTerm
    subject: str
    visit: str | None
    reml: bool
    df: str
    information: str
    vcov: str
    factors: frozenset[str]
    levels: Mapping[str, Sequence[str]]
    confidence: float

    def __post_init__(self) -> None:
        if self.random.subject != self.subject:
            raise BadModel(
                f"random effects of {quoted(self.random.subject)}, but the subject is {quoted(self.subject)}"
            )
        for value, allowed, what in ((self.df, METHODS, "df"), (self.vcov, ("model", *KINDS), "vcov")):
            if value not in allowed:
                raise BadModel(f"{what} {quoted(value)} is unknown (there are {listed(allowed)})")
        if self.df == "kenward-roger" and not self.reml:
            raise BadModel("kenward-roger needs restricted maximum likelihood")

    @property
    def time(self) -> str | None:
        """The column by which rows are folded."""
        return self.random.slope or self.visit

    def roles(self, table: Table) -> Roles:
        names = [(self.formula.response, "outcome"), (self.subject, "subject")]
        names += [(name, "formula") for name in self.formula.variables]
        names += [(name, "random") for name in (self.random.slope,) if name]
        names += [(name, "visit") for name in (self.visit,) if name]
        for name, role in names:
            table.require(name, role)
        for name in self.factors - {"arm"}:
            table.require(name, "factor")
        if self.random.slope and not table.is_number(self.random.slope):
            raise BadModel(f"the slope {quoted(self.random.slope)} is not a column of numbers")
        wanted = [*self.formula.variables, *([self.random.slope] if self.random.slope else [])]
        factors = (self.factors | ({self.visit} if self.visit else set())) - {self.random.slope}
        return Roles(
            outcome=self.formula.response,
            subject=self.subject,
            visit=None,
            covariates=tuple(dict.fromkeys(wanted)),
            factors=frozenset(name for name in factors if name is not None),
            levels=self.levels,
        )


def growth(
    data: Data,
    formula: str,
    *,
    random: str,
    subject: str,
    visit: str | None = None,
    reml: bool = True,
    df: str | None = None,
    information: str | None = None,
    vcov: str = "model",
    factors: Sequence[str] = (),
    levels: Mapping[str, Sequence[str]] | None = None,
    confidence: float = 0.95,
) -> Fit | NotEstimable:
    """Fits a random intercept (and slope) model. See `mmrm` for data, factors and levels.

    df: kenward-roger (default for REML) with the expected information, as R's pbkrtest; satterthwaite with the
    observed, as lmerTest; `information` overrides. The slope's column is a number everywhere in the formula.

    Raises BadModel for a request that makes no sense; NotEstimable is the answer of data that hold none.
    """
    method = df or ("kenward-roger" if reml else "satterthwaite")
    request = Request(
        parse(formula),
        parse_random(random),
        subject,
        visit,
        reml,
        method,
        information or ("expected" if method == "kenward-roger" else "observed"),
        vcov,
        frozenset(factors) | {"arm"},
        dict(levels or {}),
        confidence,
    )
    try:
        with opened(data) as table:
            roles, time = request.roles(table), request.time
            robust = request.vcov != "model"
            shared = (
                shared_days(table, roles, request.formula, time, request.random, robust) if time else None
            )
            gathered = shared or by_person(table, roles, request.formula, request.random, robust)
        return _fitted(request, gathered)
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _fitted(request: Request, gathered: Gathered) -> Fit:
    if gathered.courses.observations <= gathered.courses.rank:
        raise Unestimable(f"{int(gathered.courses.observations)} outcomes do not exceed the coefficients")
    if gathered.courses.n.sum() < 2:
        raise Unestimable("there is one person only")
    if gathered.courses.rows_each.max() == 1:
        raise Unestimable("nobody has more than one outcome")
    peak = highest(gathered.courses, request.random.correlated, request.reml)
    if not peak.certificate.holds:
        raise Unestimable(f"no maximum could be certified ({', '.join(peak.certificate.faults)})")
    random = _random(peak, gathered, request.random)
    solution = _solution(peak, gathered, random, request.information)
    robust = None
    if request.vcov != "model":
        robust = sandwich(solution, gathered.blocks, request.vcov, _clusters(peak, gathered))
    return Fit(
        design=gathered.design,
        solution=solution,
        visits=gathered.visits,
        covariance=f"random {'intercept' if request.random.slope is None else 'intercept and slope'}",
        requested=f"random {'intercept' if request.random.slope is None else 'intercept and slope'}",
        covariance_groups=(),
        attempts=(),
        warnings=(*gathered.warnings, *(f"{edge}: at the boundary" for edge in peak.certificate.boundary)),
        means=gathered.means,
        df=request.df,
        information=request.information,
        precision=precision(solution, "satterthwaite" if robust else request.df, request.information),
        sandwich=robust,
        summaries=gathered.summaries,
        random=random,
        confidence=request.confidence,
    )


def _clusters(peak: Peak, gathered: Gathered) -> Clusters | None:
    return clusters(peak.course, gathered.each) if gathered.each is not None else None


def _random(peak: Peak, gathered: Gathered, term: RandomTerm) -> Random:
    """D and s in the units of the outcome and of the days as given."""
    at, scale = peak.course, gathered.courses.basis.scale**2
    names = ("(Intercept)",) if term.slope is None else ("(Intercept)", term.slope)
    return Random(names, gathered.turn @ at.d @ gathered.turn.T * scale, at.s * scale)


def _solution(peak: Peak, gathered: Gathered, random: Random, information: str) -> Solution:
    covariances = np.empty((0, 0, 0))
    if gathered.z is not None:
        covariances = (
            gathered.z @ random.covariance @ gathered.z.T + random.residual * np.eye(len(gathered.z))
        )[None]
    return solved(peak, information, covariances)
