"""The flow of participants in the report."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.flow import ArmFlow
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import Results
from allay.science.report.blocks import Block, Heading, Paragraph, Table
from allay.science.report.words import Say, percent, whole

UNSAID = "–"


def tell(results: Results, say: Say) -> Iterator[Block]:
    """From those assessed to those measured at each timepoint."""
    yield Heading(say("Who took part"), "flow")
    yield from _before(results, say)
    arms = results.study.arms or [ALL]
    columns = [(arm, results.flow.arms[arm if len(results.study.arms) > 1 else ALL]) for arm in arms]
    yield Table(
        caption=say("Flow of participants"),
        header=(say("Step"), *(say("Everybody") if arm == ALL else arm for arm, _ in columns)),
        rows=tuple(_rows(results, [one for _, one in columns], say)),
        note=say("Measured: {score}.", score=_primary(results)),
    )


def _primary(results: Results) -> str:
    return next(outcome.label for outcome in results.study.outcomes if outcome.primary)


def _before(results: Results, say: Say) -> Iterator[Block]:
    flow = results.flow
    if flow.assessed is not None:
        yield Paragraph(say("{n} people were assessed, as the plan states.", n=whole(flow.assessed)))
    if flow.excluded:
        reasons = "; ".join(f"{reason}: {whole(n)}" for reason, n in flow.excluded.items())
        yield Paragraph(say("Not taken in: {reasons}.", reasons=reasons))
    if flow.assessed is None and not flow.excluded:
        yield Paragraph(
            say("How many were assessed before, and why some were not taken in, the plan does not say."),
            "note",
        )


def _rows(results: Results, arms: list[ArmFlow], say: Say) -> Iterator[tuple[str, ...]]:
    if any(one.allocated is not None for one in arms):
        yield (
            say("Allocated (plan)"),
            *(UNSAID if one.allocated is None else whole(one.allocated) for one in arms),
        )
    yield say("In the table"), *(whole(one.in_table) for one in arms)
    for timepoint in results.study.timepoints:
        yield (
            say("Measured at {timepoint}", timepoint=timepoint),
            *(_of(one.measured[timepoint], one.in_table) for one in arms),
        )
    yield say("Measured at least once"), *(_of(one.measured_once, one.in_table) for one in arms)
    yield say("Never measured"), *(whole(one.never_measured) for one in arms)


def _of(n: int, people: int) -> str:
    return f"{whole(n)} ({percent(n / people)})" if people else whole(n)
