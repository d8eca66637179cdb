"""Synthetic trials for the tests of mixed models: made here, from a fixed seed."""

from __future__ import annotations

import numpy as np

Columns = dict[str, list]


def trial(
    people: int = 40, visits: int = 4, *, seed: int = 1, missing: float = 0.15, groups: int = 0, arms: int = 2
) -> Columns:
    """A long table: id, arm, x, site, week, visit, y, weight and, for `groups`, g. Outcomes have one decimal."""
    random = np.random.default_rng(seed)
    columns: Columns = {name: [] for name in ("id", "arm", "x", "site", "visit", "week", "weight", "g", "y")}
    shared = random.normal(0, 2, max(groups, 1))
    for person in range(people):
        arm = person % arms
        group = (person // arms) % groups if groups and arm else -1
        x, site = round(float(random.normal()), 2), "abc"[int(random.integers(3))]
        weight = float(random.choice([0.5, 1.0, 1.5, 2.0]))
        level = random.normal(0, 3)
        for visit in range(visits):
            if visit and random.random() < missing:
                continue
            noise = random.normal(0, 2 + 0.4 * visit)
            y = 30 + 2 * x - 1.5 * arm * visit + level + noise + (shared[group] if group >= 0 else 0)
            row = (person, arm, x, site, visit + 1, 3 * visit, weight, group, round(float(y), 1))
            for name, value in zip(columns, row, strict=True):
                columns[name].append(value)
    return columns


def days(people: int = 30, *, seed: int = 2, irregular: bool = True) -> Columns:
    """A long table of growth: id, arm, day, y; every person has days of their own where `irregular`."""
    random = np.random.default_rng(seed)
    columns: Columns = {name: [] for name in ("id", "arm", "day", "y")}
    for person in range(people):
        level, slope = random.multivariate_normal([0, 0], [[9, -0.6], [-0.6, 0.25]])
        count = int(random.integers(2, 8))
        own = np.sort(random.choice(60, count, replace=False)) / 4 if irregular else np.arange(count) * 2.0
        for day in own:
            y = 20 + level + (0.5 + slope - 0.3 * (person % 2)) * day + random.normal(0, 2)
            for name, value in zip(
                columns, (person, person % 2, float(day), round(float(y), 3)), strict=True
            ):
                columns[name].append(value)
    return columns


def changed(columns: Columns, **new: object) -> Columns:
    """The same table with some columns replaced or computed: a list, or a function of the table."""
    return columns | {name: (value(columns) if callable(value) else value) for name, value in new.items()}


def kept(columns: Columns, rows: list[int] | np.ndarray) -> Columns:
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def model_matrix(
    columns: Columns, numbers: list[str], interaction: bool = True
) -> tuple[np.ndarray, list[str]]:
    """X of y ~ numbers + arm*visit, made the plain way, with R's names."""
    arm, visit = np.array(columns["arm"]), np.array(columns["visit"])
    made, names = [np.ones(len(arm))], ["(Intercept)"]
    for name in numbers:
        made.append(np.array(columns[name], dtype=float))
        names.append(name)
    arms, visits = np.unique(arm)[1:], np.unique(visit)[1:]
    made += [(arm == level).astype(float) for level in arms]
    names += [f"arm{level}" for level in arms]
    made += [(visit == level).astype(float) for level in visits]
    names += [f"visit{level}" for level in visits]
    for later in visits if interaction else []:
        for level in arms:
            made.append(((arm == level) & (visit == later)).astype(float))
            names.append(f"arm{level}:visit{later}")
    return np.array(made).T, names
