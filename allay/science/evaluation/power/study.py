"""Do the intervals keep their promise? Trials without an effect, small ones and ones with few therapy groups.

The figures that come with Allay (`simulated.toml`, read by `simulated`) are made by `./run bench simulation --write`; the
report's methods page shows them. docs/simulation.md says what was tried and what failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.models.arrays import gathered
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.mmrm import fitted
from allay.science.evaluation.models.sandwich import sandwich
from allay.science.evaluation.power.analysis import Analysis, Analyst
from allay.science.evaluation.power.replicates import Replicates, batches, by_methods
from allay.science.evaluation.power.trial import Drawing, Size, Trial

PEOPLE = (16, 24, 40, 80)
GROUPS = (2, 3, 6, 12)
ICCS = (0.0, 0.02, 0.05, 0.1)
EACH = 8  # people in a therapy group
METHODS = ("z", "satterthwaite", "kenward-roger", "CR0", "CR2")
VISITS = ("baseline", "week 6", "week 12")
TARGET = 2
Progress = Callable[[str], None]


def truth(icc: float = 0.0, *, grouped: bool = False) -> Trial:
    """Scores of SD 1, correlated .6, no effect; a tenth leave before each visit, sooner with higher scores."""
    sigma = 0.6 + 0.4 * np.eye(len(VISITS))
    return Trial(
        ("waiting", "programme"),
        VISITS,
        np.zeros((2, len(VISITS))),
        sigma,
        1 if grouped else None,
        icc / (1 - icc),
        np.array([0.0, 0.1, 0.1]),
        0.3,
    )


@dataclass(frozen=True)
class Individual:
    """Individually randomised trials of one size: by method, the share that found what was not there."""

    people: int
    trials: int
    type_1_error: dict[str, float]
    not_answered: int


@dataclass(frozen=True)
class Nested:
    """Trials of `groups` therapy groups and as many people who waited: the share of intervals that hold the truth.

    coverage: of the model with groups, by df method, and `ignored`, of Kenward-Roger without groups in the model.
    no_groups: the share in which no variance between groups was seen.
    """

    groups: int
    icc: float
    trials: int
    coverage: dict[str, float]
    no_groups: float
    not_answered: int


def individual(people: int, *, trials: int, seed: int) -> Individual:
    """Type-I errors at 5 % of one size."""
    size, methods = Size((people // 2, people - people // 2)), METHODS[:3]
    pieces = batches(truth(), Analysis(TARGET), size, seed=seed, replicates=trials)
    found = dict(zip(methods, by_methods(pieces, methods), strict=True))
    errors = {name: _share(one.columns["p"][one.answered] < 0.05) for name, one in found.items()}
    errors |= _sandwiches(size, trials, seed)
    return Individual(people, trials, errors, max(int((~one.answered).sum()) for one in found.values()))


def _sandwiches(size: Size, trials: int, seed: int) -> dict[str, float]:
    """CR0 and CR2 of the same trials, from one fit each."""
    drawing, analyst = Drawing(truth(), size), Analyst(truth(), Analysis(TARGET, vcov="CR2"))
    found: dict[str, list[bool]] = {"CR0": [], "CR2": []}
    for number in range(trials):
        drawn = drawing.draw(np.random.default_rng([seed, *size.people, size.groups, number]))
        arrays = analyst.analysis.arrays(drawn, analyst.trial).seen()
        try:
            sums = gathered(arrays, analyst.request)
            fit = fitted(analyst.request, sums)
        except Unestimable:
            continue
        for kind, said in found.items():
            robust = (
                fit if kind == "CR2" else replace(fit, sandwich=sandwich(fit.solution, sums.blocks, kind))
            )
            answer = analyst.answer(robust)
            if not isinstance(answer, NotEstimable):
                said.append(answer.p < 0.05)
    return {kind: _share(np.array(said)) for kind, said in found.items()}


def nested(groups: int, icc: float, *, trials: int, seed: int) -> Nested:
    """Coverage of 95 % intervals with one number of groups and one intraclass correlation."""
    size, trial = Size((groups * EACH, groups * EACH), groups), truth(icc, grouped=True)
    found: dict[str, Replicates] = {}
    for analysis, methods, names in (
        (Analysis(TARGET, grouped=True), METHODS[2:0:-1], METHODS[2:0:-1]),
        (Analysis(TARGET), METHODS[2:3], ("ignored",)),
    ):
        pieces = batches(trial, analysis, size, seed=seed, replicates=trials)
        found |= zip(names, by_methods(pieces, methods), strict=True)
    between = found["kenward-roger"].columns["between"][found["kenward-roger"].answered]
    missing = max(int((~one.answered).sum()) for one in found.values())
    coverage = {name: _coverage(one) for name, one in found.items()}
    return Nested(groups, icc, trials, coverage, _share(between <= 0), missing)


def _coverage(found: Replicates) -> float:
    held = (found.columns["low"] <= 0) & (found.columns["high"] >= 0)
    return _share(held[found.answered])


def whole(*, trials: int, seed: int, progress: Progress | None = None) -> Iterator[Individual | Nested]:
    """The whole study, setting by setting."""
    say = progress or (lambda _: None)
    for people in PEOPLE:
        say(f"{people} people")
        yield individual(people, trials=trials, seed=seed)
    for groups in GROUPS:
        for icc in ICCS:
            say(f"{groups} groups of {EACH}, intraclass correlation {icc:g}")
            yield nested(groups, icc, trials=trials, seed=seed)


def _share(said: np.ndarray) -> float:
    return round(float(np.mean(said)), 4) if len(said) else float("nan")
