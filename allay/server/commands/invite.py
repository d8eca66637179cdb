"""allay invite: one single-use joining code, good for 72 hours, for each person named."""

import argparse
import sys

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="+", help="what each person likes to be called")
    parser.add_argument("--group", default="", help="name of the group (not needed where there is only one)")
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from django.conf import settings
    from django.db import transaction

    from allay.records.access import SYSTEM
    from allay.records.errors import Refused
    from allay.records.services import codes, enrolments
    from allay.server.commands.finding import group

    starting.migrate()
    at = starting.now()
    try:
        with transaction.atomic():
            place = group(args.group)
            made = [
                (
                    name,
                    codes.issue(
                        enrolment=enrolments.enrol(name=name, group=place, by=SYSTEM, at=at), by=SYSTEM, at=at
                    ),
                )
                for name in args.names
            ]
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    for name, code in made:
        print(f"{name}\t{code}\t{settings.URL}/join/#{code}")
    return 0
