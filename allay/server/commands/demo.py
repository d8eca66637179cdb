"""allay demo: a service with synthetic people, made anew at every start."""

import argparse
import os
import sys
from pathlib import Path

from allay.server import claims, starting

NOTE = """
Allay demo: every person and every answer in it is made up (synthetic).

  start here     {url}/demo/
  participant    {url}/demo/as/participant/      (look at it at the width of a phone)
  facilitator    {url}/demo/as/facilitator/
  researcher     {url}/demo/as/researcher/
  administrator  {url}/demo/as/administrator/
  join as a new person: {url}/join/#{code}

Stop with Ctrl-C."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", help="folder for the demo's data (default: var/demo)")


def run(args: argparse.Namespace) -> int:
    data = Path(args.data or Path("var") / "demo").resolve()
    try:
        claims.require_port(args.host, args.port)
        if data.is_dir():
            claims.hold(data)  # nobody else's demo is emptied while it runs
        starting.clear(data)
        claims.hold(data)
    except claims.Taken as taken:
        print(f"The demo does not start: {taken}", file=sys.stderr)
        return 1
    if args.port != 8000:
        os.environ.setdefault("ALLAY_URL", f"http://localhost:{args.port}")
    starting.setup(demo=True, data=str(data))
    from django.conf import settings

    from allay.server.demo.story import Story

    print("Making the demo's people ...", file=sys.stderr)
    starting.prepare()
    cast = Story(starting.now()).tell()
    return starting.serve(
        args.host,
        args.port,
        lambda: print(NOTE.format(url=settings.URL, code=cast.newcomer_code), flush=True),
    )
