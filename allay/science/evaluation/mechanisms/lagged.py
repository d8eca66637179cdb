"""Within people, does the mechanism move before the outcome? The random-intercept cross-lagged panel model.

    found = lagged_order({"baseline": ..., "week 3": ..., "week 6": ...}, {"baseline": ...}, arm)
    found.mediator_first, found.outcome_first

Estimated by full-information maximum likelihood on the joint distribution of all scores (`joint_normal`,
`cross_lagged`): means free for each timepoint and arm, so that the programme's average course counts for nothing;
steady differences between people taken out; a lag is from one planned timepoint to the next and never over a gap, which
the likelihood leaves open.

Why not person-mean centring or changes: with T timepoints, least squares on person-centred scores misses the
carry-over by about -(1 + carry-over) / (T - 1) (Nickell, Econometrica 1981; 49: 1417-1426), at T = 4 more than what is
looked for, and changes share the middle score. Maximum likelihood with random intercepts has no such bias.

What remains with few timepoints: three leave one degree of freedom for what the model assumes, and the intervals are
wide; with fewer than about 100 people they hold the truth somewhat too seldom (docs/mechanisms.md has figures), and with
fewer than 60 there is no answer. Trends of their own (people who recover faster) are not taken out and look like lags.
Where timepoints are unevenly apart the lags are an average over different spans, and an effect much faster or slower than
the spans is missed. Whatever else moves mechanism and outcome at different speeds can bring about either order:
association, never cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.intervals import normal_quantile
from allay.science.evaluation.mechanisms.cross_lagged import LAGS, CrossLagged
from allay.science.evaluation.mechanisms.joint_normal import Maximum, maximise, reduce, start
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.results.mechanisms import Lag, LaggedOrder

Array = npt.NDArray[np.float64]
Values = Sequence[float] | Array
FEWEST_TIMES, MOST_TIMES = 3, 12
FEWEST_PAIRS = 80  # neighbouring timepoints of a person with both scores at both
FEWEST_PEOPLE = 60  # with 40 the 95 % intervals missed the truth in 10 to 17 of 100 panels
FEW_PEOPLE = 100
COMPLEX_STEP = 1e-30
STARTS = ((0.5, 0.2), (0.2, 0.4))  # steady share of the variance, carry-over


def lagged_order(
    mediator: Mapping[str, Values],
    outcome: Mapping[str, Values],
    arm: Values | None = None,
    *,
    confidence: float = 0.95,
) -> LaggedOrder | NotEstimable:
    """Lags between two scores at the same planned timepoints, in order; one value per person, NaN where missing.

    arm: any numbers or names that tell arms apart. Raises BadModel for a request that makes no sense.
    """
    if list(mediator) != list(outcome):
        raise BadModel("mediator and outcome need the same timepoints in the same order")
    if not 0 < confidence < 1:
        raise BadModel("the confidence lies between 0 and 1")
    try:
        return _Panel(mediator, outcome, arm).answer(confidence)
    except Unestimable as fault:
        return NotEstimable(str(fault))


class _Panel:
    """Both scores at all timepoints, on a common scale for each score."""

    def __init__(
        self, mediator: Mapping[str, Values], outcome: Mapping[str, Values], arm: Values | None
    ) -> None:
        self.timepoints = list(mediator)
        times = len(self.timepoints)
        if not FEWEST_TIMES <= times <= MOST_TIMES:
            raise Unestimable(
                f"what moves first is looked at over {FEWEST_TIMES} to {MOST_TIMES} timepoints; there are {times}"
            )
        raw = [_scores("mediator", mediator), _scores("outcome", outcome)]
        scaled = [_scaled(values, name) for values, name in zip(raw, ("mediator", "outcome"), strict=True)]
        self.units = np.array([unit for _, unit in scaled])
        y = np.stack([values for values, _ in scaled], axis=2).reshape(len(raw[0]), 2 * times)
        z = _arms(arm, len(y))
        used = np.asarray(~np.isnan(y).all(axis=1) & ~np.isnan(z).any(axis=1))
        self.y, self.z = y[used], z[used]
        self.z = self.z[:, np.r_[True, self.z[:, 1:].any(axis=0)]]
        self.shape = CrossLagged(times)
        self._check()

    def _check(self) -> None:
        for place, column in enumerate(self.y.T):
            known = ~np.isnan(column)
            z = self.z[known]
            if len(z) <= z.shape[1] or np.linalg.matrix_rank(z) < z.shape[1]:
                name = ("mediator", "outcome")[place % 2]
                raise Unestimable(
                    f"the {name} was not measured of enough people at {quoted(self.timepoints[place // 2])} in each arm"
                )
        people, pairs = len(self.y), self.pairs()
        if people < FEWEST_PEOPLE or pairs < FEWEST_PAIRS:
            raise Unestimable(
                f"{people} people with {pairs} pairs of neighbouring timepoints are too few: "
                f"{FEWEST_PEOPLE} people and {FEWEST_PAIRS} pairs are needed"
            )

    def pairs(self) -> int:
        """Neighbouring timepoints of a person with both scores at both."""
        known = ~np.isnan(self.y)
        both = known[:, ::2] & known[:, 1::2]
        return int((both[:, 1:] & both[:, :-1]).sum())

    def maximum(self) -> Maximum:
        b, variances = start(self.z, self.y)
        if (variances <= 1e-10).any():
            raise Unestimable("at a timepoint everybody in an arm has the same score")
        patterns, best = reduce(self.z, self.y), None
        for steady, carried in STARTS:
            try:
                found = maximise(patterns, self.shape, b, self._start(variances, steady, carried))
            except Unestimable:
                continue
            if best is None or found.loglik > best.loglik + 1e-6:
                best = found
        if best is None:
            raise Unestimable(
                "steady differences between people and movements within them cannot be told apart in these data"
            )
        return best

    def _start(self, variances: Array, steady: float, carried: float) -> Array:
        level = variances.reshape(-1, 2)
        mean = level.mean(axis=0)
        theta = np.zeros(self.shape.size)
        theta[[0, 3]] = carried
        theta[[LAGS, LAGS + 2]] = steady * mean
        for t, pair in enumerate(level):
            first = LAGS + 3 + 3 * t
            theta[[first, first + 2]] = np.maximum(pair - steady * mean, 0.2 * pair) * (
                1 if t == 0 else 1 - carried**2
            )
        return theta

    def answer(self, confidence: float) -> LaggedOrder:
        found = self.maximum()
        size = found.coefficients.size
        told, slope = self._told(found.theta)
        spread = slope @ found.covariance[size:, size:] @ slope.T
        se = np.sqrt(np.diag(spread))
        z = normal_quantile(confidence)
        lags = [
            _lag(told[place], se[place], told[LAGS + place], se[LAGS + place], z) for place in range(LAGS)
        ]
        _, steady, _ = self.shape.parts(found.theta)
        share = self._steady_share(found)
        return LaggedOrder(
            people=len(self.y),
            pairs=self.pairs(),
            timepoints=self.timepoints,
            mediator_first=lags[2],
            outcome_first=lags[1],
            mediator_carried=lags[0],
            outcome_carried=lags[3],
            stable_mediator=float(share[0]),
            stable_outcome=float(share[1]),
            stable_correlation=_correlation(steady),
            loglik=found.loglik
            - float((~np.isnan(self.y)).reshape(len(self.y), -1, 2).sum(axis=(0, 1)) @ np.log(self.units)),
            confidence=confidence,
            cautions=self._cautions(found, share),
        )

    def _told(self, theta: Array) -> tuple[Array, Array]:
        """The lags in points and standardised (8,), and their derivatives by theta, by complex steps."""
        steps = theta + 1j * COMPLEX_STEP * np.eye(len(theta))
        slope = np.array([self._lags(step).imag / COMPLEX_STEP for step in steps]).T
        return np.asarray(self._lags(theta)), slope

    def _lags(self, theta: Any) -> Any:
        lags = theta[:LAGS].reshape(2, 2)
        within = np.diagonal(self.shape.within(theta), axis1=1, axis2=2)
        before, after = np.sqrt(within[:-1].mean(axis=0)), np.sqrt(within[1:].mean(axis=0))
        points = lags * self.units[:, None] / self.units[None, :]
        return np.concatenate([points.ravel(), (lags * before[None, :] / after[:, None]).ravel()])

    def _steady_share(self, found: Maximum) -> Array:
        _, steady, _ = self.shape.parts(found.theta)
        whole = np.diag(found.sigma).reshape(-1, 2).mean(axis=0)
        return np.asarray(np.diag(steady) / whole)

    def _cautions(self, found: Maximum, share: Array) -> list[str]:
        cautions = []
        if len(self.y) < FEW_PEOPLE:
            cautions.append(f"fewer than {FEW_PEOPLE} people: the intervals may be too narrow")
        if len(self.timepoints) == FEWEST_TIMES:
            cautions.append("with three timepoints hardly anything of what the model assumes can be checked")
        for name, one in zip(("mediator", "outcome"), share, strict=True):
            if one <= 0:
                cautions.append(f"no steady difference between people was found in the {name}")
        blocks = self.shape.parts(found.theta)[2]
        if min(float(np.linalg.eigvalsh(block)[0]) for block in blocks) <= 0:
            cautions.append("a variance of movements within people was estimated below nought")
        return cautions


def _scores(name: str, values: Mapping[str, Values]) -> Array:
    try:
        columns = [[np.nan if one is None else one for one in column] for column in values.values()]
        made = np.array(columns, dtype=float).T
    except (TypeError, ValueError):
        raise BadModel(f"the {name} is not columns of numbers of the same length") from None
    if np.isinf(made).any():
        raise Unestimable(f"the {name} holds infinite values")
    if np.nanmax(np.abs(made), initial=0.0) > 1e150:
        raise Unestimable(f"the {name} holds numbers beyond 1e+150")
    return made


def _scaled(values: Array, name: str) -> tuple[Array, float]:
    """About the middle of all values, in units of the pooled SD within timepoints."""
    low, high = np.nanmin(values, initial=np.inf), np.nanmax(values, initial=-np.inf)
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        raise Unestimable(f"everybody has the same score in the {name}")
    centred = values - (low + (high - low) / 2)
    measured = ~np.isnan(centred).all(axis=0)
    within = centred[:, measured] - np.nanmean(centred[:, measured], axis=0)
    unit = float(sqrt(np.nanmean(within**2)))
    return centred / unit, unit


def _arms(arm: Values | None, n: int) -> Array:
    """(n, arms) intercept and one column for each arm but the first; NaN where the arm is missing."""
    if arm is None:
        return np.ones((n, 1))
    if len(arm) != n:
        raise BadModel("the arm needs one value per person")
    missing = np.array([value is None or value != value for value in arm])
    levels = sorted({value for value, lost in zip(arm, missing, strict=True) if not lost}, key=str)
    columns = [[float(value == level) for value in arm] for level in levels[1:]]
    made = np.column_stack([np.ones(n), *[np.array(column) for column in columns]])
    made[missing] = np.nan
    return made


def _lag(points: float, se: float, standardised: float, its_se: float, z: float) -> Lag:
    from scipy.special import ndtr

    return Lag(
        estimate=float(points),
        se=float(se),
        low=float(points - z * se),
        high=float(points + z * se),
        p=2 * float(ndtr(-abs(points / se))),
        standardised=float(standardised),
        standardised_low=float(standardised - z * its_se),
        standardised_high=float(standardised + z * its_se),
    )


def _correlation(steady: Array) -> float | NotEstimable:
    size = steady[0, 0] * steady[1, 1]
    if steady[0, 0] <= 0 or steady[1, 1] <= 0 or steady[0, 1] ** 2 >= size:
        return NotEstimable("steady differences between people are too small to be correlated")
    return float(steady[0, 1] / sqrt(size))
