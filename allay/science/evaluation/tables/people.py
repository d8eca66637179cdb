"""People between arms, and what went badly, as rows for CSV files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science.evaluation.estimates import NotEstimable, Share
from allay.science.evaluation.results import Results
from allay.science.evaluation.results.compared import OutcomeCompared
from allay.science.evaluation.results.proportions import NeededEnd, NumberNeeded, ShareDifference

Cell = str | int | float | None
Rows = Iterator[Sequence[Cell]]

DIFFERENCE = ["difference", "low", "high"]
NEEDED = [
    *("needed", "needed_to", "best", "best_to", "worst", "worst_to", "through_infinity"),
    "reason",
]


def people_tables(results: Results) -> dict[str, Rows]:
    """File name → rows, the header first."""
    return {
        "percentage_change.csv": _percentages(results),
        "people_compared.csv": _compared(results),
        "people_not_judged.csv": _unmeasured(results),
        "people_by_method.csv": _methods(results),
        "harms.csv": _harms(results),
        "harms_compared.csv": _harms_compared(results),
        "completion.csv": _completion(results),
    }


def _outcomes(results: Results) -> Iterator[tuple[str, OutcomeCompared]]:
    for score, one in results.compared.items():
        if isinstance(one, OutcomeCompared):
            yield score, one


def _difference(one: ShareDifference | NotEstimable) -> Sequence[Cell]:
    return [None] * 3 if isinstance(one, NotEstimable) else [one.estimate, one.low, one.high]


def _needed(difference: ShareDifference | NotEstimable, one: NumberNeeded | NotEstimable) -> Sequence[Cell]:
    if isinstance(one, NotEstimable):
        reason = difference.not_estimable if isinstance(difference, NotEstimable) else one.not_estimable
        return [*[None] * 7, reason]
    ends = [cell for end in (one.estimate, one.best, one.worst) for cell in _end(end)]
    return [*ends, str(one.through_infinity).lower(), None]


def _end(end: NeededEnd) -> Sequence[Cell]:
    return ("infinity" if end.people is None else end.people), end.direction


def _percentages(results: Results) -> Rows:
    yield ["score", "arm", "part", "change", "people", "share", "low", "high", "not_computable"]
    for score, by_arm in results.change.items():
        for arm, counts in by_arm.items():
            if isinstance(counts, NotEstimable) or counts.percentage is None:
                continue
            one = counts.percentage
            for name in ("improved", "unchanged", "worsened"):
                share = _share(one.shares.get(name, NotEstimable("")))
                yield [score, arm, one.part, name, getattr(one, name), *share, one.not_computable]


def _compared(results: Results) -> Rows:
    yield ["score", "arm", "reference", "people_who", *DIFFERENCE, *NEEDED]
    for score, one in _outcomes(results):
        for arm, kinds in one.kinds.items():
            for kind, shares in kinds.items():
                needed = _needed(shares.difference, shares.number_needed)
                yield [score, arm, one.reference, kind, *_difference(shares.difference), *needed]


def _unmeasured(results: Results) -> Rows:
    yield [
        "score",
        "arm",
        "people",
        "not_judged",
        "improved_low",
        "improved_high",
        "worsened_low",
        "worsened_high",
    ]
    for score, one in _outcomes(results):
        for arm, away in one.unmeasured.items():
            spans = [
                cell
                for span in (away.improved, away.worsened)
                for cell in ([None, None] if isinstance(span, NotEstimable) else [span.low, span.high])
            ]
            yield [score, arm, away.people, away.not_judged, *spans]


def _methods(results: Results) -> Rows:
    counts = ("n", "improved", "unchanged", "worsened", "recovered", "harmed")
    yield ["score", "method", "arm", *counts, "reason"]
    for score, one in _outcomes(results):
        for name, by_arm in one.methods.items():
            if isinstance(by_arm, NotEstimable):
                yield [score, name, None, *[None] * len(counts), by_arm.not_estimable]
                continue
            for arm, found in by_arm.items():
                yield [score, name, arm, *(getattr(found, count) for count in counts), None]


def _share(one: Share | NotEstimable) -> Sequence[Cell]:
    return [None] * 3 if isinstance(one, NotEstimable) else [one.estimate, one.low, one.high]


def _harms(results: Results) -> Rows:
    yield [
        *("harm", "source", "event", "arm", "people", "known", "unknown", "partly_known", "with_event"),
        *("share", "low", "high", "events"),
    ]
    for harm in results.harms.harms:
        for arm, one in harm.arms.items():
            counts = one.people, one.known, one.unknown, one.partly_known, one.with_event
            yield [harm.label, harm.source, harm.event, arm, *counts, *_share(one.share), one.events]


def _harms_compared(results: Results) -> Rows:
    yield ["harm", "arm", "reference", *DIFFERENCE, *NEEDED]
    for harm in results.harms.harms:
        for arm, one in harm.compared.items():
            needed = _needed(one.difference, one.number_needed)
            yield [harm.label, arm, results.study.arms[0], *_difference(one.difference), *needed]


def _completion(results: Results) -> Rows:
    yield ["arm", "people", "completed", "unknown", "share", "low", "high", "reason", "people_with_reason"]
    for arm, one in results.harms.completion.arms.items():
        head = [arm, one.people, one.completed, one.unknown, *_share(one.share)]
        yield [*head, None, None]
        for reason, n in one.reasons.items():
            yield [*head, reason, n]
        yield [*head, "not given", one.no_reason]
