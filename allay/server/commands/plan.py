"""`allay plan lock PLAN.toml`: fixes a plan before the data are seen. `allay plan check PLAN.toml` only reads it.

The lock is written beside the plan, as PLAN.lock.json, and never replaced: whoever changes a locked plan keeps both, and
`allay evaluate` prints what departs.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.plan import load_plan
from allay.science.evaluation.plan.lock import lock_beside, lock_path, lock_text


def configure(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, words in (
        ("lock", "fix a plan before the data are seen"),
        ("check", "read a plan and its lock"),
    ):
        one = verbs.add_parser(verb, help=words)
        one.add_argument("plan", metavar="PLAN.toml", type=Path)


def run(args: Namespace) -> int:
    try:
        line = _lock(args.plan) if args.verb == "lock" else _check(args.plan)
    except BadInput as fault:
        print(f"allay plan: {fault}", file=sys.stderr)
        return 2
    print(line)
    return 0


def _lock(path: Path) -> str:
    plan, plan_hash = load_plan(path)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    place = lock_path(path)
    try:
        with place.open("x", encoding="utf-8") as file:
            file.write(lock_text(plan, plan_hash, at, version("allay")))
    except FileExistsError:
        raise BadInput(str(place), "exists already: this plan was locked before") from None
    except OSError as error:
        raise BadInput(str(place), f"cannot be written: {error.strerror}") from None
    digest = sha256(place.read_bytes()).hexdigest()
    return f"Locked at {at}: {place}\nSHA-256 of the lock, to be put on record elsewhere: {digest}"


def _check(path: Path) -> str:
    plan, plan_hash = load_plan(path)
    locked = lock_beside(path, plan)
    if locked is None:
        return f"The plan is sound (SHA-256 {plan_hash}). It is not locked."
    if not locked.departures:
        return f"The plan is sound and as it was locked at {locked.locked_at}."
    return "\n".join([f"The plan departs from what was locked at {locked.locked_at}:", *locked.departures])
