"""Reports side by side: from what each was made, and what comparing their hashes says."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allay.records.models import EvaluationReport


@dataclass(frozen=True)
class Line:
    report: EvaluationReport
    by: str
    departures: str
    compared: str  # with the newest of the earlier reports that has something in common with it
    odd: bool  # the same data and plan gave other numbers


def lines(reports: Sequence[EvaluationReport]) -> list[Line]:
    """reports: the newest first."""
    return [_line(report, reports[place + 1 :]) for place, report in enumerate(reports)]


def _line(report: EvaluationReport, earlier: Sequence[EvaluationReport]) -> Line:
    compared, odd = _compared(report, earlier)
    person = report.run.asked_by
    return Line(report, person.name if person else "", _departures(report), compared, odd)


def _departures(report: EvaluationReport) -> str:
    if report.locked is None:
        return _("no plan was locked")
    number = len(report.departures)
    if not number:
        return _("none from version %d") % report.locked.version
    said = ngettext("%(n)d from version %(v)d", "%(n)d from version %(v)d", number)
    return said % {"n": number, "v": report.locked.version}


def _compared(report: EvaluationReport, earlier: Sequence[EvaluationReport]) -> tuple[str, bool]:
    """The sentence, and whether it is one to wonder about."""
    like = [one for one in earlier if _same(one, report, "data_sha256", "plan_sha256")]
    if same := next((one for one in like if _same(one, report, "results_sha256")), None):
        return _("same data, same plan, same result as %s") % _when(same), False
    if like:
        said = _("same data and same plan as %s, but another result: computed by other versions")
        return said % _when(like[0]), True
    if one := next((one for one in earlier if _same(one, report, "plan_sha256")), None):
        return _("same plan as %s, other data") % _when(one), False
    if one := next((one for one in earlier if _same(one, report, "data_sha256")), None):
        return _("same data as %s, other plan") % _when(one), False
    return "", False


def _same(one: EvaluationReport, other: EvaluationReport, *fields: str) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _when(report: EvaluationReport) -> str:
    return date_format(report.made_at, "j F Y, H:i")
