"""The words around a person's own pictures. Geometry and tables are science.charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from allay.content.schema import CheckInForm, CheckInItem
from allay.records.queries.progress import OwnDay, OwnInstrument, OwnScore, Point
from allay.science import charts

# Units across a picture, which is as wide as the page: the fewer, the larger its words beside the page's own.
WIDTH = {"normal": 340.0, "large": 288.0, "largest": 243.0}
WEEK_APART = 10  # days between two weekly notes that follow on one another
SHOWN = timedelta(weeks=13)  # the latest weeks; older days are in the file of everything


@dataclass(frozen=True)
class Weeks:
    """One picture of a person's own taps, with its heading."""

    name: str
    chart: charts.Chart


def own_weeks(
    entries: tuple[Sequence[OwnDay], Sequence[OwnDay]],
    day: CheckInForm,
    week: CheckInForm | None,
    text_size: str,
) -> list[Weeks]:
    """What was tapped day by day, and week by week, over the person's latest weeks; empty before the first tap."""
    daily, weekly = entries
    kinds = ((_("Day by day"), daily, day, 1), (_("Week by week"), weekly, week, WEEK_APART))
    drawn = (
        (name, _own_weeks(days, form, together, WIDTH[text_size]))
        for name, days, form, together in kinds
        if days and form
    )
    return [Weeks(name, chart) for name, chart in drawn if chart is not None]


def _own_weeks(
    days: Sequence[OwnDay], asked: CheckInForm, together: int, width: float
) -> charts.Chart | None:
    """A line for each row of the form that was ever tapped; None where none was."""
    last = days[-1].day
    shown = [day for day in days if day.day > last - SHOWN]
    rows = [item for item in asked.rows if any(item.id in day.values for day in shown)]
    if not rows:
        return None
    return charts.own_weeks(
        [_line(item, shown) for item in rows],
        first_day=shown[0].day,
        last_day=last,
        low=0,
        high=10,
        width=width,
        together=together,
        words=charts.OwnWeeksWords(
            title=_("Your weeks"),
            description=_("%s, as you tapped it. The same numbers stand below.")
            % ", ".join(item.name for item in rows),
            weeks=_("Weeks, from the first one shown"),
            day=_("Day"),
        ),
        day_text=lambda day: date_format(day, "j F"),
    )


def _line(item: CheckInItem, days: Sequence[OwnDay]) -> charts.OwnLine:
    low, high = item.ends or ("", "")
    values = ((day.day, day.values.get(item.id)) for day in days)
    return charts.OwnLine(
        item.name, high, low, {day: value if isinstance(value, int) else None for day, value in values}
    )


@dataclass(frozen=True)
class ScoreLine:
    """A score with a cell for each timepoint, and a picture where there is a band and more than one value."""

    score: OwnScore
    cells: tuple[Point | None, ...]
    picture: charts.Chart | None


@dataclass(frozen=True)
class OverTime:
    """An instrument as Me shows it: one table of its scores, pictures and plain words beside it."""

    own: OwnInstrument
    lines: tuple[ScoreLine, ...]

    @property
    def scale(self) -> OwnScore | None:
        """A score whose range and direction hold for all of them; None where they differ."""
        kinds = {(line.score.range, line.score.better) for line in self.lines}
        return self.lines[0].score if len(kinds) == 1 else None


def over_time(instruments: Sequence[OwnInstrument], text_size: str) -> list[OverTime]:
    width = WIDTH[text_size]
    return [
        OverTime(
            own, tuple(ScoreLine(score, _cells(own, score), _with_band(score, width)) for score in own.scores)
        )
        for own in instruments
    ]


def _cells(own: OwnInstrument, score: OwnScore) -> tuple[Point | None, ...]:
    at = {point.timepoint: point for point in score.points}
    return tuple(at.get(timepoint) for timepoint in own.timepoints)


def _with_band(score: OwnScore, width: float) -> charts.Chart | None:
    if score.threshold is None or len(score.points) < 2:
        return None
    low, high = score.range
    ends = (_("Better"), _("Harder"))
    bottom, top = ends if score.better == "lower" else reversed(ends)
    return charts.score_with_band(
        [charts.ScorePoint(point.timepoint, point.value, point.low, point.high) for point in score.points],
        low=low,
        high=high,
        width=width,
        words=charts.ScoreWords(
            title=score.label,
            description=_("Your own values with the room that chance has. The same numbers stand below."),
            top=top,
            bottom=bottom,
            timepoint=_("When"),
            score=_("Value"),
            band=_("Likely between"),
        ),
        number_text=floatformat,
    )
