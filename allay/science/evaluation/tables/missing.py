"""Missing scores as rows for CSV files: every assumption at every timepoint, and every shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.results import Results
from allay.science.evaluation.results.missing import Sensitivity

Cell = str | int | float | None
ESTIMATE = ["estimate", "se", "low", "high", "df", "t", "p"]


def missing_tables(results: Results) -> dict[str, Iterator[Sequence[Cell]]]:
    """File name → rows; nothing where the plan does not ask."""
    if results.missing is None:
        return {}
    return {"missing_assumptions.csv": _assumptions(results), "missing_shifts.csv": _shifts(results)}


def _found(results: Results) -> Iterator[tuple[str, Sensitivity]]:
    for score, one in results.missing.scores.items() if results.missing else ():
        if not isinstance(one.sensitivity, NotEstimable):
            yield score, one.sensitivity


def _numbers(effect: Estimate | NotEstimable) -> Sequence[Cell]:
    if isinstance(effect, NotEstimable):
        return [*[None] * len(ESTIMATE), effect.not_estimable]
    return [*vars(effect).values(), None]


def _assumptions(results: Results) -> Iterator[Sequence[Cell]]:
    imputing = ["imputations", "within", "between", "missing_information"]
    yield ["score", "arm", "reference", "timepoint", "assumption", *ESTIMATE, "reason", *imputing]
    for score, found in _found(results):
        for assumption in found.assumptions:
            for one in assumption.effects:
                pooled = one.imputing
                more = [getattr(pooled, name) if pooled else None for name in imputing]
                yield [
                    *(score, one.arm, one.reference, one.visit, assumption.strategy),
                    *_numbers(one.effect),
                    *more,
                ]


def _shifts(results: Results) -> Iterator[Sequence[Cell]]:
    yield ["score", "arm", "reference", "timepoint", "shifted", "delta", *ESTIMATE, "reason"]
    for score, found in _found(results):
        for one in found.tipping:
            for shifted in one.grid:
                yield [
                    *(score, one.arm, one.reference, one.visit, one.raised, shifted.delta),
                    *_numbers(shifted.effect),
                ]
