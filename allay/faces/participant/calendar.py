"""A person's meetings as an iCalendar file (RFC 5545), for the calendar they use already.

Titles are neutral: a calendar shows them on locked screens and to whoever it is shared with. The library is imported
inside functions: only the address of a feed needs it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from allay.records.models import CalendarFeed, Meeting
from allay.records.queries.reminders import Calendar
from allay.records.queries.today import in_programme
from allay.science import clocks

if TYPE_CHECKING:
    from icalendar import Component, Event

PRACTICE = timedelta(minutes=10)
PRACTICE_WEEKS = 12  # from the day it was chosen, and to the last meeting where that is later
LOOK_AGAIN = timedelta(hours=6)  # how often a calendar should fetch the feed; many do it once a day


def feed_text(calendar: Calendar) -> bytes:
    """The whole feed. The same rows give the same bytes, so that a calendar sees when nothing has changed."""
    import icalendar

    made = icalendar.Calendar()
    made.add("prodid", "-//Allay//Calendar//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", calendar.feed.title or "Allay")
    made.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
    made.add("x-published-ttl", icalendar.vDuration(LOOK_AGAIN))  # the same, as older programs know it
    for component in (*_zones(calendar), *_events(calendar)):
        made.add_component(component)
    return made.to_ical()


def _group_zone(calendar: Calendar) -> str:
    return calendar.enrolment.group.zone if calendar.enrolment.group else "UTC"


def _meetings(calendar: Calendar) -> tuple[Meeting, ...]:
    return calendar.meetings if in_programme(calendar.enrolment) else ()


def _events(calendar: Calendar) -> Iterator["Event"]:
    zone = ZoneInfo(_group_zone(calendar))
    for meeting in _meetings(calendar):
        yield _meeting(meeting, calendar.feed, zone, calendar.enrolment.group.created_at)
    if calendar.feed.practice_time is not None:
        yield _practice(calendar)


def _meeting(meeting: Meeting, feed: CalendarFeed, zone: ZoneInfo, made_at: datetime) -> "Event":
    changed, begins = meeting.changed_at or made_at, clocks.instant(meeting.starts_at)
    place = {"location": meeting.place} if feed.show_place and meeting.place else {}
    return _event(
        uid=str(meeting.pk),
        summary=feed.title or _("Meeting"),
        dtstart=_shown(begins, zone),
        dtend=_shown(begins + timedelta(minutes=meeting.minutes), zone),
        stamp=max(changed, feed.changed_at),
        sequence=meeting.revision + feed.revision,
        status="CANCELLED" if meeting.cancelled_at else "CONFIRMED",
        **place,
    )


def _practice(calendar: Calendar) -> "Event":
    """Every day at the person's own time, in their own zone, as long as the programme lasts."""
    feed = calendar.feed
    zone, first = ZoneInfo(feed.zone), clocks.local_day(feed.changed_at, feed.zone)
    start = datetime.combine(first, feed.practice_time)
    until = clocks.day_begins(_last_day(calendar) + timedelta(days=1), feed.zone)
    return _event(
        uid=str(uuid5(UUID(str(feed.enrolment_id)), "practice")),
        summary=feed.practice_title or _("A quiet moment"),
        dtstart=start.replace(tzinfo=zone),
        dtend=(start + PRACTICE).replace(tzinfo=zone),
        stamp=feed.changed_at,
        sequence=feed.revision,
        status="CONFIRMED",
        rrule={"freq": "daily", "until": until - clocks.SECOND},
    )


def _event(*, stamp: datetime, uid: str, **properties: Any) -> "Event":
    import icalendar

    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    for name, value in properties.items():
        event.add(name, value)
    event.add("class", "PRIVATE")
    return event


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """As the clocks of the place show it. A time that comes twice means the first in a calendar: the second is told
    in UTC."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _last_day(calendar: Calendar) -> date:
    begun = clocks.local_day(calendar.feed.changed_at, calendar.feed.zone)
    days = [clocks.local_day(meeting.starts_at, calendar.feed.zone) for meeting in _meetings(calendar)]
    return max([*days, begun + timedelta(weeks=PRACTICE_WEEKS)])


def _zones(calendar: Calendar) -> list["Component"]:
    """The clocks of every zone that is named, over the time that the feed speaks of."""
    named = {_group_zone(calendar)} if _meetings(calendar) else set()
    if calendar.feed.practice_time is not None:
        named.add(calendar.feed.zone)
    days = [meeting.starts_at for meeting in _meetings(calendar)] + [calendar.feed.changed_at]
    first = min(days) - timedelta(days=2)
    last = clocks.day_begins(_last_day(calendar), "UTC") + timedelta(days=3)
    return [_zone(name, first, last) for name in sorted(named - {"UTC"})]


def _zone(name: str, first: datetime, last: datetime) -> "Component":
    """A VTIMEZONE from the same rules that the service's own times are made by.

    Not the library's own, whose summer time begins an hour late: the onset of an observance is told by the clocks as
    they stood before it.
    """
    import icalendar

    where, zone = ZoneInfo(name), icalendar.Timezone()
    zone.add("tzid", name)
    there = first.astimezone(where)
    offset = clocks.offset_at(first, where)
    begins = clocks.Change(first, offset, offset, there.tzname() or name, bool(there.dst()))
    for change in (begins, *clocks.changes(first, last, name)):
        part = icalendar.TimezoneDaylight() if change.summer else icalendar.TimezoneStandard()
        part.add("dtstart", (change.moment + change.before).replace(tzinfo=None, microsecond=0))
        part.add("tzoffsetfrom", change.before)
        part.add("tzoffsetto", change.after)
        part.add("tzname", change.name)
        zone.add_component(part)
    return zone
