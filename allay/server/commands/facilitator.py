"""allay facilitator: creates somebody on the staff."""

import argparse

from allay.server.commands import people

configure = people.configure


def run(args: argparse.Namespace) -> int:
    return people.create(args, "facilitator")
