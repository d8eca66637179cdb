"""The simulation study on the report's methods page: what intervals are worth in small trials and with few groups."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.results import Results
from allay.science.report.blocks import Block, Table
from allay.science.report.words import THIN, Say, number, percent, whole


def tell(results: Results, say: Say) -> Iterator[Block]:
    """A table of sizes, and where people met one of therapy groups, the analysis that ignores them beside it."""
    found = results.simulation
    if found is None:
        return
    yield Table(
        caption=say("Simulated trials without an effect: how many find one all the same"),
        header=(
            *(say("People"), say("Normal quantiles"), say("Satterthwaite")),
            *(say("Kenward-Roger"), say("Sandwich CR0"), say("Sandwich CR2")),
        ),
        rows=tuple(
            (whole(one.people), *(_share(share) for share in one.type_1_error.values()))
            for one in found.people
        ),
        heads=1,
        note=say(
            "{due} are due. Made on {date} with {trials} trials of each size.",
            due=percent(found.due),
            date=found.date,
            trials=whole(found.trials),
        ),
    )
    if found.groups:
        yield _groups(results, say)


def _groups(results: Results, say: Say) -> Table:
    found = results.simulation
    assert found is not None  # asked for by `tell`
    ways = ("kenward-roger", "satterthwaite", "ignored")
    return Table(
        caption=say("Simulated trials with therapy groups in one arm: how many intervals hold the truth"),
        header=(
            *(say("Groups"), say("Intraclass correlation"), say("Kenward-Roger"), say("Satterthwaite")),
            say("Groups ignored"),
        ),
        rows=tuple(
            (whole(one.groups), number(one.icc, 2), *(_share(one.coverage[way]) for way in ways))
            for one in found.groups
        ),
        heads=2,
        note=say(
            "{level} are due; {each} people in each group. Where groups are ignored, intervals hold the truth too seldom.",
            level=percent(found.confidence),
            each=whole(found.each),
        ),
    )


def _share(share: float) -> str:
    return f"{number(100 * share, 1)}{THIN}%"
