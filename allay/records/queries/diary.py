"""The diary as a table for the researcher: one row for each person and day. Numbers instead of names.

Only people who agreed to the evaluation, and have not taken it back, stand in it. What was asked about the day has
the item's own name, what the weekly note asked has "week_" before it: the same word about a day and about seven
days is not the same measurement.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from allay.content import library
from allay.content.schema import OUTCOMES
from allay.records.models import CheckIn, Enrolment, Study
from allay.records.queries.analysis import consenting
from allay.science import schedule

KEYS = ("participant", "day", "arm", "not_today")
WEEK = "week_"
DAYS_ASKED = 84  # the twelve weeks of the programme
Day = dict[str, object]  # "not_today" and the variables of one day


def asked(study: Study) -> tuple[str, ...]:
    """The variables that the study's forms ask for, in their order."""
    forms = library.load().checkins
    daily, weekly = forms.get(study.check_in), forms.get(study.weekly_note)
    rows = [item.id for item in daily.rows] if daily else []
    return (*rows, *(WEEK + item.id for item in weekly.rows)) if weekly else tuple(rows)


def variables(study: Study) -> tuple[str, ...]:
    """The columns of the table beside KEYS: the five outcomes, which may have been asked before, then a study's own."""
    outcomes = (*OUTCOMES, *(WEEK + outcome for outcome in OUTCOMES))
    return tuple(dict.fromkeys((*outcomes, *asked(study))))


def columns(study: Study) -> tuple[str, ...]:
    return (*KEYS, *variables(study))


def rows(study: Study, at: datetime, chosen: Sequence[str] | None = None) -> Iterator[tuple[object, ...]]:
    """KEYS and the variables chosen, without a choice as `columns`: people in the order of their numbers, days in theirs; a day that was asked and not answered has an empty row.

    A day is the person's own calendar day. Where a day has several check-ins, the last that was answered counts.
    """
    people, wanted = consenting(study), variables(study) if chosen is None else chosen
    kept = _check_ins(people, study.weekly_note)
    for enrolment in people:
        own = kept[enrolment.pk]
        for day in sorted(own.keys() | _asked(enrolment, at)):
            answered = own.get(day, {})
            given = (answered.get(variable) for variable in wanted)
            yield f"{enrolment.number:04d}", day, enrolment.arm.key, bool(answered.get("not_today")), *given


def _check_ins(people: list[Enrolment], weekly: str) -> dict[object, dict[date, Day]]:
    """By enrolment and day: what was answered about the day, beside what was about the week."""
    found: dict[object, dict[date, Day]] = defaultdict(lambda: defaultdict(dict))
    entries = (
        CheckIn.objects.filter(enrolment__in=people)
        .order_by("-not_today", "received_at", "pk")  # answered ones last, so that they stand
        .only("enrolment_id", "day", "form", "not_today", *OUTCOMES, "helped", "more")
    )
    for entry in entries.iterator(chunk_size=5000):
        day, of_week = found[entry.enrolment_id][entry.day], entry.form == weekly
        for name in [name for name in day if name.startswith(WEEK) == of_week]:
            del day[name]  # the last of its kind stands whole
        day.update({(WEEK + name if of_week else name): value for name, value in entry.values.items()})
        if not of_week:
            day["not_today"] = entry.not_today
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
