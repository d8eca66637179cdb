"""A fitted model and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.certificate import Certificate
from allay.science.evaluation.models.contrasts import (
    Question,
    compared_factor,
    difference_questions,
    mean_questions,
)
from allay.science.evaluation.models.degrees import (
    NO_DENOMINATOR,
    FTest,
    Precision,
    joint_kenward_roger,
    joint_satterthwaite,
    satterthwaite,
    standard_error,
    t_p,
    t_quantile,
)
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.group_interval import Interval
from allay.science.evaluation.models.sandwich import Sandwich
from allay.science.evaluation.models.solution import Solution
from allay.science.evaluation.models.summaries import Summaries
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimated:
    """One estimate with its standard error, df, t, two-sided p and confidence interval."""

    name: str
    visit: str | None
    estimate: float
    se: float
    df: float
    t: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Refused:
    """A coefficient or contrast that these data do not determine, and why."""

    name: str
    visit: str | None
    reason: str


@dataclass(frozen=True)
class Attempt:
    """One rung of the ladder of covariance structures, and its certificate or why it could not be tried."""

    covariance: str
    certificate: Certificate | None
    reason: str | None


@dataclass(frozen=True)
class Random:
    """Variances of random effects: names (r,), covariance (r, r), the residual variance."""

    names: tuple[str, ...]
    covariance: Array
    residual: float


@dataclass(frozen=True)
class Group:
    """Therapy groups: how many, the variance they share, and the intraclass correlation at each visit.

    `interval` gives the profile-likelihood interval of both; it takes about a dozen fits.
    """

    number: int
    variance: float
    correlations: tuple[float, ...]
    ask: Callable[[float], Interval | NotEstimable]

    def interval(self, confidence: float = 0.95) -> Interval | NotEstimable:
        return self.ask(confidence)


@dataclass(frozen=True)
class Fit:
    """A mixed model fitted to data.

    `covariance` is the structure that was fitted, `requested` the one asked for (they differ where a certificate did
    not hold: see `attempts`). `again` fits the same model to other summaries under the same header, as to the sum of
    several services'. `means` are those of the numeric covariates. Estimates are asked by method.
    """

    design: Design
    solution: Solution
    visits: tuple[str, ...]
    covariance: str
    requested: str
    covariance_groups: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    warnings: tuple[str, ...]
    means: Mapping[str, float]
    df: str
    information: str
    precision: Precision
    sandwich: Sandwich | None = None
    summaries: Summaries | None = None
    random: Random | None = None
    group: Group | None = None
    again: Callable[[Summaries], Fit | NotEstimable] | None = None
    confidence: float = 0.95

    @property
    def names(self) -> tuple[str, ...]:
        return self.design.names

    @property
    def log_likelihood(self) -> float:
        return self.solution.log_likelihood

    @property
    def certificate(self) -> Certificate:
        return self.solution.certificate

    @property
    def df_name(self) -> str:
        """The df method in use: sandwich standard errors bring their own."""
        own = self.sandwich is not None and self.df in ("kenward-roger", "satterthwaite")
        return "bell-mccaffrey" if own else self.df

    def coefficients(self) -> list[Estimated | Refused]:
        """All coefficients in the order of their names; those that add nothing are refused, as R leaves them out."""
        values = self.solution.basis.coefficients(self.solution.beta)
        kept = [place for place in range(len(self.names)) if place in self.solution.basis.kept]
        rows = np.array([self.solution.basis.coefficient(place) for place in kept])
        questions = [Question(self.names[place], None, rows[0]) for place in kept]
        made = dict(zip(kept, self._estimated(rows, questions, values[kept]), strict=True))
        refused = "the columns before it already say the same"
        return [made.get(place) or Refused(name, None, refused) for place, name in enumerate(self.names)]

    def vcov(self) -> Array:
        """(k, k) covariance of the coefficients; NaN where a coefficient is left out."""
        basis = self.solution.basis
        rows = np.array([basis.coefficient(place) for place in basis.kept])
        matrix = self.sandwich.covariance if self.sandwich else self.precision.adjusted
        found = np.full((basis.columns, basis.columns), nan)
        found[np.ix_(basis.kept, basis.kept)] = rows @ matrix @ rows.T
        return found

    def ask(self, questions: Sequence[Question]) -> list[Estimated | Refused]:
        """Linear functions of the coefficients."""
        found: list[Estimated | Refused | None] = []
        rows, values, asked = [], [], []
        for question in questions:
            try:
                row, constant = self.solution.basis.contrast(question.weights)
            except Unestimable as fault:
                found.append(Refused(question.name, question.visit, str(fault)))
                continue
            found.append(None)
            rows.append(row)
            values.append(float(row @ self.solution.beta) + constant)
            asked.append(question)
        made = iter(self._estimated(np.array(rows), asked, np.array(values)) if rows else [])
        return [one if one is not None else next(made) for one in found]

    def contrast(self, weights: Mapping[str, float], name: str = "contrast") -> Estimated | Refused:
        """One contrast, by the names of its coefficients."""
        return self.ask([Question(name, None, self._weights(weights))])[0]

    def marginal_means(self, factor: str | None = None) -> list[Estimated | Refused]:
        """Adjusted means of each level of a factor at each visit (by default of the compared one)."""
        factor = factor or compared_factor(self.design)
        return self.ask(mean_questions(self.design, self.visits, self.means, factor))

    def differences(self, factor: str | None = None) -> list[Estimated | Refused]:
        """Adjusted differences between the levels of a factor at each visit."""
        factor = factor or compared_factor(self.design)
        if factor is None:
            return []
        return self.ask(difference_questions(self.design, self.visits, self.means, factor))

    def joint(self, term: str) -> FTest | NotEstimable:
        """All coefficients of a term (`arm:visit`) at once."""
        labels = [":".join(one) for one in self.design.formula.terms]
        if term not in labels:
            raise BadModel(f"the formula has no term {quoted(term)}")
        number = labels.index(term) + 1
        places = [place for place, one in enumerate(self.design.terms) if one == number]
        return self.joint_rows(np.eye(len(self.names))[places])

    def joint_rows(self, rows: Array) -> FTest | NotEstimable:
        """Several linear functions (q, k) at once, all nought."""
        if self.sandwich is not None:
            return NotEstimable("joint tests use the model's own standard errors")
        try:
            inner = np.array([self.solution.basis.contrast(row)[0] for row in rows])
            kenward_roger = self.df == "kenward-roger"
            found = (joint_kenward_roger if kenward_roger else joint_satterthwaite)(self.precision, inner)
        except (Unestimable, np.linalg.LinAlgError) as fault:
            return NotEstimable(str(fault))
        if not (isfinite(found.statistic) and isfinite(found.p)):
            return NotEstimable(NO_DENOMINATOR)
        return found

    def _weights(self, weights: Mapping[str, float]) -> Array:
        found = np.zeros(len(self.names))
        for name, weight in weights.items():
            if name not in self.names:
                raise BadModel(f"there is no coefficient {quoted(name)}")
            found[self.names.index(name)] = weight
        return found

    def _estimated(self, rows: Array, questions: Sequence[Question], values: Array) -> list[Estimated]:
        variances = [(self.sandwich or self.precision).variance(row) for row in rows]
        found = []
        for question, value, variance, df in zip(questions, values, variances, self._df(rows), strict=True):
            se = standard_error(variance)
            t = float(value) / se if se > 0 else nan
            half = se * t_quantile(df, self.confidence) if df > 0 else nan
            estimate = float(value)
            spread = (estimate, se, df, t, t_p(t, df), estimate - half, estimate + half)
            found.append(Estimated(question.name, question.visit, *spread))
        return found

    def _df(self, rows: Array) -> list[float]:
        if self.df == "z":
            return [inf] * len(rows)
        if self.df == "residual":
            return [float(self.solution.observations - self.solution.rank)] * len(rows)
        if self.df == "between-within":
            return [self._between_within(row) for row in rows]
        if self.sandwich is not None:
            return [float(df) for df in self.sandwich.df(rows)]
        return [satterthwaite(self.precision, row) for row in rows]

    def _between_within(self, row: Array) -> float:
        """The smallest df of the coefficients asked about.

        People less between-coefficients for those that do not change within people, else what is left of the
        observations; the intercept counts among the former and has the df of the latter (as R's mmrm has it).
        """
        basis, solution = self.solution.basis, self.solution
        steady = {place for place in basis.kept.tolist() if not self.design.moves(place)}
        between = float(solution.people - len(steady))
        within = float(solution.observations - solution.people - (len(basis.kept) - len(steady)))
        weights = np.abs(basis.triangle[:, basis.kept].T @ row)
        asked = basis.kept[weights > 1e-9 * weights.max()].tolist()
        apart = {place for place in steady if self.names[place] != "(Intercept)"}
        return min(between if place in apart else within for place in asked)
