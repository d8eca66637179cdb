"""Mechanisms: how often intervals of indirect effects and of lags hold the truth, and what the bootstrap costs.

Simulated trials with baselines, 15 % of week-12 values missing at random. ALLAY_BENCH_TRIALS sets how many of each kind
(default 1,000). Prints shares with the truth outside the interval in per cent (5 is right), and CPU seconds.
"""

import os
import platform
import time

import numpy as np

from allay.science.evaluation.mechanisms import lagged_order, mediate
from allay.science.evaluation.results import NotEstimable
from allay.science.evaluation.results.mechanisms import Interval

TRIALS = int(os.environ.get("ALLAY_BENCH_TRIALS", "1000"))
REPLICATES = 500
EFFECTS = {"a = 0, b = 0": (0.0, 0.0), "a = 0.6, b = 0": (0.6, 0.0), "a = 0, b = 0.4": (0.0, 0.4)}
EFFECTS["a = 0.6, b = 0.4"] = (0.6, 0.4)
LAGS = np.array([[0.3, 0.0], [0.3, 0.3]])  # no lag from outcome to mediator


def one_trial(people, a, b, random):
    """arm, baseline and follow-up of mediator and outcome; a and b in standard deviations of what is left."""
    arm = random.permutation(people) % 2
    base = random.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], people)
    mediator = 0.6 * base[:, 0] + a * arm + random.normal(0, 0.8, people)
    outcome = 0.5 * base[:, 1] + b * mediator + 0.2 * arm + random.normal(0, 0.8, people)
    gone = random.random(people) < 2 * 0.15 / (1 + np.exp(-1.5 * mediator))
    return arm, base, mediator, np.where(gone, np.nan, outcome)


def intervals_of(arm, base, mediator, outcome, method, seed):
    covariates = {"mediator before": base[:, 0], "outcome before": base[:, 1]}
    found = mediate(
        arm, {"m": mediator}, ("y", outcome), covariates, method=method, replicates=REPLICATES, seed=seed
    )
    if isinstance(found, NotEstimable):
        return None
    one = found.through[0].indirect
    return {"delta": one.delta, "percentile": one.percentile, "BCa": one.bca}


def mediation_of(people, name, method):
    """One line: how often the truth lies outside each interval."""
    (a, b), random = EFFECTS[name], np.random.default_rng(people)
    missed, answered = {"delta": 0, "percentile": 0, "BCa": 0}, 0
    for trial in range(TRIALS):
        found = intervals_of(*one_trial(people, a, b, random), method, trial)
        answered += found is not None
        for kind, one in (found or {}).items():
            missed[kind] += isinstance(one, Interval) and not one.low <= a * b <= one.high
    shares = " ".join(f"{100 * missed[kind] / max(answered, 1):6.1f}" for kind in missed)
    print(f"{people:6} {name:18} {method:18} {shares} {TRIALS - answered:9}", flush=True)


def mediation():
    print(f"\nIndirect effect: % of {TRIALS} trials with the truth outside the 95 % interval")
    print(f"{'people':>6} {'truth':18} {'method':18} {'delta':>6} {'perc.':>6} {'BCa':>6} {'no answer':>9}")
    for people in (24, 48, 96):
        for name in EFFECTS:
            for method in ("complete-cases", "full-information"):
                mediation_of(people, name, method)


def panel(people, times, random):
    """Two scores (people, times, 2) with steady differences, and 15 % of what follows the first missing."""
    steady = random.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], people)
    now = random.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], people)
    scores = []
    for wave in range(times):
        if wave:
            now = now @ LAGS.T + random.multivariate_normal([0, 0], [[0.8, 0.2], [0.2, 0.75]], people)
        scores.append(steady + now)
    made = np.stack(scores, axis=1)
    made[:, 1:][random.random((people, times - 1)) < 0.15] = np.nan
    return made


def person_centred(scores):
    """The lag from mediator to outcome by least squares on person-centred scores, for comparison."""
    centred = scores - np.nanmean(scores, axis=1, keepdims=True)
    before, after = centred[:, :-1].reshape(-1, 2), centred[:, 1:, 1].reshape(-1)
    known = ~np.isnan(before).any(axis=1) & ~np.isnan(after)
    return np.linalg.lstsq(before[known], after[known], rcond=None)[0]


def lags_of(people, times):
    """One line: how often the truth lies outside the intervals, and medians beside those of person-centred scores."""
    trials, random = max(TRIALS // 3, 1), np.random.default_rng(people + times)
    told, naive = [], []
    for _ in range(trials):
        scores = panel(people, times, random)
        m, y = ({str(t): scores[:, t, place] for t in range(times)} for place in (0, 1))
        found = lagged_order(m, y)
        told += [] if isinstance(found, NotEstimable) else [found]
        naive.append(person_centred(scores))
    if not told:
        print(f"{people:6} {times:5} no answer", flush=True)
        return
    first, back, carried = (
        [getattr(one, name) for one in told]
        for name in ("mediator_first", "outcome_first", "outcome_carried")
    )
    missed = [
        100 * np.mean([not lag.low <= truth <= lag.high for lag in found])
        for truth, found in ((0.3, first), (0.0, back))
    ]
    middle = [np.median([lag.estimate for lag in found]) for found in (first, back, carried)]
    numbers = [*missed, *middle, *np.median(naive, axis=0)]
    print(
        f"{people:6} {times:5} {' '.join(f'{value:8.2f}' for value in numbers)} {trials - len(told):9}",
        flush=True,
    )


def lags():
    print(
        f"\nLags: % of {max(TRIALS // 3, 1)} panels with the truth (0.3 from m to y, 0 back; carried on 0.3) outside the "
        "95 % interval; medians, and those of least squares on person-centred scores"
    )
    head = ("m to y", "y to m", "m to y", "y to m", "carried", "centred", "carried")
    print(f"{'people':>6} {'times':>5} {' '.join(f'{word:>8}' for word in head)} {'no answer':>9}")
    for people in (60, 100, 200):
        for times in (3, 4, 6):
            lags_of(people, times)


def speed():
    print(
        "\nCPU seconds of one mediation with 5,000 bootstrap samples, percentile, BCa and the rho curve included"
    )
    for people in (100, 1000):
        for method in ("complete-cases", "full-information"):
            data = one_trial(people, 0.6, 0.4, np.random.default_rng(1))
            arm, base, mediator, outcome = data
            began = time.process_time()
            mediate(arm, {"m": mediator}, ("y", outcome), {"b": base[:, 0], "c": base[:, 1]}, method=method)
            print(f"{people:6} {method:18} {time.process_time() - began:6.2f}")


def main():
    print(f"{platform.platform()}, Python {platform.python_version()}, numpy {np.__version__}")
    speed()
    lags()
    mediation()
