"""Type-I error and coverage by simulation, in small trials and with few therapy groups; --write keeps the figures.

    ./run bench simulation [--trials=2000] [--seed=2026] [--write]

Prints the tables of docs/simulation.md. With --write they become allay/science/evaluation/power/simulated.toml, which
the report's methods page shows.
"""

import os
import platform
import sys
import time
from argparse import ArgumentParser
from datetime import UTC, datetime

os.environ.setdefault("OMP_NUM_THREADS", "1")

SMALL = {"trials": 40, "seed": 7}


def main() -> None:
    parser = ArgumentParser(prog="./run bench simulation")
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args([word for word in sys.argv[1:] if word.startswith("-")])
    study, seconds = run(args.trials, args.seed)
    print("\n".join(tables(study)))
    print(f"\n{seconds:.0f} CPU s of this process; {platform.machine()}, {os.cpu_count()} cores")
    if args.write:
        from allay.science.evaluation.power.simulated import FILE, written

        FILE.write_text(written(study), encoding="utf-8", newline="\n")
        print(f"written: {FILE}")


def run(trials: int, seed: int):
    import numpy
    import scipy

    from allay.science.evaluation.power import study
    from allay.science.evaluation.power.simulated import Simulated

    began = time.process_time()
    found = list(study.whole(trials=trials, seed=seed, progress=_say))
    small = (study.individual(24, **SMALL), study.nested(6, 0.05, **SMALL))
    versions = {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__}
    made = Simulated(
        datetime.now(UTC).date().isoformat(),
        trials,
        seed,
        versions,
        tuple(one for one in found if isinstance(one, study.Individual)),
        tuple(one for one in found if isinstance(one, study.Nested)),
        small,
    )
    return made, time.process_time() - began


def tables(study) -> list[str]:
    lines = [
        "",
        "Individually randomised: trials in a hundred that find a difference where there is none (5 are due)",
    ]
    lines += ["", "| people | " + " | ".join(study.individual[0].type_1_error) + " |"]
    lines += ["|---" * (1 + len(study.individual[0].type_1_error)) + "|"]
    for one in study.individual:
        lines.append(f"| {one.people} | " + " | ".join(_percent(v) for v in one.type_1_error.values()) + " |")
    lines += ["", "Therapy groups of eight in one arm: 95 % intervals that hold the truth, in a hundred", ""]
    lines += ["| groups | ICC | " + " | ".join(study.nested[0].coverage) + " | no variance seen |"]
    lines += ["|---" * (3 + len(study.nested[0].coverage)) + "|"]
    for one in study.nested:
        shares = [*one.coverage.values(), one.no_groups]
        lines.append(f"| {one.groups} | {one.icc:g} | " + " | ".join(_percent(v) for v in shares) + " |")
    missing = sum(one.not_answered for one in (*study.individual, *study.nested))
    return [
        *lines,
        "",
        f"{study.trials} trials of each size, seed {study.seed}; without an estimate: {missing}",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _say(words: str) -> None:
    print(words, file=sys.stderr)
