"""Conditional mean imputation the slow and plain way: row by row, one refit by `mmrm` for each person.

Nothing is shared with the batched way but `mmrm` itself, which tests of its own compare with R and with dense algebra.
"""

from __future__ import annotations

import duckdb
import numpy as np

from allay.science.evaluation.models import mmrm

Columns = dict[str, list]
CONNECTION = duckdb.connect(config={"threads": "1"})


def long_rows(arm: np.ndarray, x: np.ndarray, y: np.ndarray) -> Columns:
    """Long rows of the outcomes that are there. y (N, T) with NaN."""
    people, visits = np.nonzero(np.isfinite(y))
    return {
        "id": people.tolist(),
        "arm": [str(arm[person]) for person in people],
        "x": [float(x[person]) for person in people],
        "visit": (visits + 1).tolist(),
        "y": [float(value) for value in y[people, visits]],
    }


def means_and_covariance(arm, x, y, formula="y ~ x + arm*visit"):
    """means(arm, x) (T,) and Sigma of the fit."""
    names = {str(visit + 1): f"y{visit + 1}" for visit in range(y.shape[1])}
    columns = {"arm": arm.astype(str).astype(object), "x": x} | dict(zip(names.values(), y.T, strict=True))
    CONNECTION.register("rows", columns)
    fit = mmrm((CONNECTION, "rows"), formula, visit="visit", outcomes=names, ladder=False, df="residual")
    values = {one.name: one.estimate for one in fit.coefficients()}
    visits = y.shape[1]

    def means(a, value):
        found = np.full(visits, values["(Intercept)"] + values["x"] * value)
        for visit in range(visits):
            found[visit] += (
                values.get(f"visit{visit + 1}", 0.0) + values.get(f"x:visit{visit + 1}", 0.0) * value
            )
            if a:
                found[visit] += values[f"arm{a}"] + values.get(f"arm{a}:visit{visit + 1}", 0.0)
        return found

    return means, fit.solution.covariances[0]


def filled(strategy, arm, x, y, means, sigma, delta=0.0, raised=()):
    """(N, T) outcomes with conditional means where they are missing."""
    found = y.copy()
    for person in range(len(y)):
        seen = np.isfinite(y[person])
        own, other = means(arm[person], x[person]), means(0, x[person])
        mean = _strategy(strategy, own, other, seen)
        missing = ~seen
        found[person, missing] = mean[missing]
        if seen.any():
            weights = sigma[np.ix_(missing, seen)] @ np.linalg.inv(sigma[np.ix_(seen, seen)])
            found[person, missing] += weights @ (y[person, seen] - mean[seen])
        if arm[person] in raised:
            found[person, missing] += delta
    return found


def _strategy(strategy, own, other, seen):
    last = max(np.flatnonzero(seen), default=-1)
    mean = own.copy()
    if last == len(own) - 1 or strategy == "MAR":
        return mean
    if strategy == "CR":
        return other
    for visit in range(last + 1, len(own)):
        if strategy == "JR" or (strategy == "CIR" and last < 0):
            mean[visit] = other[visit]
        elif strategy == "CIR":
            mean[visit] = own[last] + other[visit] - other[last]
        elif strategy == "LMCF" and last >= 0:
            mean[visit] = own[last]
    return mean


def effects(arm, x, y):
    """(A - 1, T) coefficients of the arms in least squares on arm and x, complete y."""
    arms = np.unique(arm)[1:]
    design = np.column_stack([np.ones(len(arm)), *[(arm == one).astype(float) for one in arms], x])
    return np.linalg.lstsq(design, y, rcond=None)[0][1 : 1 + len(arms)]


def jackknife(strategies, arm, x, y, delta=0.0, raised=(), formula="y ~ x + arm*visit"):
    """Estimates and standard errors, (S, A - 1, T) each."""

    def once(kept):
        means, sigma = means_and_covariance(arm[kept], x[kept], y[kept], formula)
        return np.array(
            [
                effects(
                    arm[kept], x[kept], filled(one, arm[kept], x[kept], y[kept], means, sigma, delta, raised)
                )
                for one in strategies
            ]
        )

    people = len(arm)
    everybody = once(np.arange(people))
    without = np.array([once(np.flatnonzero(np.arange(people) != one)) for one in range(people)])
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0) * (people - 1) / people
    return everybody, np.sqrt(spread)
