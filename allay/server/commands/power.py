"""`allay power PLAN.toml`: how likely a trial of each size is to find the effect, by simulating the plan.

Prints a table and an answer in words, or with --json all numbers; with --out also writes DIR/power.json and
DIR/power.svg. Anything wrong with the plan is one line on standard error and exit code 2.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allay.science.evaluation.power.curve import PowerResult
    from allay.science.evaluation.power.planned import Planned

EVERY = 2.0  # seconds between words about progress


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("plan", metavar="PLAN.toml", type=Path, help="a plan with a [power] section")
    parser.add_argument("--out", metavar="DIR", type=Path, help="also write the numbers and the curve here")
    parser.add_argument(
        "--replicates", metavar="N", type=int, default=1000, help="trials of each size (1000)"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=1, help="the same seed gives the same answer (1)"
    )
    parser.add_argument("--processes", metavar="N", type=int, default=1, help="how many work at once (1)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # matrices are small: threads only get in each other's way
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from allay.science.evaluation.errors import BadInput
    from allay.science.evaluation.power.told import as_json, told

    try:
        result = _answered(args)
    except (BadInput, ValueError) as fault:
        print(f"allay power: {fault}", file=sys.stderr)
        return 2
    print(json.dumps(as_json(result), indent=1) if args.json else "\n".join(told(result)))
    if args.out and not args.json:
        print(f"Curve: {args.out / 'power.svg'}")
    return 0


def _answered(args: Namespace) -> PowerResult:
    from allay.science.evaluation.plan import load_plan
    from allay.science.evaluation.power.planned import planned

    plan, _ = load_plan(args.plan)
    asked = planned(plan, str(args.plan))
    if args.out is None:
        return _simulated(args, asked)
    from allay.server.output import new_folder

    with new_folder(args.out, replaceable=None) as (folder, _scratch):
        result = _simulated(args, asked)
        _write(folder, result)
        return result


def _simulated(args: Namespace, asked: Planned) -> PowerResult:
    from allay.science.evaluation.errors import BadInput
    from allay.science.evaluation.models import ModelError
    from allay.science.evaluation.power.curve import power

    try:
        return power(
            asked,
            replicates=args.replicates,
            seed=args.seed,
            processes=args.processes,
            progress=_Told(monotonic()),
        )
    except ModelError as fault:
        raise BadInput(str(args.plan), f"model: {fault}") from None


class _Told:
    """Says on standard error how far the simulation is, some seconds apart."""

    def __init__(self, began: float) -> None:
        self.last = began

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self.last >= EVERY:
            self.last = monotonic()
            print(f"{done} of {total} trials", file=sys.stderr)


def _write(folder: Path, result: PowerResult) -> None:
    from allay.science.charts.standalone import standalone
    from allay.science.evaluation.power.told import as_json, picture

    numbers = json.dumps(as_json(result), indent=1) + "\n"
    (folder / "power.json").write_text(numbers, encoding="utf-8", newline="\n")
    (folder / "power.svg").write_text(standalone(picture(result).svg), encoding="utf-8", newline="\n")
