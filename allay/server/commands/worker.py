"""allay worker: works off evaluations that wait. `allay serve` keeps one going by itself."""

import argparse
import os

from allay.server import starting


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="work off what waits, then end")
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    starting.setup(demo=os.environ.get("ALLAY_DEMO") == "1", data=args.data)
    from allay.server import worker

    with starting.readable_database():
        return worker.run(once=args.once)
