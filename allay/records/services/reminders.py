"""Reminders, both off until a person chooses them: a calendar feed under a secret address, and a daily e-mail.

Nobody on the staff is told who has them. What is chosen stands in no audit event, only that something was.
"""

import re
import secrets
from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from allay.records.access import SYSTEM, Actor, Permission, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import CalendarFeed, EmailReminder, Enrolment, Person, ReminderSent
from allay.records.queries.reminders import digest
from allay.records.services import audit
from allay.records.services.entries import require_open

LONGEST_TITLE = 60
SECRET_BYTES = 32


@transaction.atomic
def make_feed(*, enrolment: Enrolment, zone: str, by: Actor, at: datetime) -> str:
    """The secret part of a new address, given this once; an earlier address stops working. Choices stay."""
    require_open(enrolment, by)
    _require_zone(zone)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    fresh = {"digest": digest(secret), "made_at": at}
    feed, _new = CalendarFeed.objects.update_or_create(
        enrolment=enrolment, defaults=fresh, create_defaults={**fresh, "changed_at": at, "zone": zone}
    )
    audit.record("calendar-feed.made", by=by, at=at, on=feed)
    return secret


@transaction.atomic
def choose_feed(
    *,
    enrolment: Enrolment,
    title: str,
    show_place: bool,
    practice_time: time | None,
    practice_title: str,
    zone: str,
    by: Actor,
    at: datetime,
) -> CalendarFeed:
    """What stands in the person's calendar. Raises NotYours while there is no feed."""
    require_open(enrolment, by)
    feed = CalendarFeed.objects.filter(enrolment=enrolment).first()
    if feed is None:
        raise NotYours
    _require_zone(zone)
    chosen = {
        "title": _title(title, "title"),
        "show_place": show_place,
        "practice_time": practice_time,
        "practice_title": _title(practice_title, "practice_title"),
        "zone": zone,
    }
    if any(getattr(feed, name) != value for name, value in chosen.items()):
        for name, value in chosen.items():
            setattr(feed, name, value)
        feed.revision, feed.changed_at = feed.revision + 1, at
        feed.save()
        audit.record("calendar-feed.changed", by=by, at=at, on=feed)
    return feed


@transaction.atomic
def end_feed(*, enrolment: Enrolment, by: Actor, at: datetime) -> None:
    """The address answers with "not found" from now on. Ending it twice changes nothing."""
    require(by, Permission.OWN_DATA, enrolment)
    for feed in CalendarFeed.objects.filter(enrolment=enrolment):
        audit.record("calendar-feed.ended", by=by, at=at, on=feed)
        feed.delete()


@transaction.atomic
def choose_email(
    *,
    enrolment: Enrolment,
    address: str,
    zone: str,
    clock: time,
    weekdays: Collection[int],
    by: Actor,
    at: datetime,
) -> EmailReminder:
    """A note a day at most, at this time on these weekdays of this zone. Whoever asks again is no longer quiet."""
    require_open(enrolment, by)
    _require_zone(zone)
    days = sorted(set(weekdays))
    if not days or not set(days) <= set(range(7)):
        raise Invalid(_("Please choose one day or more."), field="weekdays")
    chosen = {"address": _address(address), "zone": zone, "time": clock, "weekdays": days}
    reminder, _new = EmailReminder.objects.update_or_create(
        enrolment=enrolment, defaults={**chosen, "ignored": 0, "changed_at": at}
    )
    audit.record("email-reminder.chosen", by=by, at=at, on=reminder)
    return reminder


@transaction.atomic
def stop_email(*, enrolment: Enrolment, by: Actor, at: datetime) -> None:
    """No more notes, and the address is gone. Stopping twice changes nothing."""
    require(by, Permission.OWN_DATA, enrolment)
    for reminder in EmailReminder.objects.filter(enrolment=enrolment):
        audit.record("email-reminder.stopped", by=by, at=at, on=reminder)
        reminder.delete()


@transaction.atomic
def returned(*, person: Person, by: Actor, at: datetime) -> None:
    """The person is here: notes that went unanswered no longer count, and quiet ones begin again."""
    if by.id == person.pk:
        EmailReminder.objects.filter(enrolment__person=person).update(ignored=0, visited_at=at)


@transaction.atomic
def claim(*, reminder: EmailReminder, day: date, by: Actor, at: datetime) -> bool:
    """Takes the one note of this day, before it is sent; False where it was taken before, by whomever.

    It stands whatever happens then: a note that is lost is better than two.
    """
    require(by, Permission.MANAGE)
    still = EmailReminder.objects.filter(pk=reminder.pk)  # it may have been stopped a moment ago
    try:
        with transaction.atomic():
            if not still.update(ignored=F("ignored") + 1):
                return False
            ReminderSent.objects.create(enrolment_id=reminder.enrolment_id, day=day, at=at)
    except IntegrityError:
        return False
    return True


def end_all(*, enrolment: Enrolment, at: datetime) -> None:
    """When somebody leaves: part of that verb's own transaction."""
    end_feed(enrolment=enrolment, by=SYSTEM, at=at)
    stop_email(enrolment=enrolment, by=SYSTEM, at=at)


def _require_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise Invalid(_("There is no such time zone. One example: Europe/London."), field="zone")


def _title(typed: str, field: str) -> str:
    title = " ".join("".join(c if c.isprintable() else " " for c in typed).split())
    if len(title) > LONGEST_TITLE:
        raise Invalid(_("Please use %d letters at most.") % LONGEST_TITLE, field=field)
    return title


def _address(typed: str) -> str:
    """One plain address. Anything that could end a header line, or name a second address, is refused."""
    address = typed.strip()
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if (
        not address
        or len(address) > 254
        or not re.fullmatch(r"[\x21-\x7e]+@[\x21-\x7e]+", address)
        or "," in address
    ):
        raise Invalid(_("This does not look like an e-mail address."), field="address")
    return address
