"""allay researcher: creates a researcher of one study."""

import argparse

from allay.server.commands import people


def configure(parser: argparse.ArgumentParser) -> None:
    people.configure(parser)
    parser.add_argument("--study", default="", help="name of the study (not needed where there is only one)")


def run(args: argparse.Namespace) -> int:
    return people.create(args, "researcher", args.study)
