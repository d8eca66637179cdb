"""The `allay` command: finds the subcommand's module and runs it.

Each module in `allay/server/commands/` has `configure(parser)` and `run(args) -> int`; it is imported
only when its own command is called, so that `allay serve` never loads numerical libraries and
`allay evaluate` never loads Django.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

COMMANDS = {
    "demo": "start a demo service with synthetic people",
    "serve": "start a real service",
    "fit": "fit one mixed model to a table, for scripts",
    "evaluate": "evaluate a table of scores by a plan and write one report",
    "plan": "check a plan, or lock it before the data are seen",
    "power": "how large a trial must be, by simulating its plan",
    "summaries": "make the sums that a service hands on instead of rows",
    "score": "score an instrument from a table of answers",
    "content": "check the content files, or register them in the service",
    "admin": "create an administrator",
    "facilitator": "create a facilitator",
    "researcher": "create a researcher",
    "study": "create a study with its arms",
    "group": "create a group with its weekly meetings",
    "invite": "make one single-use joining code per person",
    "recording": "add a practice spoken by somebody of the service (a checked audio file)",
    "help-numbers": "set the telephone numbers of the help card",
    "worker": "work off evaluations that wait (serve keeps one going by itself)",
    "doctor": "show what this service runs on and whether it is safe",
}


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="allay", description=__doc__.splitlines()[0] if __doc__ else None)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in argv if word in COMMANDS), None)
    modules = {}
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name == chosen:
            modules[name] = import_module(f"allay.server.commands.{name.replace('-', '_')}")
            modules[name].configure(subparser)
    args = parser.parse_args(argv)
    try:
        code = modules[args.command].run(args) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read the answer, as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
