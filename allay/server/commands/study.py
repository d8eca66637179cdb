"""allay study: creates a study, or a plain programme without research, with its arms and occasions.

With --check-in or --weekly-note and the name of a study that is there, changes what that study asks.
"""

import argparse
import sys

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--programme", default="compassion-12")
    parser.add_argument("--arms", default="programme,waiting", help="of: programme, waiting, usual-care")
    parser.add_argument("--check-in", metavar="FORM", help="what is asked about the day (default: daily)")
    parser.add_argument(
        "--weekly-note", metavar="FORM", help="what is asked about the week, or none (default: weekly)"
    )
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from allay.records.errors import Refused

    starting.migrate()
    try:
        print(_change_or_create(args))
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    return 0


def _change_or_create(args: argparse.Namespace) -> str:
    from allay.records.access import SYSTEM
    from allay.records.models import Study
    from allay.records.services import studies

    weekly = "" if args.weekly_note == "none" else args.weekly_note
    forms = {"check_in": args.check_in, "weekly_note": weekly}
    known = Study.objects.filter(name=args.name).first()
    if known is not None and set(forms.values()) != {None}:
        changed = studies.ask(study=known, **forms, by=SYSTEM, at=starting.now())
        return f"Study “{changed.name}” asks: {changed.check_in}, {changed.weekly_note or 'no weekly note'}."
    arms = tuple(filter(None, args.arms.split(",")))
    made = studies.create(
        name=args.name, programme=args.programme, arms=arms, **forms, by=SYSTEM, at=starting.now()
    )
    return f"Study “{made.name}”: arms {', '.join(arms)}."
