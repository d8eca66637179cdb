"""The diary in the report: "Day by day", for the researcher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science import charts
from allay.science.diary.shapes import Diary, Edge, Redrawn, Tie, WeekDays
from allay.science.diary.story_tables import (
    interval_head,
    lagged_table,
    models_table,
    personal_table,
    tie_table,
    weeks_table,
)
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results import Results
from allay.science.report.blocks import Block, Figure, Heading, Paragraph, Table
from allay.science.report.words import Say, number, percent, whole

ALL = "all"


def tell(results: Results, say: Say) -> Iterator[Block]:
    """How the diary was kept, the three networks, single people, stability."""
    found = results.diary
    if found is None:
        return
    yield Heading(say("Day by day"), "diary")
    if isinstance(found, NotEstimable):
        yield Paragraph(say("Not to be had: {reason}.", reason=found.not_estimable))
        return
    confidence = results.study.confidence
    yield Paragraph(_kept(found, say), "lead")
    yield Paragraph(
        say("For the researcher: nobody who keeps a diary is shown how many days they missed."), "note"
    )
    yield _weeks_figure(found, say)
    yield weeks_table(found, say)
    yield from _lagged(found, confidence, say)
    yield from _same_day(found, confidence, say)
    yield from _between(found, confidence, say)
    yield from _personal(found, say)
    yield from _stability(found, say)


def _kept(found: Diary, say: Say) -> str:
    everybody = found.arms[0]
    said = say(
        "{people} people answered on {answered} of {asked} days ({share}).",
        people=whole(everybody.people),
        answered=whole(everybody.answered),
        asked=whole(everybody.asked),
        share=percent(everybody.share_answered),
    )
    if everybody.not_today:
        said += " " + say('On {passed} days "not today" was said.', passed=whole(everybody.not_today))
    return f"{said} " + say(
        "{pairs} pairs of days that follow each other can be used, a median of {median} for each person.",
        pairs=whole(everybody.usable_pairs),
        median=number(everybody.median_pairs, 0 if everybody.median_pairs.is_integer() else 1),
    )


def _weeks_figure(found: Diary, say: Say) -> Figure:
    arms = [one.arm for one in found.arms]
    shown = arms[1:] if len(arms) > 2 else arms[:1]
    last = max((one.week for one in found.weeks), default=0)
    lines = []
    for arm in shown:
        by_week = {one.week: one for one in found.weeks if one.arm == arm}
        points = tuple(_share(by_week.get(week)) for week in range(1, last + 1))
        lines.append(charts.ArmMeans(say("Everybody") if arm == ALL else arm, points))
    words = charts.MeansWords(
        title=say("Days answered, week by week"),
        description=say("The share of asked days that were answered, in each week of a person's diary."),
        axis=say("Days answered, in percent of those asked"),
        arm=say("Arm"),
        timepoint=say("Week"),
        n=say("People"),
        mean=say("Percent"),
        interval="",
    )
    chart = charts.means_over_time(
        lines, [str(week) for week in range(1, last + 1)], words=words, reach=(0, 100), number_text=_whole
    )
    rows = tuple(row[:4] for row in chart.table.rows)
    table = Table(words.title, chart.table.headers[:4], rows, heads=2)
    return Figure(chart.svg, say("Weeks are counted from each person's first day."), table)


def _share(one: WeekDays | None) -> charts.MeanPoint | None:
    return charts.MeanPoint(one.people, 100 * one.share_answered) if one and one.asked else None


def _whole(value: float | None) -> str:
    return "–" if value is None else number(value, 0)


def _two(value: float | None) -> str:
    return "–" if value is None else number(value, 2)


def _lagged(found: Diary, confidence: float, say: Say) -> Iterator[Block]:
    yield Heading(say("From one day to the next"), "diary-lagged", 3)
    for name, one in found.models.items():
        if isinstance(one, NotEstimable):
            yield Paragraph(
                say(
                    "{name} cannot be told from the day before: {reason}.",
                    name=found.labels[name],
                    reason=one.not_estimable,
                )
            )
    if not found.temporal:
        return
    yield Paragraph(
        say(
            "How the next day differs after a day on which something was higher than usual for that person, the "
            "rest being as usual. What comes first need not be the cause of what follows."
        )
    )
    yield _lagged_figure(found, confidence, say)
    yield lagged_table(found, confidence, say)
    yield models_table(found, say)
    if found.arms[0].median_pairs < found.arms[0].asked / max(found.arms[0].people, 1):
        yield Paragraph(
            say(
                "Only days that directly follow an answered day count. Effects of a variable on itself come out "
                "somewhat too small, the more so the shorter the diary (see the methods)."
            ),
            "note",
        )


def _words(found: Diary, confidence: float, say: Say, title: str, description: str) -> charts.NetworkWords:
    return charts.NetworkWords(
        title=title,
        description=description,
        more=say("More goes with more"),
        less=say("More goes with less"),
        source=say("From"),
        target=say("To"),
        strength=say("Strength"),
        interval=interval_head(confidence, say),
        to=say("to"),
    )


def _lagged_figure(found: Diary, confidence: float, say: Say) -> Figure:
    names = list(found.labels)
    clear = [edge for edge in found.temporal if _clear(edge)]
    listed = ", ".join(f"{found.labels[edge.source]} → {found.labels[edge.target]}" for edge in clear)
    description = say("Arrows: {listed}.", listed=listed) if listed else say("No arrow is certain enough.")
    words = _words(found, confidence, say, say("From one day to the next"), description)
    connections = [
        charts.Connection(
            names.index(edge.source), names.index(edge.target), edge.standardised, drawn=_clear(edge)
        )
        for edge in found.temporal
    ]
    chart = charts.network(
        list(found.labels.values()), connections, words=words, directed=True, number_text=_two
    )
    rows = tuple(row[:3] for row in chart.table.rows)
    caption = say(
        "Arrows whose {percent} interval leaves out zero; as thick as the effect in standard deviations within people.",
        percent=percent(confidence),
    )
    return Figure(chart.svg, caption, Table(words.title, chart.table.headers[:3], rows, heads=2))


def _clear(one: Edge | Tie) -> bool:
    return one.low > 0 or one.high < 0


def _same_day(found: Diary, confidence: float, say: Say) -> Iterator[Block]:
    yield Heading(say("Within the same day"), "diary-same-day", 3)
    if isinstance(found.contemporaneous, NotEstimable):
        yield Paragraph(say("Not to be had: {reason}.", reason=found.contemporaneous.not_estimable))
        return
    yield Paragraph(
        say("What goes with what on one day, beyond what the day before tells, the other variables held.")
    )
    drawn = _draws_of(found, "contemporaneous")
    yield from _ties(found, found.contemporaneous, drawn, confidence, say, say("Within the same day"))


def _between(found: Diary, confidence: float, say: Say) -> Iterator[Block]:
    yield Heading(say("Between people"), "diary-between", 3)
    if isinstance(found.between, NotEstimable):
        yield Paragraph(say("Not to be had: {reason}.", reason=found.between.not_estimable))
        return
    yield Paragraph(
        say(
            "Who is higher in one thing on average than others: in what else? It says nothing about a person's days."
        )
    )
    yield from _ties(
        found, found.between, _draws_of(found, "between"), confidence, say, say("Between people")
    )


def _draws_of(found: Diary, kind: str) -> list[Redrawn]:
    return [] if isinstance(found.stability, NotEstimable) else list(getattr(found.stability, kind))


def _ties(
    found: Diary, ties: Sequence[Tie], drawn: Sequence[Redrawn], confidence: float, say: Say, title: str
) -> Iterator[Block]:
    names = list(found.labels)
    clear = ", ".join(f"{found.labels[tie.a]} – {found.labels[tie.b]}" for tie in ties if _clear(tie))
    description = say("Strokes: {listed}.", listed=clear) if clear else say("No stroke is certain enough.")
    words = _words(found, confidence, say, title, description)
    connections = [
        charts.Connection(
            names.index(tie.a), names.index(tie.b), tie.estimate, tie.low, tie.high, _clear(tie)
        )
        for tie in ties
    ]
    chart = charts.network(
        list(found.labels.values()), connections, words=words, directed=False, number_text=_two
    )
    caption = say(
        "Partial correlations whose {percent} interval leaves out zero.", percent=percent(confidence)
    )
    table = Table(words.title, chart.table.headers, chart.table.rows, heads=2)
    yield Figure(chart.svg, caption, table)
    yield tie_table(found, ties, drawn, confidence, say, title)


def _personal(found: Diary, say: Say) -> Iterator[Block]:
    yield Heading(say("Single people"), "diary-personal", 3)
    own = found.personal
    if isinstance(own, NotEstimable):
        yield Paragraph(say("No network of a single person is given: {reason}.", reason=own.not_estimable))
        return
    yield Paragraph(
        say(
            "{enough} of {people} people have at least {pairs} usable pairs of days. Their own effects, drawn towards "
            "those of everybody, are counted where the sign is at least {sure} certain.",
            enough=whole(own.enough),
            people=whole(own.people),
            pairs=own.fewest_pairs,
            sure=percent(own.sure),
        )
    )
    yield personal_table(found, own, say)


def _stability(found: Diary, say: Say) -> Iterator[Block]:
    if isinstance(found.stability, NotEstimable):
        return
    yield Heading(say("How much depends on who took part"), "diary-stability", 3)
    names = {
        "temporal": say("From one day to the next"),
        "contemporaneous": say("Within the same day"),
        "between": say("Between people"),
    }
    for kind, share in found.stability.coefficients.items():
        if share is not None:
            yield Paragraph(
                say(
                    "{network}: {share} of the people could be left out and the network would still look alike. A "
                    "quarter is the least that is asked for, a half is good.",
                    network=names[kind],
                    share=percent(share) if share else say("fewer than a tenth"),
                )
            )
