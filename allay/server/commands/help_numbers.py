"""allay help-numbers: the telephone numbers of the help card. None are shipped: they differ by country."""

import argparse
import sys

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    form = "NAME=NUMBER[=HOURS], for example: --emergency 'Ambulance=…'"
    for kind in ("emergency", "helpline", "advice"):
        parser.add_argument(f"--{kind}", action="append", default=[], metavar="NAME=NUMBER", help=form)
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from allay.records.access import SYSTEM
    from allay.records.errors import Refused
    from allay.records.services import staff

    starting.migrate()
    typed = [(kind, text) for kind in ("emergency", "helpline", "advice") for text in getattr(args, kind)]
    numbers = [(kind, *([*text.split("="), "", ""][:3])) for kind, text in typed]
    try:
        rows = staff.set_help_numbers(numbers=numbers, by=SYSTEM, at=starting.now())
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    for row in rows:
        print(f"{row.get_kind_display()}: {row.label}, {row.number} {row.hours}".rstrip())
    return 0
