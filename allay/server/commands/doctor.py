"""allay doctor: what this service runs on, and whether each setting that protects data is as it must be."""

import argparse
import platform

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from django.conf import settings

    from allay.faces.researcher import shelf
    from allay.server import storage

    print(f"Python {platform.python_version()}, {platform.platform()}")
    print(f"data: {settings.DATA}   keyed: {'yes' if settings.DATABASE_KEY else 'no'}")
    good = True
    with starting.readable_database():
        for name, value, fine in storage.findings():
            print(f"{'ok   ' if fine else 'WRONG'} {name} = {value}")
            good = good and fine
    working = shelf.worked_on(starting.now())
    print(f"{'ok   ' if working else 'note '} worker = {'at work' if working else 'no sign of life'}")
    return 0 if good else 1
