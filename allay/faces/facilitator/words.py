"""Times, states and counts as somebody would say them. Days are those of the group's zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

EVENING = 17
MONTHS = 240  # days; up to here a date without its year is clear


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def clock(moment: datetime, zone: str) -> str:
    """19:00"""
    return f"{local(moment, zone):%H:%M}"


def day(moment: date, now: date) -> str:
    """Tuesday 3 March; with the year where that might be in doubt"""
    return date_format(moment, "l j F Y" if _far(moment, now) else "l j F")


def short_day(moment: date, now: date) -> str:
    """3 March; with the year where that might be in doubt"""
    return date_format(moment, "j F Y" if _far(moment, now) else "j F")


def brief_day(moment: date) -> str:
    """3 Mar"""
    return date_format(moment, "j M")


def _far(moment: date, now: date) -> bool:
    return abs((moment - now).days) > MONTHS


def _days(moment: datetime, at: datetime, zone: str) -> int:
    return (local(moment, zone).date() - local(at, zone).date()).days


def ahead(moment: datetime, at: datetime, zone: str) -> str:
    """When something will be: Tonight at 19:00, Tomorrow at 19:00, On Tuesday 3 March at 19:00, in 2 weeks."""
    days, time, there = _days(moment, at, zone), clock(moment, zone), local(moment, zone)
    if days == 0:
        evening = there.hour >= EVENING
        return (_("Tonight at %s") if evening else _("Today at %s")) % time
    if days == 1:
        return _("Tomorrow at %s") % time
    named = _("%(day)s at %(time)s") % {"day": day(there.date(), local(at, zone).date()), "time": time}
    return f"{named}, {distance(days)}"


def distance(days: int) -> str:
    """In 5 days, in 2 weeks; 5 days ago, 2 weeks ago."""
    weeks = abs(days) // 7
    if days >= 0:
        few, many = ngettext("in %d day", "in %d days", days), ngettext("in %d week", "in %d weeks", weeks)
    else:
        few, many = (
            ngettext("%d day ago", "%d days ago", -days),
            ngettext("%d week ago", "%d weeks ago", weeks),
        )
    return many % weeks if weeks > 1 else few % abs(days)


def ago(moment: datetime, at: datetime, zone: str) -> str:
    """When something was, as a day: today, yesterday, on Tuesday, on 3 March."""
    return day_ago(local(moment, zone).date(), local(at, zone).date())


def day_ago(then: date, now: date) -> str:
    days = (now - then).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if 2 <= days <= 6:
        return _("on %s") % date_format(then, "l")
    return _("on %s") % short_day(then, now)


def ago_at(moment: datetime, at: datetime, zone: str) -> str:
    """As `ago`, with the time of day."""
    return _("%(day)s at %(time)s") % {"day": ago(moment, at, zone), "time": clock(moment, zone)}


def until(moment: datetime, at: datetime, zone: str) -> str:
    """The last moment of something: today at 14:05, tomorrow at 14:05, Thursday 5 March at 14:05."""
    days, time = _days(moment, at, zone), clock(moment, zone)
    if days <= 1:
        return (_("tomorrow at %s") if days == 1 else _("today at %s")) % time
    named = day(local(moment, zone).date(), local(at, zone).date())
    return _("%(day)s at %(time)s") % {"day": named, "time": time}


def by_day(moment: datetime, at: datetime, zone: str) -> str:
    """Until when something should be done: today, by tomorrow, by Friday."""
    days = _days(moment, at, zone)
    if days <= 0:
        return _("today")
    return _("by tomorrow") if days == 1 else _("by %s") % date_format(local(moment, zone), "l")


def hours(start: datetime, minutes: int, zone: str) -> str:
    """19:00–21:00"""
    return f"{clock(start, zone)}–{clock(start + timedelta(minutes=minutes), zone)}"


def week(number: int, weeks: int, *, waiting: bool) -> str:
    """Where a group stands, in words."""
    if waiting:
        return _("Waiting group, week %d") % number if number >= 1 else _("Waiting group, not begun")
    if number > weeks:
        gone = number - weeks
        return _("Finished %s") % (ngettext("%d week ago", "%d weeks ago", gone) % gone)
    if number >= 1:
        return _("Week %(week)d of %(weeks)d") % {"week": number, "weeks": weeks}
    return _("Not begun yet")
