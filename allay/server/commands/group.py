"""allay group: creates a group with its weekly meetings and lets a facilitator run it."""

import argparse
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument(
        "--first-meeting", required=True, help="local date and time, for example 2027-01-12T18:00"
    )
    parser.add_argument("--zone", required=True, help="for example Europe/London")
    parser.add_argument("--facilitator", required=True, action="append", help="e-mail; may be given twice")
    parser.add_argument("--arm", default="programme")
    parser.add_argument("--place", default="")
    parser.add_argument("--study", default="", help="name of the study (not needed where there is only one)")
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from django.db import transaction

    from allay.records.errors import Refused

    starting.migrate()
    try:
        with transaction.atomic():
            group = _create(args)
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    print(
        f"Group “{group.name}”, {group.meetings.count()} meetings from {args.first_meeting} ({group.zone})."
    )
    return 0


def _create(args):  # type: ignore[no-untyped-def]  # noqa: ANN001
    from allay.records.access import SYSTEM
    from allay.records.errors import Invalid
    from allay.records.models import Person
    from allay.records.services import groups
    from allay.server.commands.finding import study

    try:
        first = datetime.fromisoformat(args.first_meeting).replace(tzinfo=ZoneInfo(args.zone))
    except (ValueError, KeyError) as error:
        raise Invalid(
            "Give the first meeting as 2027-01-12T18:00 and a zone such as Europe/London."
        ) from error
    at = starting.now()
    group = groups.create(
        study=study(args.study),
        arm=args.arm,
        name=args.name,
        zone=args.zone,
        first_meeting=first,
        place=args.place,
        by=SYSTEM,
        at=at,
    )
    for email in args.facilitator:
        person = Person.objects.filter(email=email.lower(), roles__kind="facilitator").distinct().first()
        if person is None:
            raise Invalid(f"There is no facilitator with the e-mail {email}.")
        groups.assign(person=person, group=group, by=SYSTEM, at=at)
    return group
