"""Mixed models: Parquet to a Kenward-Roger table against a bare scan, the fit alone, sandwich, peers that are there.

Prints CPU seconds of this process (best of some runs) and ratios of figures of the same run. ALLAY_BENCH_PEOPLE sets the
largest number of people (default 1,000,000). statsmodels, mixedlm-rs (with
pandas) and R's lme4 are measured when installed.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np

from allay.science.evaluation.models import growth, mmrm
from allay.science.evaluation.models.compressed import compress
from allay.science.evaluation.models.covariance import structure
from allay.science.evaluation.models.degrees import precision, satterthwaite
from allay.science.evaluation.models.repeated import fit_repeated

LARGEST = int(os.environ.get("ALLAY_BENCH_PEOPLE", "1000000"))
VISITS = 5
OUTCOMES = {str(visit): f"y{visit}" for visit in range(VISITS)}
FORMULA = "y ~ base + arm*visit"


def cpu(run: Callable[[], object], times: int = 5) -> float:
    """The smallest CPU time of some runs, in seconds."""
    found = []
    for _ in range(times):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    return min(found)


def make(people: int, folder: Path) -> Path:
    """A Parquet file with one row per person: arm, base and the scores y0 ... y4, with drop-out and gaps."""
    random = np.random.default_rng(1)
    arm, base = random.integers(0, 2, people), random.integers(10, 40, people)
    level = random.normal(0, 4, (people, 1)) + 0.5 * (base - 25)[:, None]
    y = np.round(25 + level + random.normal(0, 4, (people, VISITS)) - np.arange(VISITS) * arm[:, None])
    lost = (random.random((people, VISITS)) < 0.12) | (
        np.arange(VISITS) >= random.integers(2, 9, (people, 1))
    )
    columns = {"arm": arm.astype(np.int8), "base": base.astype(np.int16)}
    columns |= {
        f"y{v}": np.ma.array(np.clip(y[:, v], 0, 80).astype(np.int16), mask=lost[:, v]) for v in range(VISITS)
    }
    path = folder / f"{people}.parquet"
    connection = duckdb.connect()
    connection.register("columns", columns)
    connection.execute(f"COPY columns TO '{path}'")
    return path


def table(path: Path, **options: str) -> object:
    return mmrm(path, FORMULA, visit="visit", outcomes=OUTCOMES, **options).coefficients()


def whole_way(folder: Path) -> None:
    print(
        "\nFrom Parquet to the Kenward-Roger table, 5 visits, over a bare DuckDB scan of the same 7 columns"
    )
    people = 1000
    connection = duckdb.connect(config={"memory_limit": "256MB"})
    while people <= LARGEST:
        path = make(people, folder)
        columns = ", ".join(f"sum({name})" for name in ("arm", "base", *OUTCOMES.values()))
        query = f"SELECT {columns} FROM '{path}'"
        pairs = [
            (
                cpu(lambda query=query: connection.execute(query).fetchall(), 1),
                cpu(lambda path=path: table(path), 1),
            )
            for _ in range(7)  # one after the other, so that both meet the same neighbours on the machine
        ]
        scan, ours = (min(times) for times in zip(*pairs, strict=True))
        print(f"  {people:>10,} people: scan {scan:.4f} s, ours {ours:.4f} s, ratio {ours / scan:.1f}")
        people *= 10


def fit_alone(folder: Path) -> None:
    print("\nFit with Satterthwaite and Kenward-Roger from the summaries")
    times = []
    for people in (1000, LARGEST):
        fit = mmrm(make(people, folder), FORMULA, visit="visit", outcomes=OUTCOMES)

        def again(fit=fit) -> None:
            folded = compress(fit.summaries, fit.design)
            solution = fit_repeated(folded, structure("us", VISITS))
            for method in ("satterthwaite", "kenward-roger"):
                known = precision(solution, method)
                for column in folded.basis.kept:
                    satterthwaite(known, folded.basis.coefficient(int(column)))

        times.append(cpu(again, 20))
        print(f"  {people:>10,} people: {1000 * times[-1]:.1f} ms")
    print(f"  ratio {times[1] / times[0]:.2f}")


def memory(folder: Path) -> None:
    print("\nPeak memory of a whole process from Parquet to the Kenward-Roger table")
    for people in dict.fromkeys((1_000_000, 10_000_000)):
        if people > 10 * LARGEST:
            continue
        made = "from pathlib import Path; from benchmarks.mmrm import make; "
        subprocess.run(
            [sys.executable, "-c", f"{made}make({people}, Path({str(folder)!r}))"], check=True
        )  # apart: making the data takes more memory than the fit
        code = (
            "import resource, sys; from benchmarks.mmrm import table; table(sys.argv[1]); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        path = folder / f"{people}.parquet"
        found = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
        print(f"  {people:>10,} people: {found.stdout.strip()} MB")


def robust(folder: Path) -> None:
    path = make(10_000, folder)
    plain, sandwich = cpu(lambda: table(path)), cpu(lambda: table(path, vcov="CR2"))
    print("\nCR2 with Bell-McCaffrey df at 10,000 people")
    print(f"  {sandwich:.3f} s in all, {sandwich - plain:.3f} s more than without")


def slopes(people: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(2)
    who, day = np.repeat(np.arange(people), VISITS), np.tile(np.arange(VISITS) * 3.0, people)
    own = random.normal(0, [4, 0.4], (people, 2))
    y = 20 + own[who, 0] + own[who, 1] * day - 0.2 * (who % 2) * day + random.normal(0, 3, who.size)
    return {"id": who, "arm": who % 2, "day": day, "y": np.round(y, 1)}


def peers(folder: Path) -> None:
    print(
        "\nRandom slope, from columns in memory to the table; ours with Kenward-Roger, the others without df"
    )
    columns = slopes(1000)
    ours = own_slope(columns)
    beside("statsmodels MixedLM", "statsmodels.formula.api", 1000, columns, ours)
    theirs = lme4(columns, folder)
    print(
        f"  R lme4 / ours {theirs / ours:.0f} (fit alone {theirs:.3f} s)"
        if theirs
        else "  R lme4 is not installed"
    )
    columns = slopes(100_000)
    beside("mixedlm-rs", "mixedlm_rs", 100_000, columns, own_slope(columns))


def own_slope(columns: dict[str, np.ndarray]) -> float:
    return cpu(lambda: growth(columns, "y ~ arm*day", random="day|id", subject="id").coefficients())


def beside(name: str, module: str, people: int, columns: dict[str, np.ndarray], ours: float) -> None:
    """A peer with the interface of statsmodels: formula and fit, then the fit alone. Prints both ratios."""
    if not (find_spec(module.split(".")[0]) and find_spec("pandas")):
        print(f"  {name} is not installed")
        return
    import pandas as pd

    mixedlm = import_module(module).mixedlm
    frame = pd.DataFrame(columns)
    model = mixedlm("y ~ arm*day", frame, groups="id", re_formula="~day")
    fit = cpu(model.fit, 3)
    whole = cpu(lambda: mixedlm("y ~ arm*day", frame, groups="id", re_formula="~day").fit(), 3)
    print(
        f"  {people:,} people: {name} / ours {whole / ours:.1f} ({whole:.3f} s over {ours:.3f} s; fit alone {fit:.3f} s)"
    )


def lme4(columns: dict[str, np.ndarray], folder: Path) -> float | None:
    """CPU seconds of the fit inside R, or None without R and lme4."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    path = folder / "slopes.csv"
    np.savetxt(
        path, np.column_stack(list(columns.values())), "%.1f", ",", header=",".join(columns), comments=""
    )
    script = (
        f"suppressMessages(library(lme4)); d <- read.csv('{path}'); "
        "t <- sapply(1:3, function(i) sum(system.time(lmer(y ~ arm*day + (day | id), d))[1:2])); cat(min(t))"
    )
    found = subprocess.run([rscript, "-e", script], capture_output=True, text=True, check=False)
    return float(found.stdout) if found.returncode == 0 else None


def main() -> None:
    print(
        f"{platform.platform()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, numpy {np.__version__}"
    )
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as name:
        folder = Path(name)
        whole_way(folder)
        fit_alone(folder)
        robust(folder)
        peers(folder)
        memory(folder)
