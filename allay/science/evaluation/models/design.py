"""From a formula to a design: which column of X is which product of a visit's code and a person's values.

Every row of the design matrix at visit t is a fixed linear function of what is known of a person,

    x_i(t)' = u_i(t)' C_t ,        u_i(t) = (1, features of person i)            C_t : (features, columns)

so that the pass over the data needs only the list of features, and cross-products of u give those of X.
Columns and their names are R's: treatment contrasts, the first level as reference, interactions with the first
variable moving fastest, and full indicators where the term's margin is absent (Chambers & Hastie, Statistical Models
in S, 1992, section 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.errors import BadModel
from allay.science.evaluation.models.formula import Formula
from allay.science.evaluation.models.variables import CONSTANT, Factor, Feature, Number, Variable

Array = npt.NDArray[np.float64]
MOST_COLUMNS = 400


@dataclass(frozen=True)
class Column:
    """One column of X: its R name, its code at each visit (T,), and the person's part of it."""

    name: str
    code: Array
    centred_code: Array
    numbers: tuple[str, ...]
    levels: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Design:
    """k columns over T visits. `steady` features do not change within people, `moving` ones do.

    `restriction` (T, features, k) is C on the shifted features; `centred` (same shape) spans the same space, is well
    conditioned, and `restriction = centred @ change` with `change` (k, k). Where the space would not be the
    same, `centred` is the restriction itself.
    """

    formula: Formula
    variables: Mapping[str, Variable]
    columns: tuple[Column, ...]
    terms: tuple[int, ...]  # for each column the number of its term, 0 for the intercept
    steady: tuple[Feature, ...]
    moving: tuple[Feature, ...]
    restriction: Array
    centred: Array
    change: Array

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def moves(self, column: int) -> bool:
        """Whether a column changes within people."""
        one = self.columns[column]
        names = (*one.numbers, *(name for name, _ in one.levels))
        return bool(np.ptp(one.code) > 0) or any(self.variables[name].varies for name in names)

    @property
    def visits(self) -> int:
        return int(self.restriction.shape[0])


def design(
    formula: Formula, variables: Mapping[str, Variable], visits: int, constrained: str | None = None
) -> Design:
    """The design of a formula. `variables` describes each of its names; T = `visits`.

    `constrained` names a factor without effect at the first visit (constrained longitudinal model: Liang & Zeger,
    Sankhya B 2000; 62: 134-148): its own term is left out, its products with the visit begin at the second.
    """
    columns, terms = _columns(formula, variables, visits, constrained)
    if not columns:
        raise BadModel("the formula has no term: nothing to estimate")
    if len(columns) > MOST_COLUMNS:
        raise BadModel(
            f"the formula makes {len(columns)} coefficients; more than {MOST_COLUMNS} are not fitted"
        )
    steady, moving = _features(columns, variables)
    shape = (visits, len(steady) + len(moving), len(columns))
    place = {feature: number for number, feature in enumerate((*steady, *moving))}
    restriction, centred = np.zeros(shape), np.zeros(shape)
    for number, column in enumerate(columns):
        centred[:, place[Feature(column.numbers, column.levels)], number] = column.centred_code
        for feature, factor in _expansion(column, variables):
            restriction[:, place[feature], number] += factor * column.code
    centred, change = _same_space(restriction, centred)
    return Design(formula, variables, columns, terms, steady, moving, restriction, centred, change)


def _same_space(restriction: Array, centred: Array) -> tuple[Array, Array]:
    k = restriction.shape[2]
    wanted, given = restriction.reshape(-1, k), centred.reshape(-1, k)
    norms = np.linalg.norm(given, axis=0)
    change: Array = np.linalg.lstsq(given / norms, wanted, rcond=1e-12)[0] / norms[:, None]
    error = np.abs(given @ change - wanted).max(axis=0)
    if (error <= 1e-9 * np.abs(wanted).max(axis=0)).all():
        change[np.abs(change) < 1e-13 * np.abs(change).max(axis=0)] = 0.0
        return centred, change
    return restriction, np.eye(k)


