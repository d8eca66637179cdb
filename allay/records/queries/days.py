"""Which day it is where a person's group meets."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from allay.records.models import Enrolment


def zone_of(enrolment: Enrolment) -> ZoneInfo:
    return ZoneInfo(enrolment.group.zone if enrolment.group else "UTC")


def local_day(enrolment: Enrolment, at: datetime) -> date:
    """The calendar day in the group's zone."""
    return at.astimezone(zone_of(enrolment)).date()
