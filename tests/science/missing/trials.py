"""Synthetic trials with missing outcomes, from a fixed seed."""

from __future__ import annotations

import numpy as np

from allay.science.evaluation.missing import Cohort


def trial(people=40, visits=3, *, seed=1, arms=2, effect=1.5, complete=False, whole=False):
    """arm, x and y (N, T): outcomes with one decimal (or none), drop-out, gaps, and one person never measured."""
    random = np.random.default_rng(seed)
    arm = np.arange(people) % arms
    x = random.normal(0, 1, people).round(2)
    y = 50 + 2 * x[:, None] + random.normal(0, 5, (people, 1)) + random.normal(0, 4, (people, visits))
    y = (y - effect * arm[:, None] * np.arange(visits)).round(0 if whole else 1)
    if not complete:
        y[np.arange(visits) >= random.integers(1, 3 * visits, (people, 1))] = np.nan
        y[(random.random(y.shape) < 0.06)] = np.nan
        y[people // 2] = np.nan
    return arm, x, y


def cohort(arm, x, y, **more):
    return Cohort(
        people=tuple(f"{number:03}" for number in range(len(arm))),
        arms=tuple(str(number) for number in range(arm.max() + 1)),
        visits=tuple(str(number + 1) for number in range(y.shape[1])),
        arm=np.asarray(arm, dtype=np.int64),
        y=np.asarray(y, dtype=float),
        covariates={"x": np.asarray(x, dtype=float)} if x is not None else {},
        **more,
    )
