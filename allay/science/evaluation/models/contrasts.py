"""Linear functions of the coefficients that people ask about: marginal means and differences between arms.

The reference grid is that of R's emmeans: numbers at their mean over the rows, the levels of other factors with
equal weight, functions of the visit at the visit (Searle, Speed & Milliken, Am Stat 1980; 34: 216-221).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.design import Column, Design
from allay.science.evaluation.models.variables import Factor

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A linear function of the named coefficients (k,): what it is called, and the visit it is about."""

    name: str
    visit: str | None
    weights: Array


def grid_row(design: Design, visit: int, means: Mapping[str, float], levels: Mapping[str, int]) -> Array:
    """The row of the design (k,) at a visit, at given levels of some factors and the average of all else."""
    return np.array([_cell(design, column, visit, means, levels) for column in design.columns])


def _cell(
    design: Design, column: Column, visit: int, means: Mapping[str, float], levels: Mapping[str, int]
) -> float:
    value = float(column.code[visit])
    for name in column.numbers:
        value *= means[name]
    for name, level in column.levels:
        if name in levels:
            value *= float(levels[name] == level)
        else:
            variable = design.variables[name]
            assert isinstance(variable, Factor)
            value /= len(variable.levels)
    return value


def mean_questions(
    design: Design, visits: tuple[str, ...], means: Mapping[str, float], factor: str | None
) -> list[Question]:
    """The marginal mean of each level of a factor (of everybody without one) at each visit."""
    found = []
    for place, visit in enumerate(visits):
        for name, levels in _settings(design, factor):
            found.append(Question(name, visit, grid_row(design, place, means, levels)))
    return found


def _settings(design: Design, factor: str | None) -> list[tuple[str, dict[str, int]]]:
    if factor is None:
        return [("everybody", {})]
    variable = design.variables[factor]
    assert isinstance(variable, Factor)
    return [(f"{factor}{level}", {factor: number}) for number, level in enumerate(variable.levels)]


def difference_questions(
    design: Design, visits: tuple[str, ...], means: Mapping[str, float], factor: str
) -> list[Question]:
    """Each later level of a factor less each earlier one, at each visit."""
    found = []
    for place, visit in enumerate(visits):
        for (low, before), (high, after) in combinations(_settings(design, factor), 2):
            weights = grid_row(design, place, means, after) - grid_row(design, place, means, before)
            if weights.any():
                found.append(Question(f"{high} - {low}", visit, weights))
    return found


def compared_factor(design: Design, preferred: str = "arm") -> str | None:
    """The factor whose levels are compared: `arm` when it is in the formula, else its first factor of people."""
    people = [
        name
        for name in design.formula.variables
        if isinstance(variable := design.variables[name], Factor) and variable.by_visit is None
    ]
    return preferred if preferred in people else (people[0] if people else None)
