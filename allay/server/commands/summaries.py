"""`allay summaries DATA --plan PLAN.toml --out site.json`: what one service hands on instead of rows.

Anything wrong is one line on standard error and exit code 2; nothing is then written.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from allay.server.engine import add_engine


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="a CSV or Parquet file of scores")
    parser.add_argument(
        "--plan", metavar="PLAN.toml", type=Path, required=True, help="the plan of all services"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the file to hand on")
    parser.add_argument("--overwrite", action="store_true", help="replace FILE")
    add_engine(parser)


def run(args: Namespace) -> int:
    from allay.science.evaluation import BadInput
    from allay.science.evaluation.models import ModelError

    try:
        lines = _written(args)
    except (BadInput, ModelError) as fault:
        print(f"allay summaries: {fault}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def _written(args: Namespace) -> list[str]:
    from allay.science.evaluation import load_plan
    from allay.science.evaluation.federated.files import fingerprint, site_text
    from allay.science.evaluation.federated.site import prepared, site
    from allay.science.evaluation.sql import refusal
    from allay.server.commands.evaluate import examined, staged_in
    from allay.server.output import new_file

    plan, plan_sha256 = load_plan(args.plan)
    data = examined(args.data, args.engine)
    with (
        new_file(args.out, overwrite=args.overwrite) as (path, scratch),
        refusal(data.name, str(args.out)),
        staged_in(args.engine, data, plan, scratch) as (connection, staged),
    ):
        found = site(prepared(connection, staged, plan), plan_sha256)
        path.write_text(site_text(found), encoding="utf-8", newline="\n")
    lines = [
        f"{score}: {sums.people} people handed on in {len(sums.cells)} patterns, {sums.withheld} withheld"
        for score, sums in found.sums.items()
    ]
    return [*lines, f"Fingerprint: {fingerprint(found)}", f"Written: {args.out}"]
