"""Mixed models for repeated measures: from data and a formula to a certified fit.

    fit = mmrm("trial.csv", "y ~ x + arm*visit", subject="id", visit="visit")
    fit.coefficients(); fit.marginal_means("arm"); fit.differences("arm"); fit.joint("arm:visit"); fit.certificate

The way through: `formula` and `design` say what X is; `source`, `profile`, `people` and `gather` reduce the rows to
`summaries`; `compressed` folds these into few rows; `ladder` fits the `covariance` by `newton` on the `likelihood`;
`degrees`, `sandwich` and `contrasts` answer. Nothing after `gather` costs more for more people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.models.blocks import blocks
from allay.science.evaluation.models.compressed import Compressed, compress
from allay.science.evaluation.models.covariance import STRUCTURES, Structure
from allay.science.evaluation.models.degrees import METHODS, precision
from allay.science.evaluation.models.design import Design, design
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.fit import Attempt, Fit, Group
from allay.science.evaluation.models.formula import Formula, parse
from allay.science.evaluation.models.gather import gather, known_means, means
from allay.science.evaluation.models.group_interval import Interval, interval
from allay.science.evaluation.models.groups import GroupedFit, fit_grouped
from allay.science.evaluation.models.ladder import climb_down
from allay.science.evaluation.models.people import People, assemble
from allay.science.evaluation.models.profile import Grouping, Profile, Roles, profile
from allay.science.evaluation.models.repeated import fit_repeated
from allay.science.evaluation.models.sandwich import KINDS, Block, sandwich
from allay.science.evaluation.models.solution import Solution
from allay.science.evaluation.models.source import Data, Table, opened
from allay.science.evaluation.models.summaries import Summaries
from allay.science.evaluation.models.wide import wide
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]
GRID_BITS = 44
GRID_BITS_WEIGHTED = 34  # a product with a weight must fit 128 bits
FEW_GROUPS = 4
FEW_PEOPLE = 80  # below this neither normal quantiles nor CR0 hold their level


@dataclass(frozen=True)
class Request:
    """What is asked: checked for sense before any data are read."""

    formula: Formula
    subject: str
    visit: str
    covariance: str = "us"
    covariance_by: str | None = None
    reml: bool = True
    df: str = "kenward-roger"
    vcov: str = "model"
    information: str = "observed"
    weights: str | None = None
    factors: frozenset[str] = frozenset({"arm"})
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    constrained: str | None = None
    ladder: bool = True
    confidence: float = 0.95
    group: Grouping | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)
    group_from: str | None = None

    def __post_init__(self) -> None:
        for value, allowed, what in (
            (self.covariance, STRUCTURES, "covariance"),
            (self.df, METHODS, "df"),
            (self.vcov, ("model", *KINDS), "vcov"),
        ):
            if value not in allowed:
                raise BadModel(f"{what} {quoted(value)} is unknown (there are {listed(allowed)})")
        if self.df == "kenward-roger" and not self.reml:
            raise BadModel("kenward-roger needs restricted maximum likelihood")
        if not 0 < self.confidence < 1:
            raise BadModel("the confidence lies between 0 and 1")

    def wide_roles(self, table: Table) -> Roles:
        """Which column is what where each person has one row."""
        if self.weights or self.group or self.covariance_by:
            raise BadModel("weights, groups and a covariance by arm need one row per person and visit")
        names = [(name, "formula") for name in self.formula.variables if name != self.visit]
        for name, role in [*names, *((name, "outcomes") for name in self.outcomes.values())]:
            table.require(name, role)
        covariates = tuple(name for name in self.formula.variables if name != self.visit)
        outcome = self.formula.response
        return Roles(outcome, self.subject, self.visit, covariates, self.factors | {self.visit}, self.levels)

    def roles(self, table: Table) -> Roles:
        """Which column is what. Raises BadModel for one that is not there."""
        names = [(self.formula.response, "outcome"), (self.subject, "subject"), (self.visit, "visit")]
        names += [(name, "formula") for name in self.formula.variables]
        names += [(name, "weights") for name in (self.weights,) if name]
        names += [(name, "covariance by") for name in (self.covariance_by,) if name]
        names += [(self.group.column, "group"), (self.group.arm, "arm")] if self.group else []
        for name, role in names:
            table.require(name, role)
        for name in self.factors - {"arm"}:
            table.require(name, "factor")
        if self.formula.response in (self.subject, self.visit):
            raise BadModel("the outcome cannot be the subject or the visit")
        return Roles(
            outcome=self.formula.response,
            subject=self.subject,
            visit=self.visit,
            covariates=tuple(name for name in self.formula.variables if name != self.visit),
            factors=self.factors | {self.visit} | ({self.covariance_by} if self.covariance_by else set()),
            levels=self.levels,
            weights=self.weights,
            covariance_by=self.covariance_by,
            group=self.group,
            ranges=self.ranges,
        )


def mmrm(
    data: Data,
    formula: str,
    *,
    visit: str,
    subject: str = "",
    covariance: str = "us",
    covariance_by: str | None = None,
    reml: bool = True,
    df: str | None = None,
    vcov: str = "model",
    information: str = "observed",
    weights: str | None = None,
    factors: Sequence[str] = (),
    levels: Mapping[str, Sequence[str]] | None = None,
    constrained: str | None = None,
    ladder: bool = True,
    confidence: float = 0.95,
    group: str | None = None,
    group_arm: str | None = None,
    arm: str = "arm",
    outcomes: Mapping[str, str] | None = None,
    ranges: Mapping[str, tuple[float, float, int]] | None = None,
    group_from: str | None = None,
) -> Fit | NotEstimable:
    """Fits a mixed model for repeated measures.

    data: a CSV or Parquet file, (DuckDB connection, table), a DuckDB relation, or a mapping of columns; one row
    per person and visit. The visit, text columns, `arm` and `factors` are factors with levels in sorted order,
    or as `levels` gives them. covariance: see `covariance.STRUCTURES`; one for each level of `covariance_by`.
    df: see `degrees.METHODS` (kenward-roger, or satterthwaite for full maximum likelihood); vcov: model, CR0, CR2
    or CR3. constrained: a factor without effect at the first visit. group: the column of therapy groups, a random
    effect for people whose `arm` is `group_arm`, from the visit `group_from` on (by default at every visit, and from
    the second one where `constrained`). ladder: whether simpler covariances are
    tried where the certificate does not hold.

    outcomes: for a table with one row per person, the column of the outcome at each visit; `visit` and the outcome
    are then names in the formula only, and `subject` is not needed. This is the fastest way in. ranges: smallest and
    largest value and decimals that services agreed on for a number, so that their summaries can be added.

    Raises BadModel for a request that makes no sense; NotEstimable is the answer of data that hold none.
    """
    request = Request(
        parse(formula),
        subject,
        visit,
        covariance,
        covariance_by,
        reml,
        df or ("kenward-roger" if reml else "satterthwaite"),
        vcov,
        information,
        weights,
        frozenset(factors) | {"arm"},
        dict(levels or {}),
        constrained,
        ladder,
        confidence,
        _grouping(group, group_arm, arm),
        dict(outcomes or {}),
        dict(ranges or {}),
        group_from,
    )
    try:
        with opened(data) as table:
            gathered = _gathered(table, request)
        return fitted(request, gathered)
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _grouping(group: str | None, group_arm: str | None, arm: str) -> Grouping | None:
    if (group is None) != (group_arm is None):
        raise BadModel("group and group_arm go together")
    return Grouping(group, arm, str(group_arm)) if group is not None else None


def by_columns(outcome: str, *, arm: str | None, visit: str, covariates: Sequence[str] = ()) -> str:
    """The formula of the usual trial: covariates, and the arm at every visit."""
    quoted_names = [f"`{name}`" for name in covariates]
    last = f"`{arm}`*`{visit}`" if arm is not None else f"`{visit}`"
    return f"`{outcome}` ~ {' + '.join([*quoted_names, last])}"


@dataclass(frozen=True)
class Gathered:
    """All that is kept of the rows."""

    design: Design
    summaries: Summaries
    people: Compressed
    means: dict[str, float]
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...]


def _gathered(table: Table, request: Request) -> Gathered:
    if request.outcomes:
        return _reduced(request, *wide(table, request.wide_roles(table), request.outcomes, GRID_BITS))
    roles = request.roles(table)
    found = profile(table, roles, GRID_BITS_WEIGHTED if request.weights else GRID_BITS)
    return _reduced(request, found, assemble(table, roles, found))


def _reduced(request: Request, found: Profile, people: People) -> Gathered:
    outcome = request.formula.response
    try:
        made = design(request.formula, people.variables, len(people.visits), request.constrained)
        summaries = gather(people, made, outcome)
        folded = compress(summaries, made)
        robust = request.vcov != "model"
        second = blocks(people, made, folded.basis, outcome) if robust else ()
        return Gathered(
            made,
            summaries,
            folded,
            means(people, made, summaries),
            second,
            _warnings(found, people, summaries),
        )
    finally:
        people.drop()


def _warnings(found: Profile, people: People, summaries: Summaries) -> tuple[str, ...]:
    kept = summaries.people if people.kind == "VIEW" else found.kept
    left_out = found.rows - kept
    warnings = [f"{left_out} of {found.rows} rows lack a value and were left out"] if left_out else []
    return (*warnings, *(["exact repetitions of rows were left out"] if people.repeated else []))


def fitted(request: Request, gathered: Gathered) -> Fit:
    """The fit of what was gathered. Raises Unestimable."""
    people, made = gathered.people, gathered.design
    if request.group and not people.groups:
        raise Unestimable(f"nobody of arm {quoted(request.group.level)} is in a group")
    if request.group and len(people.groups) == 1:
        raise Unestimable(
            f"all people of arm {quoted(request.group.level)} met in one group: what is due to it cannot be told apart"
        )
    alike = _alike(request, gathered.summaries.header.visits)
    nested: dict[int, GroupedFit] = {}

    def fit(folded: Compressed, shape: Structure) -> Solution:
        if request.group is None:
            return fit_repeated(folded, shape, reml=request.reml)
        found = fit_grouped(folded, shape, alike, reml=request.reml)
        nested[id(found.solution)] = found
        return found.solution

    solution, covariance, attempts = climb_down(
        people, made.visits, request.covariance, fit, ladder=request.ladder
    )
    grouped = nested.get(id(solution))
    robust = None
    if request.vcov != "model":
        clusters = grouped.clusters() if grouped else None
        robust = sandwich(solution, gathered.blocks, request.vcov, clusters)
    method = "satterthwaite" if robust else request.df
    return Fit(
        design=made,
        solution=solution,
        visits=gathered.summaries.header.visits,
        covariance=covariance,
        requested=request.covariance,
        covariance_groups=gathered.summaries.header.covariance_groups
        if len(solution.covariances) > 1
        else (),
        attempts=attempts,
        warnings=(*gathered.warnings, *_cautions(request, solution, made, people, attempts)),
        means=gathered.means,
        df=request.df,
        information=request.information,
        precision=precision(solution, method, request.information),
        sandwich=robust,
        summaries=gathered.summaries,
        again=None if robust else lambda summaries: _again(request, gathered, summaries),
        group=_group(grouped) if grouped else None,
        confidence=request.confidence,
    )


def _alike(request: Request, visits: tuple[str, ...]) -> Array:
    """(T,) 1 at the visits at which people of a group can be alike."""
    first = 1 if request.constrained else 0
    if request.group_from is not None:
        if request.group_from not in visits:
            raise BadModel(
                f"group from: there is no visit {quoted(request.group_from)} (there are {listed(visits)})"
            )
        first = visits.index(request.group_from)
    return np.asarray(np.arange(len(visits)) >= first, dtype=float)


def _again(request: Request, gathered: Gathered, summaries: Summaries) -> Fit | NotEstimable:
    """The same model on other summaries. Raises BadModel when these answer another question."""
    if summaries.header != gathered.summaries.header:
        raise BadModel("these summaries are of another question or range")
    try:
        people = compress(summaries, gathered.design)
        found = (
            gathered.means | known_means(gathered.design, summaries)
            if not request.weights
            else gathered.means
        )
        withheld = (
            [f"{summaries.withheld} people in rare patterns were withheld"] if summaries.withheld else []
        )
        return fitted(
            request,
            replace(gathered, summaries=summaries, people=people, means=found, warnings=tuple(withheld)),
        )
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _group(found: GroupedFit) -> Group:
    people, solution, alike = found.objective.people, found.solution, found.objective.alike
    inside = min(int(people.covariance[people.group >= 0][0]), len(solution.covariances) - 1)
    shares = alike * found.variance / (alike * found.variance + np.diag(solution.covariances[inside]))

    def asked(confidence: float) -> Interval | NotEstimable:
        try:
            return interval(found, inside, confidence)
        except Unestimable as fault:
            return NotEstimable(str(fault))

    return Group(len(people.groups), found.variance, tuple(float(share) for share in shares), asked)


def _cautions(
    request: Request, solution: Solution, made: Design, people: Compressed, attempts: tuple[Attempt, ...]
) -> list[str]:
    found = []
    if len(attempts) > 1:
        found.append(
            f"the covariance {attempts[0].covariance} could not be certified; {attempts[-1].covariance} was fitted"
        )
    if request.group and len(people.groups) < FEW_GROUPS:
        found.append(
            f"with {len(people.groups)} therapy groups intervals and p values are not to be relied upon"
        )
    left_out = [made.names[place] for place in solution.basis.aliased]
    if left_out:
        found.append(f"left out, because other columns already say the same: {listed(left_out)}")
    if solution.people < FEW_PEOPLE and (request.df == "z" or request.vcov == "CR0"):
        found.append(
            f"with {solution.people} people {request.df if request.df == 'z' else 'CR0'} is too optimistic"
        )
    return found
