"""The flow of participants in the report."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science import charts
from allay.science.evaluation.flow import ArmFlow
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import Results
from allay.science.report.blocks import Block, Figure, Heading, Paragraph, Table
from allay.science.report.words import Say, percent, whole


def tell(results: Results, say: Say) -> Iterator[Block]:
    """From those assessed to those measured at each timepoint."""
    yield Heading(say("Who took part"), "flow")
    if results.flow.assessed is None and not results.flow.excluded:
        yield Paragraph(
            say("How many were assessed before, and why some were not taken in, the plan does not say."),
            "note",
        )
    chart = charts.flow_of_people(_before(results, say), _columns(results, say), words=_words(results, say))
    caption = say("The flow of participants. Measured: {score}.", score=_primary(results))
    yield Figure(
        chart.svg, caption, Table(say("Flow of participants"), chart.table.headers, chart.table.rows, heads=2)
    )


def _primary(results: Results) -> str:
    return next(outcome.label for outcome in results.study.outcomes if outcome.primary)


def _words(results: Results, say: Say) -> charts.FlowWords:
    told = [
        f"{column.name}: {'; '.join(', '.join(box.lines) for box in column.boxes)}."
        for column in _columns(results, say)
    ]
    return charts.FlowWords(
        title=say("Flow of participants"),
        description=" ".join(told),
        step=say("Step"),
        people=say("Who"),
        everybody=say("Everybody"),
        more=say("More"),
    )


def _before(results: Results, say: Say) -> list[charts.FlowBox]:
    """Those assessed, and those left out with the reasons, as the plan states them."""
    flow, found = results.flow, []
    if flow.assessed is not None:
        found.append(charts.FlowBox((say("Assessed: {n}", n=whole(flow.assessed)),)))
    if flow.excluded:
        reasons = [say("{reason}: {n}", reason=reason, n=whole(n)) for reason, n in flow.excluded.items()]
        found.append(charts.FlowBox((say("Not taken in"), *reasons)))
    return found


def _columns(results: Results, say: Say) -> list[charts.FlowColumn]:
    arms = results.study.arms if len(results.study.arms) > 1 else [ALL]
    return [
        charts.FlowColumn(
            say("Everybody") if arm == ALL else arm, tuple(_boxes(results, results.flow.arms[arm], say))
        )
        for arm in arms
    ]


def _boxes(results: Results, one: ArmFlow, say: Say) -> Iterator[charts.FlowBox]:
    allocated = (say("Allocated: {n}", n=whole(one.allocated)),) if one.allocated is not None else ()
    yield charts.FlowBox((*allocated, say("In the table: {n}", n=whole(one.in_table))))
    for timepoint in results.study.timepoints:
        yield charts.FlowBox(
            (
                say(
                    "{timepoint}: {n} measured",
                    timepoint=timepoint,
                    n=_of(one.measured[timepoint], one.in_table),
                ),
            )
        )
    never = (say("Never measured: {n}", n=whole(one.never_measured)),) if one.never_measured else ()
    yield charts.FlowBox((say("Measured at least once: {n}", n=_of(one.measured_once, one.in_table)), *never))


def _of(n: int, people: int) -> str:
    return f"{whole(n)} ({percent(n / people)})" if people else whole(n)
