"""Synthetic people for the tests of mechanisms: made here, from a fixed seed, or read from the reference data."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

REFERENCE = Path(__file__).parents[2] / "reference" / "mechanisms"


def read(name: str) -> dict[str, np.ndarray]:
    """Columns of a reference table, NaN where a cell is empty."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([float(row[key] or "nan") for row in rows]) for key in rows[0]}


def wanted() -> dict[str, Any]:
    return json.loads((REFERENCE / "reference.json").read_text(encoding="utf-8"))


def trial(
    n: int = 80, *, a: float = 1.0, b: float = 0.8, missing: float = 0.0, seed: int = 3
) -> dict[str, np.ndarray]:
    """arm, base (of mediator), start (of outcome), m, y."""
    random = np.random.default_rng(seed)
    arm = (np.arange(n) % 2).astype(float)
    base, start = random.multivariate_normal([20, 50], [[9, 5], [5, 36]], n).T
    m = 5 + 0.7 * base + a * arm + random.normal(0, 2, n)
    y = 10 + 0.5 * start + b * m - 0.5 * arm + random.normal(0, 3, n)
    made = {"arm": arm, "base": base, "start": start, "m": m, "y": y}
    for name in ("m", "y") if missing else ():
        made[name] = np.where(random.random(n) < missing, np.nan, made[name])
    return made


def panel(n: int = 120, times: int = 4, *, missing: float = 0.1, seed: int = 5) -> dict[str, np.ndarray]:
    """arm, m1, y1, m2, y2 ...: the mediator goes before the outcome."""
    random = np.random.default_rng(seed)
    steady = random.multivariate_normal([20, 40], [[9, 4], [4, 25]], n)
    now = random.multivariate_normal([0, 0], [[4, 2], [2, 9]], n)
    made = {"arm": (np.arange(n) % 2).astype(float)}
    for wave in range(1, times + 1):
        if wave > 1:
            now = now @ np.array([[0.3, 0.5], [0.0, 0.3]]) + random.multivariate_normal(
                [0, 0], [[3, 1], [1, 7]], n
            )
        scores = steady + now - made["arm"][:, None] * wave
        for name, column in zip("my", scores.T, strict=True):
            gone = random.random(n) < (missing if wave > 1 else 0)
            made[f"{name}{wave}"] = np.where(gone, np.nan, column)
    return made


def waves(columns: dict[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    """The scores called name1, name2 ... by timepoint."""
    return {
        f"week {key[1:]}": value for key, value in columns.items() if key[0] == name and key[1:].isdigit()
    }
