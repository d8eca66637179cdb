"""`allay content`: check the content files, show what they cover, or register them in the service."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from allay.content import coverage, library
from allay.content.errors import ContentError
from allay.content.schema import Instrument
from allay.server.commands import reviewing


def configure(parser: argparse.ArgumentParser) -> None:
    subparsers = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    checking = subparsers.add_parser("check", help="name every fault in the content files")
    checking.add_argument(
        "--extra", type=Path, metavar="DIR", help="a local content folder that overrides or adds"
    )
    checking.set_defaults(run_content=check)
    covering = subparsers.add_parser(
        "coverage", help="which sessions and practices serve which mechanism and step"
    )
    covering.add_argument("--out", type=Path, metavar="FILE", help="write the table (docs/coverage.md)")
    covering.set_defaults(run_content=cover)
    reviewing.configure(
        subparsers.add_parser("review", help="note who has read a text, or list what is noted")
    )
    syncing = subparsers.add_parser("sync", help="register new editions of instruments in the service")
    syncing.add_argument("--data", help="folder that holds the database (default: var/service)")
    syncing.set_defaults(run_content=sync)


def run(args: argparse.Namespace) -> int:
    return int(args.run_content(args))


def check(args: argparse.Namespace) -> int:
    """One line for each fault and 1, or one line of summary and 0."""
    faults = library.check(args.extra, scorer=_scores)
    for fault in faults:
        print(_line(fault), file=sys.stderr)
    if faults:
        return 1
    print(_summary(library.load(args.extra)))
    return 0


def cover(args: argparse.Namespace) -> int:
    """Prints the coverage table, or writes it to a file."""
    table = coverage.table(library.load())
    if args.out is None:
        print(table, end="")
    else:
        args.out.write_text(table, encoding="utf-8")
    return 0


def sync(args: argparse.Namespace) -> int:
    """Freezes each instrument's content under its version; a service does the same at every start."""
    from allay.server import starting

    starting.setup(data=args.data)
    from allay.records.access import SYSTEM
    from allay.records.errors import Refused
    from allay.records.services import editions

    starting.migrate()
    try:
        known = editions.register(
            instruments=library.load().instruments.values(), by=SYSTEM, at=starting.now()
        )
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    print(f"Registered: {', '.join(str(edition) for edition in known)}.")
    return 0


def _scores(instrument: Instrument, answers: Mapping[str, int | None]) -> Mapping[str, float | None]:
    """The scores as science computes them; imported late, since content itself knows no science."""
    from allay.science import scoring

    return {score.id: score.value for score in scoring.score(instrument, answers)}


def _line(fault: ContentError) -> str:
    """A fault on one line, its file relative to where the command was called."""
    file = Path(fault.file)
    here = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return " ".join(f"{here}: {fault.key}: {fault.reason}".split())


def _summary(content: library.Library) -> str:
    sessions = [session for programme in content.programmes.values() for session in programme.sessions]
    full = sum(session.written_in("en") for session in sessions)
    examples = sum(len(instrument.examples) for instrument in content.instruments.values())
    return (
        f"Content is sound: {len(content.instruments)} instruments ({examples} worked examples), "
        f"{len(content.practice_index)} practices ({len(content.practices)} written), "
        f"{len(sessions)} sessions ({full} written in full). "
        f"{len(content.unreviewed)} of {len(content.reviews)} texts not yet reviewed by a clinician."
    )
