"""The tables about people's change in one arm after the other: reliable, across the cut-off, by an amount, by a part."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.change import (
    ChangeCounts,
    ChangeMethod,
    ImportantCounts,
    PercentageCounts,
)
from allay.science.evaluation.story.shares import arm_name, count_text, level
from allay.science.report.blocks import Table
from allay.science.report.words import Say, number, percent, whole


def people_tables(results: Results, outcome: OutcomeSummary, say: Say) -> Iterator[Table]:
    """Nothing where nobody can be judged."""
    method = results.change_method[outcome.score]
    counted = {
        arm: one for arm, one in results.change[outcome.score].items() if isinstance(one, ChangeCounts)
    }
    if not counted or not isinstance(method, ChangeMethod):
        return
    yield _reliable(results, outcome, method, counted, say)
    if method.cutoff is not None:
        yield _across(results, outcome, method, counted, say)
    important = {arm: one.important for arm, one in counted.items() if one.important}
    if important:
        yield _important(outcome, important, say)
    percentages = {arm: one.percentage for arm, one in counted.items() if one.percentage}
    if percentages:
        yield _percentages(outcome, percentages, say)


def _judged(method: ChangeMethod, say: Say) -> tuple[str, str]:
    """Heads of the columns with those who could be judged, and with the others."""
    if method.slopes is not None:
        return say("With three scores"), say("With fewer")
    return say("Measured at both"), say("Not measured at both")


def _reliable(
    results: Results,
    outcome: OutcomeSummary,
    method: ChangeMethod,
    counted: dict[str, ChangeCounts],
    say: Say,
) -> Table:
    judged, other = _judged(method, say)
    kinds = {"improved": say("Improved"), "unchanged": say("No reliable change"), "worsened": say("Worsened")}
    if method.relative_to != "own start":
        kinds = {
            "improved": say("Better than average"),
            "unchanged": say("As the average"),
            "worsened": say("Worse than average"),
        }
    return Table(
        caption=say("{score}: reliable change of people", score=outcome.label),
        header=(say("Arm"), judged, *kinds.values(), other),
        rows=tuple(
            (
                arm_name(arm, say),
                whole(one.n),
                *(_cell(one, kind, say) for kind in kinds),
                whole(one.not_measured),
            )
            for arm, one in counted.items()
        ),
        note=say(
            "People, their share of those who could be judged, and its {level}.", level=level(results, say)
        ),
    )


def _across(
    results: Results,
    outcome: OutcomeSummary,
    method: ChangeMethod,
    counted: dict[str, ChangeCounts],
    say: Say,
) -> Table:
    return Table(
        caption=say("{score}: reliable change across the cut-off", score=outcome.label),
        header=(say("Arm"), _judged(method, say)[0], say("Recovered"), say("Worsened across the cut-off")),
        rows=tuple(
            (arm_name(arm, say), whole(one.n), *(_cell(one, kind, say) for kind in ("recovered", "harmed")))
            for arm, one in counted.items()
        ),
        note=say("These people are among the improved and the worsened of the table before."),
    )


def _cell(one: ChangeCounts | ImportantCounts | PercentageCounts, kind: str, say: Say) -> str:
    count: int | None = getattr(one, kind)
    return count_text(count, one.shares.get(kind), say)


PARTS = ("improved", "unchanged", "worsened")


def _important(outcome: OutcomeSummary, counted: dict[str, ImportantCounts], say: Say) -> Table:
    return Table(
        caption=say("{score}: people who changed by an important amount", score=outcome.label),
        header=(say("Arm"), say("Measured at both"), say("Improved"), say("Less than that"), say("Worsened")),
        rows=tuple(
            (arm_name(arm, say), whole(one.n), *(_cell(one, kind, say) for kind in PARTS))
            for arm, one in counted.items()
        ),
        note=_amounts(next(iter(counted.values())), say),
    )


def _amounts(one: ImportantCounts, say: Say) -> str:
    if one.worse == one.amount:
        return say("Important: at least {amount} points, as the plan says.", amount=f"{one.amount:g}")
    return say(
        "Important: at least {amount} points better or {worse} points worse, as the plan says.",
        amount=f"{one.amount:g}",
        worse=f"{one.worse:g}",
    )


def _percentages(outcome: OutcomeSummary, counted: dict[str, PercentageCounts], say: Say) -> Table:
    part = next(iter(counted.values())).part
    shown = percent(part) if round(100 * part) == 100 * part else f"{number(100 * part, 1)} %"
    return Table(
        caption=say("{score}: people who changed by a part of their first score", score=outcome.label),
        header=(say("Arm"), say("Improved"), say("Less than that"), say("Worsened"), say("First score 0")),
        rows=tuple(
            (arm_name(arm, say), *(_cell(one, kind, say) for kind in PARTS), whole(one.not_computable))
            for arm, one in counted.items()
        ),
        note=say("At least {part} of the first score. Of a first score of 0 there is no part.", part=shown),
    )
