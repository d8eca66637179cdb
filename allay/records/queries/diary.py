"""The diary as a table for the researcher: one row for each person and day. Numbers instead of names.

Only people who agreed to the evaluation, and have not taken it back, stand in it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from allay.records.models import CheckIn, Enrolment, Study
from allay.records.queries.analysis import consenting
from allay.science import schedule

VARIABLES = ("mood", "comfort")
COLUMNS = ("participant", "day", "arm", "not_today", *VARIABLES)
DAYS_ASKED = 84  # the twelve weeks of the programme
Row = tuple[str, date, str, bool, int | None, int | None]  # as COLUMNS


def rows(study: Study, at: datetime) -> Iterator[Row]:
    """People in the order of their numbers, days in theirs; a day that was asked and not answered has an empty row.

    A day is the person's own calendar day. Where a day has several check-ins, the last that was answered counts.
    """
    people = consenting(study)
    kept = _check_ins(people)
    for enrolment in people:
        own = kept[enrolment.pk]
        for day in sorted(own.keys() | _asked(enrolment, at)):
            yield f"{enrolment.number:04d}", day, enrolment.arm.key, *own.get(day, (False, None, None))


def _check_ins(people: list[Enrolment]) -> dict[object, dict[date, tuple[bool, int | None, int | None]]]:
    """By enrolment and day: not today, mood, comfort."""
    found: dict[object, dict[date, tuple[bool, int | None, int | None]]] = defaultdict(dict)
    entries = (
        CheckIn.objects.filter(enrolment__in=people)
        .order_by("-not_today", "received_at", "pk")  # answered ones last, so that they stand
        .values_list("enrolment_id", "day", "not_today", "mood", "comfort")
    )
    for enrolment_id, day, not_today, mood, comfort in entries.iterator(chunk_size=5000):
        found[enrolment_id][day] = (not_today, mood, comfort)
    return found


def _asked(enrolment: Enrolment, at: datetime) -> set[date]:
    """The days up to now on which the phone asked: from the first meeting and the joining on, for twelve weeks."""
    if enrolment.group is None or enrolment.joined_at is None:
        return set()
    zone = enrolment.group.zone
    first = schedule.local_day(enrolment.group.weeks_count_from, zone)
    last = min(first + timedelta(days=DAYS_ASKED - 1), schedule.local_day(enrolment.withdrawn_at or at, zone))
    begins = max(first, schedule.local_day(enrolment.joined_at, zone))
    return {begins + timedelta(days=number) for number in range((last - begins).days + 1)}
