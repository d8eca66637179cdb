"""People's change between arms in the report: differences both ways, numbers needed, the missing, other methods."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.compared import MethodCounts, OutcomeCompared, SharesCompared
from allay.science.evaluation.results.proportions import ShareDifference
from allay.science.evaluation.story.people import relative
from allay.science.evaluation.story.shares import (
    NONE,
    arm_name,
    level,
    needed_end,
    needed_interval,
    needed_text,
    points,
    points_interval,
    shown_arms,
)
from allay.science.report.blocks import Block, Heading, Items, Paragraph, Table
from allay.science.report.words import Say, percent, whole

KINDS = ("improved", "worsened", "recovered", "harmed", "importantly improved", "importantly worsened")


def tell(results: Results, say: Say) -> Iterator[Block]:
    """Nothing where no outcome's people can be judged."""
    found = [
        (outcome, one)
        for outcome in results.study.outcomes
        if isinstance(one := results.compared[outcome.score], OutcomeCompared)
    ]
    if not found:
        return
    yield Heading(say("Improved and worsened people, looked at more closely"), "compared")
    sentences = [text for outcome, one in found for text in _sentences(results, outcome, one, say)]
    if sentences:
        yield Items(tuple(sentences))
        yield from _differences(results, found, say)
        yield from _groups(results, say)
    yield from _important(results, found, say)
    yield from _missing(results, found, say)
    yield from _methods(results, found, say)


def method(results: Results) -> str:
    """How people were compared."""
    return (
        "Differences of shares between arms with Newcombe's (1998, method 10) score interval. Number needed to benefit or to "
        "harm: the inverse of the difference and of its interval's ends, through infinity where the interval includes 0 "
        "(Altman 1998); only for arms allocated by chance. People who could not be judged: the smallest and the largest "
        "share that is possible (Horowitz and Manski 2000). Other methods of reliable change: GLN Gulliksen, Lord and "
        "Novick; HLL Hsu, Linn and Lord; EN Edwards and Nunnally; NK Nunnally and Kotsch; HA Hageman and Arrindell "
        "(1999), one-sided z; HLM empirical-Bayes slopes, restricted maximum likelihood. HLL and HLM are relative to the "
        "average change."
    )


# Differences


def _sentences(results: Results, outcome: OutcomeSummary, one: OutcomeCompared, say: Say) -> Iterator[str]:
    """Both directions, always together."""
    for arm, kinds in one.kinds.items():
        if "improved" not in kinds:
            continue
        improved, worsened = kinds["improved"].difference, kinds["worsened"].difference
        if isinstance(improved, NotEstimable) or isinstance(worsened, NotEstimable):
            continue
        names = _names(results, outcome, say)
        yield say(
            "{score}, {arm} against {reference}: {better} percentage points in the share who {improved} ({level} "
            "{better_interval}), {worse} in the share who {worsened} ({worse_interval}).",
            score=outcome.label,
            improved=names["improved"],
            worsened=names["worsened"],
            arm=arm,
            reference=one.reference,
            better=_signed(improved),
            better_interval=points_interval(improved, say),
            worse=_signed(worsened),
            worse_interval=points_interval(worsened, say),
            level=level(results, say),
        )
        yield from _needed(arm, kinds, say)


def _groups(results: Results, say: Say) -> Iterator[Block]:
    if results.meeting.groups:
        yield Paragraph(
            say(
                "People met in therapy groups. The intervals of shares take each person as one on their own, so they may be "
                "too narrow."
            )
        )


def _signed(difference: ShareDifference) -> str:
    text = points(difference)
    return f"+{text}" if difference.estimate > 0 and text != "0" else text


def _needed(arm: str, kinds: dict[str, SharesCompared], say: Say) -> Iterator[str]:
    better, worse = kinds["improved"].number_needed, kinds["worsened"].number_needed
    if isinstance(better, NotEstimable) or isinstance(worse, NotEstimable):
        return
    yield say(
        "How many people {arm} takes for one more to improve reliably: {better}. For one more to worsen reliably or, if "
        "fewer do, to be spared it: {worse}.",
        arm=arm,
        better=needed_text(better, say),
        worse=needed_text(worse, say),
    )


def _differences(
    results: Results, found: list[tuple[OutcomeSummary, OutcomeCompared]], say: Say
) -> Iterator[Block]:
    rows, reasons = [], []
    for outcome, one in found:
        names = _names(results, outcome, say)
        for arm, kinds in one.kinds.items():
            against = say("{arm} against {reference}", arm=arm, reference=one.reference)
            for kind in (kind for kind in KINDS if kind in kinds):
                rows.append((f"{outcome.label}, {against}", names[kind], *_cells(kinds[kind], say)))
                needed = kinds[kind].number_needed
                if isinstance(needed, NotEstimable):
                    reasons.append(needed.not_estimable)
    yield Table(
        caption=say("Differences between the shares of people"),
        header=(
            *(say("Score and arms"), say("People who"), say("Percentage points")),
            *(level(results, say), say("Number needed"), level(results, say)),
        ),
        rows=tuple(rows),
        heads=2,
        note=_why_no_number(reasons, say),
    )


def _names(results: Results, outcome: OutcomeSummary, say: Say) -> dict[str, str]:
    """What each kind of change is called: of a method relative to the average, improving is not."""
    method = results.change_method[outcome.score]
    own = isinstance(method, NotEstimable) or method.relative_to == "own start"
    return {
        "improved": say("improved reliably") if own else say("did reliably better than average"),
        "worsened": say("worsened reliably") if own else say("did reliably worse than average"),
        "recovered": say("recovered") if own else say("did better, and crossed the cut-off"),
        "harmed": say("worsened across the cut-off")
        if own
        else say("did worse, and crossed the cut-off back"),
        "importantly improved": say("improved by an important amount"),
        "importantly worsened": say("worsened by an important amount"),
    }


