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
    print(f"note  {reviewed()}")
    print(f"note  e-mail = {'on' if settings.EMAIL_READY else 'off: no ALLAY_EMAIL_HOST'}")
    return 0 if good else 1


def reviewed() -> str:
    """How many texts wait for a clinician, and what participants see meanwhile, on one line."""
    from allay.content import library
    from allay.records.queries import reviewing

    content = library.load()
    waiting = f"texts = {len(content.unreviewed)} of {len(content.reviews)} not reviewed by a clinician here"
    if not content.unreviewed:
        return f"texts = all {len(content.reviews)} reviewed"
    if reviewing.accepted():
        return f"{waiting}; an administrator has chosen to show them all the same"
    return f"{waiting}; participants see such sessions and practices by name only (page Service, docs/administrator.md)"