def _columns(
    formula: Formula, variables: Mapping[str, Variable], visits: int, constrained: str | None
) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    present = {frozenset(term) for term in formula.terms}
    if constrained is not None:
        _check_constrained(formula, variables, constrained)
        present.add(frozenset({constrained}))
    if formula.intercept:
        present.add(frozenset())
    columns, terms = [], []
    if formula.intercept:
        columns.append(Column("(Intercept)", np.ones(visits), np.ones(visits), (), ()))
        terms.append(0)
    for number, term in enumerate(formula.terms, start=1):
        if term == (constrained,):
            continue
        for column in _term_columns(term, present, variables, visits):
            columns.append(column)
            terms.append(number)
        if len(term) == 1 and isinstance(variables[term[0]], Factor):
            present.add(frozenset())  # full indicators of one factor hold the intercept
    return tuple(columns), tuple(terms)


def _check_constrained(formula: Formula, variables: Mapping[str, Variable], constrained: str) -> None:
    visits = {
        name for name, variable in variables.items() if isinstance(variable, Factor) and variable.by_visit
    }
    if constrained not in formula.variables or not isinstance(variables[constrained], Factor):
        raise BadModel(f"the constrained {quoted(constrained)} is no factor of the formula")
    for term in formula.terms:
        if constrained in term and term != (constrained,) and not visits & set(term):
            raise BadModel(
                f"{quoted(':'.join(term))} would differ at the first visit: leave it out or add the visit"
            )
    if not any(constrained in term and visits & set(term) for term in formula.terms):
        raise BadModel(f"the formula has no product of {quoted(constrained)} with the visit")


def _term_columns(
    term: tuple[str, ...], present: set[frozenset[str]], variables: Mapping[str, Variable], visits: int
) -> list[Column]:
    choices: list[list[tuple[Variable, int]]] = []
    for name in term:
        variable = variables[name]
        if isinstance(variable, Number):
            choices.append([(variable, -1)])
        else:
            start = 1 if frozenset(term) - {name} in present else 0
            choices.append([(variable, level) for level in range(start, len(variable.levels))])
    # the first variable moves fastest, as in R
    return [_column(tuple(reversed(parts)), visits) for parts in product(*reversed(choices))]


def _column(parts: tuple[tuple[Variable, int], ...], visits: int) -> Column:
    code, centred = np.ones(visits), np.ones(visits)
    numbers, levels, words = [], [], []
    for variable, level in parts:
        words.append(
            variable.name if isinstance(variable, Number) else variable.name + variable.levels[level]
        )
        if variable.by_visit is not None:
            code, centred = code * _visit_code(variable, level), centred * _centred_code(variable, level)
        elif isinstance(variable, Number):
            numbers.append(variable.name)
        else:
            levels.append((variable.name, level))
    return Column(":".join(words), code, centred, tuple(sorted(numbers)), tuple(sorted(levels)))


def _visit_code(variable: Variable, level: int) -> Array:
    values = np.asarray(variable.by_visit, dtype=float)
    return values if isinstance(variable, Number) else (values == level).astype(float)


def _centred_code(variable: Variable, level: int) -> Array:
    code = _visit_code(variable, level)
    if isinstance(variable, Factor):
        return code
    middle, spread = (code.max() + code.min()) / 2, (code.max() - code.min()) / 2
    return np.asarray((code - middle) / spread if spread > 0 else code)


def _expansion(column: Column, variables: Mapping[str, Variable]) -> list[tuple[Feature, float]]:
    """The product of (shifted number + shift) over the column's numbers, multiplied out."""
    found: dict[Feature, float] = {}
    for size in range(len(column.numbers), -1, -1):
        for kept in combinations(range(len(column.numbers)), size):
            factor = 1.0
            for position, name in enumerate(column.numbers):
                if position not in kept:
                    factor *= _shift(variables[name])
            if factor != 0.0:
                feature = Feature(tuple(column.numbers[position] for position in kept), column.levels)
                found[feature] = found.get(feature, 0.0) + factor
    return list(found.items())


def _shift(variable: Variable) -> float:
    return variable.shift if isinstance(variable, Number) else 0.0


def _features(
    columns: tuple[Column, ...], variables: Mapping[str, Variable]
) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    found = {CONSTANT: None}
    for column in columns:
        found[Feature(column.numbers, column.levels)] = None
        found.update(dict.fromkeys(feature for feature, _ in _expansion(column, variables)))
    ordered = sorted(found)
    moving = tuple(feature for feature in ordered if any(variables[name].varies for name in feature.names))
    return tuple(feature for feature in ordered if feature not in moving), moving
