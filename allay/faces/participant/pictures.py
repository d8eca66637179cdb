"""The words around a person's own pictures. Geometry and tables are science.charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from allay.content.schema import CheckInForm
from allay.records.queries.progress import OwnDay, OwnInstrument, OwnScore, Point
from allay.science import charts

# Units across a picture, which is as wide as the page: the fewer, the larger its words beside the page's own.
WIDTH = {"normal": 340.0, "large": 288.0, "largest": 243.0}
SHOWN = timedelta(weeks=13)  # the latest weeks; older days are in the file of everything


def own_weeks(days: Sequence[OwnDay], asked: CheckInForm, text_size: str) -> charts.Chart | None:
    """Mood and comfort over the person's own latest weeks; None before the first check-in."""
    if not days:
        return None
    last = days[-1].day
    shown = [day for day in days if day.day > last - SHOWN]
    ends = {item.id: item.ends for item in asked.items if item.ends}
    return charts.own_weeks(
        [
            _line(_("Mood"), ends["mood"], {day.day: day.mood for day in shown}),
            _line(_("Comfort"), ends["comfort"], {day.day: day.comfort for day in shown}),
        ],
        first_day=shown[0].day,
        last_day=last,
        low=0,
        high=10,
        width=WIDTH[text_size],
        words=charts.OwnWeeksWords(
            title=_("Your weeks"),
            description=_("Mood and comfort day by day, as you tapped them. The same numbers stand below."),
            weeks=_("Weeks, from the first one shown"),
            day=_("Day"),
        ),
        day_text=lambda day: date_format(day, "j F"),
    )


def _line(name: str, ends: tuple[str, str], days: dict[date, int | None]) -> charts.OwnLine:
    low, high = ends
    return charts.OwnLine(name, high, low, days)


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
