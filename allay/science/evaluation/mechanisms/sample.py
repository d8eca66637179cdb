"""Who is in an analysis of mechanisms, and what was measured of them: columns, checked, on a common scale.

Columns are centred and divided by their standard deviation, so that neither points of 1e8 nor of 1e-8 matter, and
the people are put in the order of their values: the same people in another order give the same answer to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.mechanisms.sweep import TOLERANCE, sweep
from allay.science.evaluation.models.errors import BadModel, Unestimable

Array = npt.NDArray[np.float64]
FEWEST = 5  # people measured in each arm, and residual degrees of freedom


@dataclass(frozen=True)
class Sample:
    """People (n) in two arms. NaN is missing; no column is missing altogether."""

    arm: Array  # (n,) 0 is the reference
    covariates: Array  # (n, p)
    mediators: Array  # (n, k)
    outcome: Array  # (n,)
    names: tuple[str, ...]  # of covariates, mediators and outcome
    scale: Array  # (p + k + 1,) points in one unit of each column
    cautions: tuple[str, ...] = ()

    @property
    def values(self) -> Array:
        """(n, p + k + 1) covariates, mediators, outcome."""
        return np.column_stack([self.covariates, self.mediators, self.outcome])

    @property
    def units(self) -> Array:
        """(2k + 2,) points in one unit of a, b, the direct and the total effect."""
        mediators, outcome = self.scale[-1 - self.mediators.shape[1] : -1], self.scale[-1]
        return np.concatenate([mediators, outcome / mediators, [outcome, outcome]])

    def rows(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Sample:
        return replace(
            self,
            arm=self.arm[which],
            covariates=self.covariates[which],
            mediators=self.mediators[which],
            outcome=self.outcome[which],
        )

    def only(self, mediator: int) -> Sample:
        """The same people with one mediator."""
        p, k = self.covariates.shape[1], self.mediators.shape[1]
        kept = [*range(p), p + mediator, p + k]
        return replace(
            self,
            mediators=self.mediators[:, [mediator]],
            names=tuple(self.names[place] for place in kept),
            scale=self.scale[kept],
        )

    def counts(self) -> tuple[int, int]:
        """People of the arm and of the reference."""
        return int((self.arm == 1).sum()), int((self.arm == 0).sum())


def sample(
    arm: Sequence[float] | Array,
    covariates: Mapping[str, Sequence[float] | Array],
    mediators: Mapping[str, Sequence[float] | Array],
    outcome: tuple[str, Sequence[float] | Array],
) -> Sample:
    """Columns as a sample. People without an arm are left out.

    Raises BadModel for columns that do not fit together and Unestimable for such that hold no answer.
    """
    arms = _column("arm", arm)
    if not mediators:
        raise BadModel("there is no mediator")
    if not np.isin(arms[~np.isnan(arms)], (0.0, 1.0)).all():
        raise BadModel("the arm is 0 for the reference and 1 for the arm")
    named = [*covariates.items(), *mediators.items(), outcome]
    _check_names([name for name, _ in named])
    columns = [_column(name, values) for name, values in named]
    if any(len(column) != len(arms) for column in columns):
        raise BadModel("the columns are not of the same length")
    values = np.column_stack(columns)
    used = ~np.isnan(arms)
    arms, values, names = arms[used], values[used], [name for name, _ in named]
    _check_measured(names, arms, values)
    order = np.lexsort((*values.T, arms))
    arms, (values, scale) = arms[order], _scaled(names, values[order], len(covariates))
    return _without_redundant(arms, values, names, scale, len(covariates))


def _column(name: str, values: Sequence[float] | Array) -> Array:
    try:
        column = np.array([np.nan if value is None else value for value in values], dtype=float)
    except (TypeError, ValueError):
        raise BadModel(f"{quoted(name)} is not a column of numbers") from None
    if column.ndim != 1:
        raise BadModel(f"{quoted(name)} is not a column of numbers")
    if np.isinf(column).any():
        raise Unestimable(f"{quoted(name)} holds infinite values")
    if np.nanmax(np.abs(column), initial=0.0) > 1e150:
        raise Unestimable(f"{quoted(name)} holds numbers beyond 1e+150")
    return column


def _check_names(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadModel(f"{quoted(twice)} stands twice")


def _check_measured(names: list[str], arms: Array, values: Array) -> None:
    for name, column in zip(names, values.T, strict=True):
        for arm, called in ((0.0, "the reference arm"), (1.0, "the arm")):
            n = int((~np.isnan(column[arms == arm])).sum())
            if n < FEWEST:
                whom = "nobody" if n == 0 else f"only {n}"
                raise Unestimable(f"{quoted(name)} was measured of {whom} in {called}; {FEWEST} are needed")


def _scaled(names: list[str], values: Array, covariates: int) -> tuple[Array, Array]:
    """Columns about their means in units of their SDs; a covariate that is the same for everybody becomes nought."""
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    centred = values - (low + (high - low) / 2)
    centred -= np.nanmean(centred, axis=0)
    scale = np.sqrt(np.nanmean(centred**2, axis=0))
    constant = high - low <= 1e-12 * np.maximum(np.abs(low), np.abs(high))
    for place in np.flatnonzero(constant):
        if place >= covariates:
            raise Unestimable(f"everybody has the same {quoted(names[place])}")
        centred[:, place], scale[place] = np.where(np.isnan(centred[:, place]), np.nan, 0.0), 1.0
    return centred / scale, scale


def _without_redundant(arms: Array, values: Array, names: list[str], scale: Array, covariates: int) -> Sample:
    """Leaves out covariates that the others determine (judged on people with all of them)."""
    whole = ~np.isnan(values[:, :covariates]).any(axis=1)
    z = np.column_stack([np.ones(int(whole.sum())), arms[whole], values[whole, :covariates]])
    products = z.T @ z
    swept, cautions, kept = products, [], []
    for place in range(z.shape[1]):
        tried, sound = _swept_one(swept, products, place)
        if sound:
            swept = tried
            kept += [place - 2] if place > 1 else []
        elif place > 1:
            cautions.append(
                f"{names[place - 2]} was left out: it is the same for all, or the others determine it"
            )
    columns = [*kept, *range(covariates, len(names))]
    return Sample(
        arms,
        values[:, kept],
        values[:, covariates:-1],
        values[:, -1],
        tuple(names[place] for place in columns),
        scale[columns],
        tuple(cautions),
    )


def _swept_one(swept: Array, products: Array, place: int) -> tuple[Array, bool]:
    if swept[place, place] <= TOLERANCE * products[place, place] or products[place, place] == 0:
        return swept, False
    return sweep(swept, [place])[0], True
