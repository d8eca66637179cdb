"""Every person's slope over time against the average slope: the method "HLM" of reliable change.

A random intercept and slope model is fitted to everybody with at least three scores (y = X b + Z u + e; `models.growth`,
REML). With D the covariance of the random effects and s the residual variance, a person's deviation u from the average
and its conditional covariance are (Laird & Ware, Biometrics 1982; 38: 963-974)

    u = M Z'(y - X b),   cov(u | y) = s M,   M = D (s I + Z'Z D)^-1,

which is 2 x 2 algebra on five sums per person, said here as SQL. The index is the slope's deviation divided by its
conditional SD, as the R package clinicalsignificance forms it from lme4's `ranef(condVar = TRUE)`: the average slope is
*not* added, so that it says how a person went compared with the others, not whether they got better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST_SCORES = 3
ROWS = "slope_rows"
NOUGHT = 1e-12  # of the residual variance, per unit of time squared: a slope variance that small is none


@dataclass(frozen=True)
class SlopeModel:
    """The fitted model in time about `centre`; covariance (2, 2) of intercept and slope as nested tuples."""

    times: tuple[float, ...]
    centre: float
    people: int
    intercept: float  # average score at `centre`
    slope: float  # average change per unit of time
    covariance: tuple[tuple[float, float], tuple[float, float]]
    residual: float
    log_likelihood: float
    warnings: tuple[str, ...]

    def index_sql(self, scores: Sequence[str]) -> str:
        """SQL for the index of a row with these columns, one for each time; NULL below three scores."""
        sums = _sums(scores, [time - self.centre for time in self.times])
        (d00, d01), (_, d11) = self.covariance
        s = self.residual
        parts = {
            name: literal(value)
            for name, value in zip("abcsuv", (d00, d01, d11, s, *self._line), strict=True)
        }
        p, q = "({s} + n * {a} + t * {b})", "(n * {b} + t * {c})"
        r, w = "(t * {a} + tt * {b})", "({s} + t * {b} + tt * {c})"
        determinant = f"({p} * {w} - {q} * {r})"
        m0, m1 = (
            f"(({{b}} * {w} - {{c}} * {r}) / {determinant})",
            f"(({{c}} * {p} - {{b}} * {q}) / {determinant})",
        )
        deviation = f"{m0} * (y - n * {{u}} - t * {{v}}) + {m1} * (ty - t * {{u}} - tt * {{v}})"
        index = f"({deviation}) / sqrt({{s}} * {m1})".format(**parts)
        return f"(SELECT CASE WHEN n >= {LEAST_SCORES} THEN {index} END FROM (SELECT {sums}))"

    @property
    def _line(self) -> tuple[float, float]:
        return self.intercept, self.slope


def _sums(scores: Sequence[str], times: Sequence[float]) -> str:
    """n, and the sums of time, time squared, score, and time times score, of one row."""

    def added(terms: Sequence[str]) -> str:
        return " + ".join(terms)

    there = [f"CASE WHEN {name} IS NULL THEN 0 ELSE {{}} END" for name in scores]
    value = [f"coalesce({name}, 0)" for name in scores]
    about = [literal(time) for time in times]
    return ", ".join(
        [
            f"{added([one.format(1) for one in there])} AS n",
            f"{added([one.format(at) for one, at in zip(there, about, strict=True)])} AS t",
            f"{added([one.format(f'{at} * {at}') for one, at in zip(there, about, strict=True)])} AS tt",
            f"{added(value)} AS y",
            f"{added([f'{at} * {one}' for one, at in zip(value, about, strict=True)])} AS ty",
        ]
    )


def fit_slopes(
    connection: DuckDBPyConnection, scores: Sequence[str], times: Sequence[float]
) -> SlopeModel | NotEstimable:
    """The model of these columns of `people`, one for each time (a number, all different)."""
    from allay.science.evaluation.models import BadModel, growth

    if len(times) < LEAST_SCORES:
        return NotEstimable("slopes need at least three timepoints")
    centre = sum(times) / len(times)
    people = _make_rows(connection, scores, [time - centre for time in times])
    try:
        if people < 2:
            return NotEstimable(f"fewer than 2 people have at least three scores (n = {people})")
        fit = growth((connection, ROWS), "y ~ t", random="t|id", subject="id", df="satterthwaite")
    except BadModel as fault:
        return NotEstimable(str(fault))
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {ROWS}")
    if isinstance(fit, NotEstimable):
        return fit
    if fit.random is None or len(fit.solution.beta) < 2:
        return NotEstimable("everybody was measured at one time only")
    intercept, slope = (float(one) for one in fit.solution.basis.coefficients(fit.solution.beta))
    d, s = fit.random.covariance, fit.random.residual
    reach = max(abs(time - centre) for time in times)
    if d[1, 1] * reach**2 <= NOUGHT * s:
        return NotEstimable("people's slopes vary no more than chance")
    covariance = (float(d[0, 0]), float(d[0, 1])), (float(d[1, 0]), float(d[1, 1]))
    return SlopeModel(
        tuple(times), centre, people, intercept, slope, covariance, float(s), fit.log_likelihood, fit.warnings
    )


def _make_rows(connection: DuckDBPyConnection, scores: Sequence[str], times: Sequence[float]) -> int:
    """Makes the long table of everybody with enough scores; how many people that are."""
    enough = " + ".join(f"({name} IS NOT NULL)::INTEGER" for name in scores)
    parts = " UNION ALL ".join(
        f"SELECT record AS id, {literal(time)} AS t, {name} AS y FROM people "
        f"WHERE {name} IS NOT NULL AND {enough} >= {LEAST_SCORES}"
        for name, time in zip(scores, times, strict=True)
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ROWS} AS {parts}")
    row = connection.execute(f"SELECT count(DISTINCT id) FROM {ROWS}").fetchone()
    return int(row[0]) if row else 0
