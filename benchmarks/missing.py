"""Missing outcomes: conditional means with jackknife, and multiple imputation, in CPU seconds of this process.

199 and 1,000 people, 5 visits, missing at random and jump to reference together, with a grid of 21 deltas. R's rbmi is
measured at 199 when it is installed. ALLAY_BENCH_PEOPLE sets the larger number. Then small trials in which nothing works:
how often p < 0.05; ALLAY_BENCH_TRIALS sets how many (400).
"""

import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from allay.science.evaluation import NotEstimable
from allay.science.evaluation.missing import Cohort, delta_grid, multiple_imputation, reference_based

TRIALS = int(os.environ.get("ALLAY_BENCH_TRIALS", "400"))
LARGER = int(os.environ.get("ALLAY_BENCH_PEOPLE", "1000"))
VISITS = 5
STRATEGIES = ["MAR", "JR"]
RBMI = """
suppressWarnings(suppressMessages(library(rbmi)))
d <- read.csv("long.csv"); for (v in c("id", "visit", "arm")) d[[v]] <- factor(d[[v]])
ice <- do.call(rbind, lapply(split(d, d$id), function(s) { o <- which(!is.na(s$y)); l <- max(c(0, o))
  if (l < 5) data.frame(id = s$id[1], visit = s$visit[l + 1], strategy = "JR") }))
began <- proc.time()[["user.self"]]
vars <- set_vars(outcome = "y", visit = "visit", subjid = "id", group = "arm", covariates = c("x", "visit*arm"))
dr <- draws(d, data_ice = ice, vars = vars, method = method_condmean(type = "jackknife"), quiet = TRUE)
im <- impute(dr, references = c("0" = "0", "1" = "0")); vars$covariates <- "x"
invisible(pool(analyse(im, fun = ancova, vars = vars)))
cat(proc.time()[["user.self"]] - began)
"""


def cpu(run: Callable[[], object], times: int = 3) -> float:
    """The smallest CPU time of some runs, in seconds."""
    found = []
    for _ in range(times):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    return min(found)


def trial(people: int) -> Cohort:
    """Two arms, a covariate, drop-out and gaps: about half of the last visit is missing."""
    random = np.random.default_rng(1)
    arm, x = np.arange(people) % 2, random.normal(0, 1, people).round(2)
    y = 50 + 2 * x[:, None] + random.normal(0, 6, (people, 1)) + random.normal(0, 5, (people, VISITS))
    y = (y - np.arange(VISITS) * (1 + 0.5 * arm[:, None])).round(1)
    gone = np.arange(VISITS) >= random.integers(2, 9, (people, 1))
    gap = (random.random((people, VISITS)) < 0.07) & (np.arange(VISITS) > 0)
    y[gone | gap] = np.nan
    names = tuple(str(visit + 1) for visit in range(VISITS))
    return Cohort((), ("0", "1"), names, arm, y, {"x": x})


def rbmi(cohort: Cohort) -> float | None:
    """CPU seconds inside R, or None without rbmi."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    rows = [
        f"{person},{cohort.arm[person]},{cohort.covariates['x'][person]},{visit + 1},{'NA' if np.isnan(y) else y}"
        for person, values in enumerate(cohort.y)
        for visit, y in enumerate(values)
    ]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "long.csv").write_text("\n".join(["id,arm,x,visit,y", *rows]))
        done = subprocess.run([rscript, "-e", RBMI], cwd=folder, capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def small_trial(people: int, seed: int) -> Cohort:
    """Two arms that do not differ, three visits, a third of the last missing."""
    random = np.random.default_rng(seed)
    arm, x = np.arange(people) % 2, random.normal(size=people).round(2)
    y = 50 + 2 * x[:, None] + random.normal(0, 4, (people, 1)) + random.normal(0, 4, (people, 3))
    y = y.round(1)
    y[np.arange(3) >= random.integers(1, 10, (people, 1))] = np.nan
    return Cohort((), ("0", "1"), ("1", "2", "3"), arm, y, {"x": x})


def false_alarms(people: int) -> None:
    """How often trials without an effect give p < 0.05 at the last visit."""
    found = {"MAR": 0, "MAR, normal quantile": 0, "JR": 0}
    counted = 0
    for seed in range(TRIALS):
        answer = reference_based(small_trial(people, 1000 * people + seed), STRATEGIES)
        effects = (
            []
            if isinstance(answer, NotEstimable)
            else [one.at("3", "1").effect for one in answer.assumptions]
        )
        if not effects or any(isinstance(one, NotEstimable) for one in effects):
            continue
        counted += 1
        found["MAR"] += effects[0].p < 0.05
        found["MAR, normal quantile"] += abs(effects[0].t) > 1.959964
        found["JR"] += effects[1].p < 0.05
    shares = ", ".join(f"{name} {n / counted:.1%}" for name, n in found.items())
    print(f"  {people} people, {counted} of {TRIALS} trials with an answer: {shares}")


def main() -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    for people in (199, LARGER):
        cohort = trial(people)
        missing = np.isnan(cohort.y[:, -1]).mean()
        print(f"\n{people:,} people, {VISITS} visits, {missing:.0%} missing at the last")
        ours = cpu(lambda cohort=cohort: reference_based(cohort, STRATEGIES, deltas=delta_grid(10)))
        print(f"  conditional means, jackknife, 21 deltas   {ours:.2f} s")
        imputed = cpu(lambda cohort=cohort: multiple_imputation(cohort, STRATEGIES, seed=1))
        print(f"  multiple imputation, 100 draws             {imputed:.2f} s")
        theirs = rbmi(cohort) if people < 500 else None
        if people < 500:
            said = f"{theirs:.1f} s, {theirs / ours:.0f} times ours" if theirs else "is not installed"
            print(f"  R rbmi, conditional means, jackknife       {said}")
    print("\nTrials without an effect: how often p < 0.05 (jackknife)")
    for people in (24, 60):
        false_alarms(people)


if __name__ == "__main__":
    main()
