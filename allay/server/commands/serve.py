"""allay serve: a real service. It starts empty; nobody can sign in before an administrator is made."""

import argparse
import os
import sys

from allay.server import claims, starting
from allay.server.commands.doctor import reviewed

NOTE = """Allay is at {url}   (data: {data})
This version is not for real participants yet: second factors, backup and erasure are still to come.
{texts}
Stop with Ctrl-C."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", help="folder that holds the database (default: var/service)")


def run(args: argparse.Namespace) -> int:
    if args.port != 8000:
        os.environ.setdefault("ALLAY_URL", f"http://localhost:{args.port}")
    starting.setup(data=args.data)
    from django.conf import settings

    from allay.content.errors import ContentError
    from allay.records.errors import Refused
    from allay.server.storage import Unsafe

    try:
        claims.require_port(args.host, args.port)
        claims.hold(settings.DATA)
        starting.prepare()
    except (claims.Taken, Unsafe, ContentError, Refused) as error:
        print(f"Allay does not start: {error}", file=sys.stderr)
        return 1
    note = NOTE.format(url=settings.URL, data=settings.DATA, texts=reviewed())
    return starting.serve(args.host, args.port, lambda: print(note))
