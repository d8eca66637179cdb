"""allay recording: add a practice spoken by somebody of the service, list what there is, take one away."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add = verbs.add_parser("add", help="check a file (MP3 or M4A) and keep it")
    add.add_argument("file", type=Path)
    add.add_argument("--practice", required=True, help="for example p01-arriving")
    add.add_argument("--minutes", required=True, type=int, help="the form it speaks: 1, 3 or 10")
    add.add_argument("--voice", required=True, help="who speaks, as participants read it")
    add.add_argument("--language", default="en")
    verbs.add_parser("list", help="one line for each recording")
    verbs.add_parser("remove", help="take one away from everybody").add_argument("id", type=UUID)
    for verb in verbs.choices.values():
        verb.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(data=args.data)
    from allay.records.errors import Refused

    starting.migrate()
    try:
        print({"add": _add, "list": _list, "remove": _remove}[args.verb](args))
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{args.file}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _add(args: argparse.Namespace) -> str:
    from allay.records import audio
    from allay.records.access import SYSTEM
    from allay.records.services import recordings

    with args.file.open("rb") as file:
        data = file.read(audio.LARGEST + 1)
    named = {name: getattr(args, name) for name in ("practice", "minutes", "language", "voice")}
    made, new = recordings.add(data=data, **named, by=SYSTEM, at=starting.now())
    return _line(made) if new else f"{_line(made)}\t(was kept already)"


def _list(args: argparse.Namespace) -> str:
    from allay.records.queries import recordings

    return "\n".join(map(_line, recordings.current())) or "No recordings yet."


def _remove(args: argparse.Namespace) -> str:
    from allay.records.access import SYSTEM
    from allay.records.queries import recordings
    from allay.records.services import recordings as verbs

    verbs.remove(recording=recordings.one(args.id), by=SYSTEM, at=starting.now())
    return f"Removed {args.id}."


def _line(made: object) -> str:
    fields = ("id", "practice", "minutes", "language", "voice", "content_type", "seconds", "size")
    return "\t".join(str(getattr(made, field)) for field in fields)
