"""What a study asks about the day and about the week, and whether the week is still to be asked about."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from allay.content import library
from allay.content.schema import CheckInForm
from allay.records.models import Enrolment
from allay.science import clocks, schedule


def asked_daily(enrolment: Enrolment) -> CheckInForm:
    """The study's check-in; where its file is gone from a service's folder, the one that Allay ships."""
    forms = library.load().checkins
    return forms.get(enrolment.study.check_in) or forms["daily"]


def asked_weekly(enrolment: Enrolment) -> CheckInForm | None:
    """The study's weekly note; None where it asks none."""
    return library.load().checkins.get(enrolment.study.weekly_note)


def offered(enrolment: Enrolment, at: datetime) -> CheckInForm | None:
    """The weekly note while this week of the programme has none yet: at most one statement.

    "Not this week" is an answer. A note counts by the day on which it was written, as the phone had it, or by when
    it came in: somebody who travels is not asked twice because their week begins earlier or later there.
    """
    form, first = asked_weekly(enrolment), _week_began(enrolment, at)
    if form is None or first is None:
        return None
    group = enrolment.group
    assert group is not None
    began = clocks.day_begins(first, group.zone)
    noted = enrolment.check_ins.filter(Q(day__gte=first) | Q(received_at__gte=began), form=form.id)
    return None if noted.exists() else form


def _week_began(enrolment: Enrolment, at: datetime) -> date | None:
    """The first day of this week of the programme; None before it, after it, and without a group."""
    group = enrolment.group
    if group is None:
        return None
    week = schedule.week_of(group.weeks_count_from, at, group.zone)
    if not 1 <= week <= library.load().programmes[enrolment.study.programme].weeks:
        return None
    return schedule.local_day(group.weeks_count_from, group.zone) + timedelta(weeks=week - 1)
