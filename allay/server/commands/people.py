"""What `allay admin`, `allay facilitator` and `allay researcher` share: a person on the staff with a password."""

import argparse
import getpass
import sys

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="what others see")
    parser.add_argument("--email", required=True, help="for signing in")
    parser.add_argument("--password-file", help="read the password from this file (- for standard input)")
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def password(args: argparse.Namespace) -> str:
    """From a file, from standard input, or asked for; never from the command line, where others could read it."""
    if args.password_file == "-":
        return sys.stdin.readline().rstrip("\n")
    if args.password_file:
        with open(args.password_file, encoding="utf-8") as file:
            return file.readline().rstrip("\n")
    return getpass.getpass("Password (12 characters or more): ")


def create(args: argparse.Namespace, kind: str, study_name: str = "") -> int:
    starting.setup(data=args.data)
    from allay.records.access import SYSTEM
    from allay.records.errors import Refused
    from allay.records.models import Role
    from allay.records.services import staff
    from allay.server.commands.finding import study

    starting.migrate()
    try:
        person = staff.create(
            name=args.name,
            email=args.email,
            password=password(args),
            kind=Role.Kind(kind),
            study=study(study_name) if kind == Role.Kind.RESEARCHER else None,
            by=SYSTEM,
            at=starting.now(),
        )
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    print(f"{person.name} can sign in as {kind} with {person.email}.")
    return 0
