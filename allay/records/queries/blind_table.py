"""The analysis table for whom the plan blinds: no arms, no groups, and marks in place of numbers.

Numbers are given in the order of enrolment, group by group: they would tell who belongs together. A mark is a keyed
digest of the number, the same in every blind table of the service, and rows stand in the order of marks.
"""

from datetime import date, datetime
from typing import Any

from django.utils.crypto import salted_hmac

from allay.records.models import Study
from allay.records.queries import analysis, diary

COLUMNS = ("participant", "timepoint", "score", "value")
Row = tuple[str, str, str, float | None]
EPOCH = date(2000, 1, 1)


def rows(study: Study, at: datetime, reached: str = "") -> list[Row]:
    """As `analysis.complete_rows`, with everybody's rows together and in the order of the study's timepoints."""
    found = [
        (mark(study, participant), timepoint, score, value)
        for participant, _arm, _group, timepoint, score, value in analysis.complete_rows(study, at, reached)
    ]
    return sorted(found, key=lambda row: row[0])


def diary_columns(study: Study) -> tuple[str, ...]:
    return tuple(column for column in diary.columns(study) if column != "arm")


def diary_rows(study: Study, at: datetime) -> list[tuple[object, ...]]:
    """As `diary.rows`, without arms, and with days counted from each person's first, as if that had been EPOCH.

    The calendar would tell who began together.
    """
    found: list[tuple[Any, ...]] = []
    first: dict[str, date] = {}
    participant: Any
    day: Any
    for participant, day, _arm, *answered in diary.rows(study, at):
        begun = first.setdefault(participant, day)  # a person's days stand in their order
        found.append((mark(study, participant), EPOCH + (day - begun), *answered))
    return sorted(found, key=lambda row: row[0])


def mark(study: Study, participant: str) -> str:
    return salted_hmac("allay.blind-table", f"{study.pk}:{participant}").hexdigest()[:12]
