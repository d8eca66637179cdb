"""Many trials of one size: drawn, analysed, and counted. The same seed gives the same answer on any number of processes.

Trial number r of a size has a stream of random numbers of its own, made of the seed, the size and r.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.models.degrees import t_p, t_quantile
from allay.science.evaluation.power.analysis import Analysis, Analyst
from allay.science.evaluation.power.lane import Lane, Laned, fits
from allay.science.evaluation.power.trial import Drawing, Drawn, Size, Trial

Array = npt.NDArray[np.float64]
Progress = Callable[[int], None]  # how many trials were analysed since the last call
CHUNK = 250  # trials fitted together
COLUMNS = ("estimate", "se", "df", "low", "high", "p", "between", "finished")


@dataclass(frozen=True)
class Batch:
    """Some trials of one size: what one process does at a time."""

    trial: Trial
    analysis: Analysis
    size: Size
    seed: int
    first: int
    count: int

    def run(self) -> tuple[Array, Counter[str]]:
        """(count, columns), NaN where there was no estimate; and why there was none."""
        return self.runs((self.analysis.df,))[0]

    def runs(self, methods: tuple[str, ...]) -> list[tuple[Array, Counter[str]]]:
        """The same trials by several df methods."""
        drawing = Drawing(self.trial, self.size)
        drawn = [drawing.draw(self._random(number)) for number in range(self.first, self.first + self.count)]
        lane = Lane(drawing, self.analysis) if fits(self.trial, self.analysis) else None
        with np.errstate(all="ignore"):
            optimum = lane.optimum(drawn) if lane else None
            laned = [lane.answered(*optimum, df) if lane and optimum else None for df in methods]
        return [
            self._rows(drawn, replace(self.analysis, df=df), found)
            for df, found in zip(methods, laned, strict=True)
        ]

    def _rows(
        self, drawn: list[Drawn], analysis: Analysis, laned: Laned | None
    ) -> tuple[Array, Counter[str]]:
        rows = np.full((self.count, len(COLUMNS)), np.nan)
        rows[:, -1] = [self._finished(one) for one in drawn]
        left = self._together(laned, rows) if laned else np.arange(self.count)
        return rows, self._alone(drawn, analysis, rows, left)

    def _random(self, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *self.size.people, self.size.groups, number])

    def _finished(self, drawn: Drawn) -> float:
        """The share of the compared arm that is still there at the target."""
        inside = drawn.arm == self.analysis.compared
        return float(drawn.stayed[inside, self.analysis.target].mean())

    def _together(self, found: Laned, rows: Array) -> npt.NDArray[np.int64]:
        """Fills the rows of the trials that the fast lane answers; the numbers of the others."""
        answered = found.settled & np.isfinite(found.se) & (found.se > 0) & (found.df > 0)
        for place in np.flatnonzero(answered):
            estimate, se, df = float(found.estimate[place]), float(found.se[place]), float(found.df[place])
            half = se * t_quantile(df, self.analysis.confidence)
            rows[place, :-1] = (
                estimate,
                se,
                df,
                estimate - half,
                estimate + half,
                t_p(estimate / se, df),
                max(0.0, float(found.between[place])),
            )
        return np.flatnonzero(~answered)

    def _alone(
        self, drawn: list[Drawn], analysis: Analysis, rows: Array, left: npt.NDArray[np.int64]
    ) -> Counter[str]:
        """The engine itself, trial by trial."""
        analyst, reasons = Analyst(self.trial, analysis), Counter[str]()
        for place in left:
            fit = analyst.fit(drawn[place])
            answer = fit if isinstance(fit, NotEstimable) else analyst.answer(fit)
            if isinstance(answer, NotEstimable) or isinstance(fit, NotEstimable):
                reasons[answer.not_estimable if isinstance(answer, NotEstimable) else ""] += 1
                continue
            between = fit.group.variance if fit.group else 0.0
            numbers = (answer.estimate, answer.se, answer.df, answer.low, answer.high, answer.p, between)
            rows[place, :-1] = numbers
        return reasons


@dataclass(frozen=True)
class Replicates:
    """R trials of one size: `columns` (R,) by the names in COLUMNS, NaN where a trial gave no estimate; and why."""

    size: Size
    columns: dict[str, Array]
    reasons: Counter[str]

    @property
    def number(self) -> int:
        return len(self.columns["p"])

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.columns["p"])


def batches(
    trial: Trial, analysis: Analysis, size: Size, *, seed: int, replicates: int, chunk: int = CHUNK
) -> list[Batch]:
    """All trials of one size, cut into pieces."""
    return [
        Batch(trial, analysis, size, seed, first, min(chunk, replicates - first))
        for first in range(0, replicates, chunk)
    ]


def by_methods(pieces: list[Batch], methods: tuple[str, ...]) -> list[Replicates]:
    """The trials of one size by several df methods, from one fit each."""
    found = [piece.runs(methods) for piece in pieces]
    return [_joined(pieces[0].size, [parts[place] for parts in found]) for place in range(len(methods))]


def simulate(
    pieces: list[Batch], *, processes: int = 1, progress: Progress | None = None
) -> list[Replicates]:
    """All trials of all pieces, put together by size in the order of the pieces."""
    found: dict[int, tuple[Array, Counter[str]]] = {}
    for place, result in _results(pieces, processes):
        found[place] = result
        if progress:
            progress(pieces[place].count)
    sizes = list(dict.fromkeys(piece.size for piece in pieces))
    return [
        _joined(size, [found[n] for n, piece in enumerate(pieces) if piece.size == size]) for size in sizes
    ]


def _joined(size: Size, parts: list[tuple[Array, Counter[str]]]) -> Replicates:
    rows = np.concatenate([rows for rows, _ in parts])
    reasons = sum((reasons for _, reasons in parts), Counter[str]())
    return Replicates(size, {name: rows[:, place] for place, name in enumerate(COLUMNS)}, reasons)


def _results(pieces: list[Batch], processes: int) -> Iterator[tuple[int, tuple[Array, Counter[str]]]]:
    if processes <= 1 or len(pieces) == 1:
        for place, piece in enumerate(pieces):
            yield place, piece.run()
        return
    with _pool(min(processes, len(pieces))) as pool:
        waiting: dict[Future[tuple[Array, Counter[str]]], int] = {
            pool.submit(piece.run): place for place, piece in enumerate(pieces)
        }
        for done in as_completed(waiting):
            yield waiting[done], done.result()


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that leave an interruption to their parent, which then drops what has not begun."""
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _deaf)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
