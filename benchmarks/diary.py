"""Diaries: the multilevel VAR against R's lme4 in the same run, draws of people, the bias of own means.

Prints CPU seconds and ratios. ALLAY_BENCH_DIARY gives people, days and variables (default 200,84,6). lme4 is measured
with each of three optimisers at its own settings, where R has it: several minutes at the default size.
"""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from allay.science.diary.entries import Columns, read
from allay.science.diary.networks import Temporal, temporal
from allay.science.diary.pairs import Pairs, pairs
from allay.science.diary.stability import stability
from tests.reference.diary.make_data import NAMES, diary, write

SIZE = tuple(int(one) for one in os.environ.get("ALLAY_BENCH_DIARY", "200,84,6").split(","))
SCRIPT = Path(__file__).parents[1] / "tests/reference/diary/reference.R"
BARS = {"full": "|", "diagonal": "||"}


def cpu(run: Callable[[], object], times: int = 3) -> float:
    """The smallest CPU time of some runs, in seconds."""
    found = []
    for _ in range(times):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    return min(found)


def summed(path: Path, variables: int) -> Pairs:
    with read(path, Columns(NAMES[:variables], person="id")) as entries:
        return pairs(entries)


def likelihoods(fitted: Temporal) -> np.ndarray:
    return np.array([fit.log_likelihood for _, fit in fitted.fitted])


def ours(path: Path) -> dict[str, tuple[float, np.ndarray]]:
    """Seconds for the pass and all outcomes, and the log-likelihoods."""
    sums = summed(path, SIZE[2])
    passing = cpu(lambda: summed(path, SIZE[2]))
    print(f"  pass over {sums.n.sum():,} pairs {passing:.3f} s")
    found = {}
    for effects in BARS:
        fits = cpu(lambda effects=effects: temporal(sums, effects))
        fitted = temporal(sums, effects)
        edge = sum(bool(fit.certificate.boundary) for _, fit in fitted.fitted)
        found[effects] = passing + fits, likelihoods(fitted)
        print(
            f"  {effects}: all {len(fitted.fitted)} outcomes {fits:.3f} s, with the pass {passing + fits:.3f} s; {edge} on the boundary"
        )
    fitted = temporal(sums, "full")
    print(
        f"  1,000 draws of people, with case-dropping: {cpu(lambda: stability(sums, fitted, seed=1), 1):.2f} s"
    )
    return found


def lme4(path: Path, folder: Path) -> dict | None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    out = folder / "lme4.json"
    run = subprocess.run([rscript, SCRIPT, path, out], capture_output=True, text=True, check=False)
    return json.loads(out.read_text()) if run.returncode == 0 else None


def compare(found: dict[str, tuple[float, np.ndarray]], theirs: dict | None) -> None:
    if theirs is None:
        print("  R's lme4 is not installed")
        return
    for effects, bar in BARS.items():
        seconds, heights = found[effects]
        best = np.max([one["logliks"] for one in theirs[bar].values()], axis=0)
        for optimiser, one in theirs[bar].items():
            print(
                f"  {effects}, {optimiser}: {one['seconds']:.1f} s, lme4 / ours {one['seconds'] / seconds:.0f};"
                f" ours higher by {np.round(heights - np.array(one['logliks']), 6).tolist()}"
            )
        print(f"  {effects}: ours less lme4's best of three, smallest {(heights - best).min():.1e}")


def bias() -> None:
    """How far the mean effect of a variable on itself falls short, a fifth of the days missing."""
    print("\nEffect of a variable on itself, true 0.3, 5 x 200 people, a fifth of the days missing")
    for days in (28, 42, 84):
        found = []
        for seed in range(5):
            columns = diary(200, days, 1, seed=50 + seed, common=0.3)
            with read(columns, Columns(NAMES[:1], person="id")) as entries:
                found.append(temporal(pairs(entries)).fitted[0][1].beta[1])
        print(
            f"  {days} days: {np.mean(found) - 0.3:+.3f} (standard error {np.std(found, ddof=1) / 5**0.5:.3f})"
        )


def main() -> None:
    print(
        f"{platform.platform()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, numpy {np.__version__}"
    )
    people, days, variables = SIZE
    print(f"\nMultilevel VAR(1), {people} people x {days} days x {variables} variables")
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as name:
        folder = Path(name)
        for spread, words in ((0.12, "people differ"), (0.04, "people hardly differ")):
            print(f"\n {words}")
            path = folder / "diary.csv"
            write(path, diary(people, days, variables, seed=3, spread=spread))
            compare(ours(path), lme4(path, folder))
    bias()
