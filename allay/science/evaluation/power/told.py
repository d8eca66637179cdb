"""The answer in plain words, as a picture, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allay.science.charts.drawing import Chart, coordinate
from allay.science.charts.power_curve import PowerPoint, PowerWords, power_curve
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.power.curve import Point, PowerResult
from allay.science.evaluation.power.enrolment import Enrolment

FEW_GROUPS = 4
OFTEN = 0.05  # of trials without an estimate, from which it is said


def told(result: PowerResult) -> list[str]:
    """Lines for a terminal."""
    lines = [_question(result), "", *_table(result), "", _answer(result)]
    if any(0 < one.groups < FEW_GROUPS for one in result.points):
        lines.append(
            f"With fewer than {FEW_GROUPS} therapy groups p values and intervals are not to be relied upon, "
            "and neither is this power."
        )
    lines += _unanswered(result)
    lines += result.notes
    if result.enrolment:
        lines += ["", *_enrolment(result.enrolment)]
    return lines


def _question(result: PowerResult) -> str:
    standard = coordinate(abs(result.effect) / result.sd)
    trials = f"{result.replicates} simulated trials of each size, seed {result.seed}"
    if not result.effect:
        return f"No true difference between {result.compared} and {result.arms[0]}: {trials}."
    return (
        f"A true difference of {coordinate(result.effect)} points ({standard} SD) between {result.compared} and "
        f"{result.arms[0]} at {result.target}: {trials}."
    )


def _table(result: PowerResult) -> list[str]:
    grouped = any(one.groups for one in result.points)
    heads = [*(["groups"] if grouped else []), "people", *result.arms]
    heads += ["power" if result.effect else "false alarms", "95 % interval", "formula", "coverage"]
    rows = [heads] + [_row(one, grouped) for one in result.points]
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _row(one: Point, grouped: bool) -> list[str]:
    coverage = "–" if isinstance(one.coverage, NotEstimable) else _percent(one.coverage.estimate)
    formula = "–" if one.by_formula is None else _percent(one.by_formula)
    sizes = [*([str(one.groups)] if grouped else []), str(one.total), *(str(number) for number in one.people)]
    interval = f"{_percent(one.power.low)} to {_percent(one.power.high)}"
    return [*sizes, _percent(one.power.estimate), interval, formula, coverage]


def _answer(result: PowerResult) -> str:
    if not result.effect:
        return (
            f"Without a difference, about {_percent(result.level)} of trials should say that there is one: "
            "this is the rate of false alarms."
        )
    if result.enough is None:
        return f"None of these sizes reaches {_percent(result.wanted)} and stays there: try larger ones."
    one = result.enough
    groups = f" in {one.groups} therapy groups" if one.groups else ""
    size = f"{one.total} people ({_each(result, one)}{groups})"
    close = one.power.low < result.wanted
    sure = " The simulation leaves this open: use more replicates." if close else ""
    return f"Of these sizes, {size} is the first with a power of {_percent(result.wanted)} or more.{sure}"


def _each(result: PowerResult, one: Point) -> str:
    return ", ".join(f"{number} {arm}" for number, arm in zip(one.people, result.arms, strict=True))


def _unanswered(result: PowerResult) -> list[str]:
    found = []
    for one in result.points:
        if one.not_answered > OFTEN * result.replicates:
            why = max(one.reasons, key=lambda reason: one.reasons[reason], default="")
            found.append(
                f"With {one.total} people {one.not_answered} of {result.replicates} trials gave no estimate "
                f"and count as not finding it ({why})."
            )
    return found


def _enrolment(found: Enrolment) -> list[str]:
    chance = f"{_percent(found.finishing)} of people finish"
    if isinstance(found.start, NotEstimable):
        return [f"To have {found.needed} finish: {found.start.not_estimable} ({chance})."]
    lines = [
        f"Start {found.start} to finish {found.needed}: if {chance}, at least {found.needed} of {found.start} do so "
        f"with probability {_percent(found.exactly or 0.0)} ({_percent(found.probability)} was asked for)."
    ]
    if isinstance(found.simulated, int) and found.reached:
        lines.append(
            f"In simulated groups, where leaving depends on the score, {found.simulated} are enough "
            f"({_percent(found.reached.estimate)})."
        )
    elif isinstance(found.simulated, NotEstimable):
        lines.append(f"In simulated groups: {found.simulated.not_estimable}.")
    return lines


def picture(result: PowerResult) -> Chart:
    """The curve over therapy groups where sizes are counted in them, else over people."""
    by_groups = all(one.groups for one in result.points) and len(
        {one.groups for one in result.points}
    ) == len(result.points)
    points = [
        PowerPoint(one.groups if by_groups else one.total, one.power.estimate, one.power.low, one.power.high)
        for one in result.points
    ]
    words = PowerWords(
        title="Power by the size of the trial",
        description=_answer(result),
        axis="Simulated trials that say the arms differ; the dotted line is what is aimed at",
        size="therapy groups" if by_groups else "people",
        power="power",
        interval="95 % interval of the simulation",
    )
    return power_curve(points, result.wanted, words=words)


def as_json(result: PowerResult) -> dict[str, Any]:
    """All numbers, with full precision."""
    return {"format": 1} | asdict(result)


def _percent(share: float) -> str:
    return f"{coordinate(round(100 * share, 1))} %"
