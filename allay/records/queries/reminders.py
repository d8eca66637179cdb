"""Which reminders are chosen, which are due, and whose calendar an address opens."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.crypto import salted_hmac

from allay.records.models import CalendarFeed, EmailReminder, Enrolment, Flare, Meeting, Person, ReminderSent
from allay.science import clocks
from allay.science import rules as science

QUIET_AFTER = 3  # notes in a row without a visit
WITHIN = timedelta(hours=3)  # later than that a note would come at a time nobody chose


@dataclass(frozen=True)
class Due:
    """A note to be sent now, for this day of the person's own place."""

    reminder: EmailReminder
    day: date
    last: bool  # before it goes quiet


@dataclass(frozen=True)
class Calendar:
    """What a feed is made of."""

    feed: CalendarFeed
    enrolment: Enrolment
    meetings: tuple[Meeting, ...]


def digest(secret: str) -> str:
    """What is kept of the secret part of a feed's address."""
    return salted_hmac("allay.calendar-feed", secret, settings.SECRET_KEY, algorithm="sha256").hexdigest()


def calendar_of(secret: str) -> Calendar | None:
    """The calendar that an address opens; None for a wrong one, and for somebody who has left.

    It is looked up by a keyed digest: how long that takes says nothing about the secret. Two statements.
    """
    feed = (
        CalendarFeed.objects.select_related(
            "enrolment__group", "enrolment__arm", "enrolment__person", "enrolment__study"
        )
        .filter(digest=digest(secret), enrolment__withdrawn_at=None, enrolment__person__is_active=True)
        .first()
    )
    if feed is None:
        return None
    meetings = Meeting.objects.filter(group=feed.enrolment.group_id).order_by("week")
    return Calendar(feed, feed.enrolment, tuple(meetings))


def chosen(enrolment: Enrolment) -> tuple[CalendarFeed | None, EmailReminder | None]:
    feed = CalendarFeed.objects.filter(enrolment=enrolment).first()
    return feed, EmailReminder.objects.filter(enrolment=enrolment).first()


def unanswered(person: Person) -> bool:
    """Whether notes went out since the person was last here."""
    return EmailReminder.objects.filter(enrolment__person=person, ignored__gt=0).exists()


def due(at: datetime) -> list[Due]:
    """Notes whose time has come, two statements however many there are.

    None in a flare, none after three that went unanswered but for one after two weeks away, none for somebody who
    has left, none twice a day.
    """
    sent_before = ReminderSent.objects.filter(enrolment=OuterRef("enrolment"))
    reminders = (
        EmailReminder.objects.filter(enrolment__withdrawn_at=None, enrolment__person__is_active=True)
        .exclude(enrolment__in=Flare.objects.filter(ended_at=None).values("enrolment"))
        .select_related("enrolment__person")
        .annotate(last_sent=Subquery(sent_before.order_by("-at").values("at")[:1]))
        .order_by("pk")
    )
    recent = ReminderSent.objects.filter(at__gte=at - timedelta(days=3))
    sent = set(recent.values_list("enrolment_id", "day"))
    found = (
        (reminder, clocks.due_day(at, reminder.time, reminder.zone, reminder.weekdays, WITHIN))
        for reminder in reminders
    )
    return [
        Due(reminder, day, last=reminder.ignored >= QUIET_AFTER - 1 or _away(reminder, at) >= science.QUIET)
        for reminder, day in found
        if day is not None
        and (reminder.enrolment_id, day) not in sent
        and _chosen_before(reminder, day)
        and _may(reminder, at)
    ]


def _away(reminder: EmailReminder, at: datetime) -> timedelta:
    return at - max(reminder.changed_at, reminder.visited_at or reminder.changed_at)


def _may(reminder: EmailReminder, at: datetime) -> bool:
    """By the rules: as chosen until three went unanswered; after two weeks one more, then it is for a person to call."""
    away, last_sent = _away(reminder, at), reminder.last_sent
    told = last_sent is not None and last_sent >= at - away + science.QUIET
    allowed = science.reminders(science.Situation(away=away), told=told)
    return allowed == "one plain message" or (allowed == "as chosen" and reminder.ignored < QUIET_AFTER)


def _chosen_before(reminder: EmailReminder, day: date) -> bool:
    """Whoever picks nine o'clock at ten begins tomorrow."""
    moment = clocks.moment_of(day, reminder.time, reminder.zone)
    return moment is not None and reminder.changed_at <= moment