def _why_no_number(reasons: list[str], say: Say) -> str:
    said = "; ".join(dict.fromkeys(reasons))
    return say("Without a number needed: {reasons}.", reasons=said) if said else ""


def _cells(one: SharesCompared, say: Say) -> tuple[str, ...]:
    needed = one.number_needed
    numbers = (
        (NONE, NONE)
        if isinstance(needed, NotEstimable)
        else (needed_end(needed.estimate, say), needed_interval(needed, say))
    )
    return points(one.difference), points_interval(one.difference, say), *numbers


# The important amount


def _important(
    results: Results, found: list[tuple[OutcomeSummary, OutcomeCompared]], say: Say
) -> Iterator[Block]:
    words = {
        "not significant": say("its interval includes no effect at all"),
        "not relevant": say(
            "its interval lies wholly short of the important amount, or on the side of worse"
        ),
        "not shown beyond the amount": say(
            "it falls short of the important amount, which its interval includes"
        ),
        "probably relevant": say("it reaches the important amount, but its interval includes less"),
        "large": say("its interval lies wholly beyond the important amount"),
    }
    said = [
        say(
            "{score}, {arm}: the mean effect against the important amount: {verdict}.",
            score=outcome.label,
            arm=arm_name(arm, say),
            verdict=words[verdict],
        )
        for outcome, one in found
        for arm, verdict in one.against_important.items()
        if not isinstance(verdict, NotEstimable)
    ]
    if said:
        yield Items(tuple(said))


# Those who could not be judged


def _missing(
    results: Results, found: list[tuple[OutcomeSummary, OutcomeCompared]], say: Say
) -> Iterator[Block]:
    rows = []
    for outcome, one in found:
        for arm in shown_arms(results):
            away = one.unmeasured[arm]
            if away.not_judged and not isinstance(away.improved, NotEstimable):
                spans = (
                    _span(span.low, span.high, say)
                    for span in (away.improved, away.worsened)
                    if not isinstance(span, NotEstimable)
                )
                rows.append(
                    (outcome.label, arm_name(arm, say), whole(away.people), whole(away.not_judged), *spans)
                )
    if not rows:
        return
    yield Table(
        caption=say("If those who could not be judged had all, or had none of them, improved or worsened"),
        header=(
            say("Score"),
            say("Arm"),
            say("People"),
            say("Not judged"),
            say("Improved, of all"),
            say("Worsened, of all"),
        ),
        rows=tuple(rows),
        heads=2,
        note=say("The truth lies between these ends, whatever happened to them."),
    )
    yield from _extremes(results, found, say)


def _span(low: float, high: float, say: Say) -> str:
    return say("{low} to {high}", low=percent(low), high=percent(high))


def _extremes(
    results: Results, found: list[tuple[OutcomeSummary, OutcomeCompared]], say: Say
) -> Iterator[Block]:
    rows = [
        (
            outcome.label,
            say("{arm} against {reference}", arm=arm, reference=one.reference),
            _names(results, outcome, say)[kind],
            *(_with_interval(case, say) for case in (ends.worst, ends.none, ends.best)),
        )
        for outcome, one in found
        for arm, kinds in one.unmeasured_difference.items()
        for kind, ends in kinds.items()
    ]
    if rows:
        yield Table(
            caption=say("The same for the differences, in percentage points"),
            header=(
                *(say("Score"), say("Arms"), say("People who"), say("Worst for the arm")),
                *(say("Nobody missing counted"), say("Best for the arm")),
            ),
            rows=tuple(rows),
            heads=3,
            note=say("Of everybody, with {level}.", level=level(results, say)),
        )


def _with_interval(difference: ShareDifference | NotEstimable, say: Say) -> str:
    if isinstance(difference, NotEstimable):
        return NONE
    return f"{points(difference)} ({points_interval(difference, say)})"


# The other methods


def _methods(
    results: Results, found: list[tuple[OutcomeSummary, OutcomeCompared]], say: Say
) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for outcome, one in found:
        for name, by_arm in one.methods.items():
            if isinstance(by_arm, NotEstimable):
                continue
            for arm in shown_arms(results):
                rows.append((outcome.label, name, arm_name(arm, say), *_method_cells(by_arm[arm])))
    if not rows:
        return
    yield Paragraph(
        say(
            "There are several ways to say when a change is more than measurement error. The plan's own is the answer; the "
            "others show how much hangs on that choice."
        )
    )
    yield Table(
        caption=say("People by every method of reliable change"),
        header=(
            *(
                say("Score"),
                say("Method"),
                say("Arm"),
                say("People"),
                say("Improved"),
                say("No reliable change"),
            ),
            *(say("Worsened"), say("Recovered, of all"), say("Worsened across the cut-off, of all")),
        ),
        rows=tuple(rows),
        heads=3,
        note=" ".join([say("HLL and HLM:"), relative(say), *_without(found)]),
    )


def _without(found: list[tuple[OutcomeSummary, OutcomeCompared]]) -> Iterator[str]:
    """Methods that give nothing, together where the reason is the same."""
    for outcome, one in found:
        reasons: dict[str, list[str]] = {}
        for name, by_arm in one.methods.items():
            if isinstance(by_arm, NotEstimable):
                reasons.setdefault(by_arm.not_estimable, []).append(name)
        for reason, names in reasons.items():
            yield f"{outcome.label}, {', '.join(names)}: {reason}."


def _method_cells(one: MethodCounts) -> tuple[str, ...]:
    counts = (one.n, one.improved, one.unchanged, one.worsened, one.recovered, one.harmed)
    return tuple(NONE if count is None else whole(count) for count in counts)
