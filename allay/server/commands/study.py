"""allay study: creates a study, or a plain programme without research, with its arms and occasions."""

import argparse
import sys

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--programme", default="compassion-12")
    parser.add_argument("--arms", default="programme,waiting", help="of: programme, waiting, usual-care")
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from allay.records.access import SYSTEM
    from allay.records.errors import Refused
    from allay.records.services import studies

    starting.migrate()
    arms = tuple(filter(None, args.arms.split(",")))
    try:
        made = studies.create(
            name=args.name, programme=args.programme, arms=arms, by=SYSTEM, at=starting.now()
        )
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    print(f"Study “{made.name}”: arms {', '.join(arms)}.")
    return 0
