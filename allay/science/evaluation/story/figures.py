"""The pictures of an evaluation: means over time, each person before and after, kinds of change by arm."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from allay.science import charts
from allay.science.evaluation.judging import judgements
from allay.science.evaluation.main_effect import model_of
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.reading.people import column
from allay.science.evaluation.results import ChangeCounts, ChangeMethod, Description, OutcomeSummary, Results
from allay.science.evaluation.results.mixed import MixedModel, ModelMean
from allay.science.report.blocks import Figure, Table
from allay.science.report.words import Say, decimals_for, number, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_PEOPLE = 500  # drawn one by one; beyond, marks would only cover each other

Kind = Literal["means", "people", "change"]


@dataclass(frozen=True)
class Drawn:
    """One picture of one outcome, for the report and as a file of its own."""

    score: str
    kind: Kind
    file_name: str
    figure: Figure

    @property
    def standalone(self) -> str:
        return charts.standalone(self.figure.svg)


def figures(
    connection: DuckDBPyConnection, plan: Plan, results: Results, say: Say | None = None
) -> list[Drawn]:
    """All pictures, outcome by outcome in the order of the plan."""
    say = say or Say()
    found: list[Drawn] = []
    for place, outcome in enumerate(results.study.outcomes):
        drawn: list[tuple[Kind, Figure]] = [("means", _means(results, outcome, say))]
        drawn += [("change", one) for one in _change(results, outcome, say)]
        drawn += [("people", one) for one in _people(connection, place, plan, results, say)]
        kinds = [kind for kind, _ in drawn]
        for number_of, (kind, figure) in enumerate(drawn):
            name = _file_name(place, outcome.score, kind, kinds[:number_of].count(kind))
            found.append(Drawn(outcome.score, kind, name, figure))
    return found


def _file_name(place: int, score: str, kind: Kind, before: int) -> str:
    """Numbered, so that no two pictures share a name; of the score only plain letters."""
    plain = re.sub(r"[^a-z0-9]+", "-", score.lower()).strip("-")[:40]
    parts = [f"{place + 1:02}", plain, kind, str(before + 1) if before else ""]
    return "-".join(part for part in parts if part) + ".svg"


def _direction(outcome: OutcomeSummary, say: Say) -> str:
    better = say("lower is better") if outcome.better == "lower" else say("higher is better")
    return f"{outcome.label} ({better})"


def _names(results: Results, say: Say) -> list[tuple[str, str]]:
    """The arms that are shown, as (key in the results, name); without arms, everybody."""
    arms = results.study.arms
    return [(arm, arm) for arm in arms] if len(arms) > 1 else [(ALL, arms[0] if arms else say("Everybody"))]


# Means


def _means(results: Results, outcome: OutcomeSummary, say: Say) -> Figure:
    described = results.description[outcome.score]
    decimals = decimals_for(described[ALL][results.study.first].sd)
    words = charts.MeansWords(
        title=say("{score} over time", score=outcome.label),
        description=_mean_sentences(results, outcome, decimals, say),
        axis=_direction(outcome, say),
        arm=say("Arm"),
        timepoint=say("Timepoint"),
        n=say("People"),
        mean=say("Mean"),
        interval=say("{percent} interval", percent=percent(results.study.confidence)),
        to=say("to"),
    )
    model = model_of(results, outcome.score)
    arms = [
        charts.ArmMeans(name, tuple(_model_point(model, key, at, one) for at, one in described[key].items()))
        for key, name in _names(results, say)
    ]
    chart = charts.means_over_time(
        arms,
        results.study.timepoints,
        words=words,
        number_text=lambda value: "–" if value is None else number(value, decimals),
    )
    return _figure(chart, words.title, _means_caption(results, model, say), heads=2)


def _means_caption(results: Results, model: MixedModel | None, say: Say) -> str:
    share = percent(results.study.confidence)
    if model is None:
        return say("Means of everybody measured at each timepoint, with {percent} intervals.", percent=share)
    if model.kind == "clda" and len(results.study.arms) > 1:
        return say(
            "Means that the model expects had everybody been measured and the arms begun alike, with {percent} "
            "intervals.",
            percent=share,
        )
    return say(
        "Means that the model expects had everybody been measured, with {percent} intervals.", percent=share
    )


def _model_point(model: MixedModel | None, arm: str, at: str, one: Description) -> charts.MeanPoint | None:
    """What the primary model expects, where there is one; else what was measured."""
    mean = model.means[arm].get(at) if model else None
    if isinstance(mean, ModelMean):
        return charts.MeanPoint(one.n, mean.mean, mean.low, mean.high)
    return charts.MeanPoint(one.n, one.mean, one.mean_low, one.mean_high) if one.n and not model else None


def _mean_sentences(results: Results, outcome: OutcomeSummary, decimals: int, say: Say) -> str:
    found = []
    for key, name in _names(results, say):
        first, last = (_shown_mean(results, outcome, key, at) for at in _ends(results))
        if first is not None and last is not None:
            found.append(
                say(
                    "{name}: mean {first_mean} at {first}, {last_mean} at {last}.",
                    name=name,
                    first_mean=number(first, decimals),
                    first=results.study.first,
                    last_mean=number(last, decimals),
                    last=results.study.last,
                )
            )
    return " ".join(found)


def _shown_mean(results: Results, outcome: OutcomeSummary, arm: str, at: str) -> float | None:
    """The mean that the picture shows."""
    described = results.description[outcome.score][arm][at]
    point = _model_point(model_of(results, outcome.score), arm, at, described)
    return point.mean if point else None


def _ends(results: Results) -> tuple[str, str]:
    return results.study.first, results.study.last


def _figure(chart: charts.Chart, title: str, caption: str, heads: int) -> Figure:
    return Figure(chart.svg, caption, Table(title, chart.table.headers, chart.table.rows, heads=heads))


# People


def _people(
    connection: DuckDBPyConnection, place: int, plan: Plan, results: Results, say: Say
) -> list[Figure]:
    """One picture for each arm whose people can be drawn one by one."""
    outcome = results.study.outcomes[place]
    method = results.change_method[outcome.score]
    if not isinstance(method, ChangeMethod):
        return []
    found = []
    for arm, (key, name) in enumerate(_names(results, say)):
        counts = results.change[outcome.score][key]
        if isinstance(counts, ChangeCounts) and 0 < counts.n <= MOST_PEOPLE:
            points = _points(connection, place, None if key == ALL else arm, plan, method)
            found.append(_people_of_arm(points, name, method, results, outcome, say))
    return found


def _people_of_arm(
    points: list[charts.PersonPoint],
    name: str,
    method: ChangeMethod,
    results: Results,
    outcome: OutcomeSummary,
    say: Say,
) -> Figure:
    decimals = decimals_for(results.description[outcome.score][ALL][results.study.first].sd)
    words = _people_words(name, results, outcome, say)
    chart = charts.before_after(
        points,
        threshold=method.threshold,
        cutoff=method.cutoff,
        expected=_expected(method),
        words=words,
        reach=_ends_of_scores(results, outcome),
        number_text=lambda value: number(value, decimals),
    )
    return replace(_figure(chart, words.title, _people_caption(name, method, say), heads=2), narrow=True)


def _expected(method: ChangeMethod) -> tuple[float, float]:
    if method.expected_slope is None or method.expected_intercept is None:
        return 1.0, 0.0
    return method.expected_slope, method.expected_intercept


def _people_caption(name: str, method: ChangeMethod, say: Say) -> str:
    if method.threshold is None:
        return say("{name}. Each mark is a person, a larger one several.", name=name)
    return say(
        "{name}. Each mark is a person, a larger one several. Inside the band, change is no larger than measurement "
        "error would explain.",
        name=name,
    )


def _ends_of_scores(results: Results, outcome: OutcomeSummary) -> list[float]:
    """The smallest and largest score of everybody: the pictures of all arms have the same axes."""
    described = [results.description[outcome.score][ALL][at] for at in _ends(results)]
    return [end for one in described for end in (one.min, one.max) if end is not None]


def _people_words(name: str, results: Results, outcome: OutcomeSummary, say: Say) -> charts.BeforeAfterWords:
    return charts.BeforeAfterWords(
        title=say("{score}, {name}: each person before and after", score=outcome.label, name=name),
        description=say(
            "Every person's score at {first} and {last}.", first=results.study.first, last=results.study.last
        ),
        before=say("{score} at {timepoint}", score=outcome.label, timepoint=results.study.first),
        after=say("{score} at {timepoint}", score=outcome.label, timepoint=results.study.last),
        improved=say("Improved"),
        unchanged=say("No reliable change"),
        worsened=say("Worsened"),
        band=say("No reliable change"),
        same=say("The same score"),
        cutoff=say("Cut-off"),
        kind=say("Change"),
        people=say("People"),
    )


def _points(
    connection: DuckDBPyConnection, place: int, arm: int | None, plan: Plan, method: ChangeMethod
) -> list[charts.PersonPoint]:
    first, last = column(place, 0), column(place, plan.last_place)
    rules = judgements(plan, place, method)
    kind = f"CASE WHEN {rules.improved} THEN 'improved' WHEN {rules.worsened} THEN 'worsened' ELSE 'unchanged' END"
    whose = "true" if arm is None else f"arm = {arm}"
    rows = connection.execute(
        f"SELECT {first}, {last}, {kind} FROM people "
        f"WHERE {first} IS NOT NULL AND {last} IS NOT NULL AND {whose} ORDER BY {first}, {last}"
    ).fetchall()
    return [charts.PersonPoint(*row) for row in rows]


# Change


def _change(results: Results, outcome: OutcomeSummary, say: Say) -> list[Figure]:
    rows = [
        charts.CategoryRow(name, (one.improved, one.unchanged, one.worsened, one.not_measured))
        for key, name in _names(results, say)
        if isinstance(one := results.change[outcome.score][key], ChangeCounts)
    ]
    if not rows:
        return []
    words = charts.BarWords(
        title=say("{score}: reliable change of people", score=outcome.label),
        description=_change_sentences(rows, say),
        row=say("Arm"),
        total=say("People"),
    )
    chart = charts.categories_bar(rows, _categories(say), words=words)
    return [_figure(chart, words.title, say("People by reliable change; numbers are people."), heads=1)]


def _categories(say: Say) -> list[charts.Category]:
    return [
        charts.Category("improved", say("Improved")),
        charts.Category("unchanged", say("No reliable change")),
        charts.Category("worsened", say("Worsened")),
        charts.Category("missing", say("Not measured at both")),
    ]


def _change_sentences(rows: list[charts.CategoryRow], say: Say) -> str:
    return " ".join(
        say(
            "{name}: {improved} improved, {unchanged} without reliable change, {worsened} worsened, {missing} not "
            "measured at both.",
            name=row.name,
            improved=row.counts[0],
            unchanged=row.counts[1],
            worsened=row.counts[2],
            missing=row.counts[3],
        )
        for row in rows
    )
