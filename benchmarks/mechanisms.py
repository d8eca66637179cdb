"""Mechanisms: how often intervals of indirect effects and of lags hold the truth, and what the bootstrap costs.

Simulated trials with baselines, 15 % of week-12 values missing at random. ALLAY_BENCH_TRIALS sets how many of each kind
(default 1,000). Prints shares with the truth outside the interval in per cent (5 is right), and CPU seconds.
"""

import os
import platform
import time

import numpy as np

from allay.science.evaluation.mechanism_shapes import Interval
from allay.science.evaluation.mechanisms import lagged_order, mediate
from allay.science.evaluation.results import NotEstimable

TRIALS = int(os.environ.get("ALLAY_BENCH_TRIALS", "1000"))
REPLICATES = 1000
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


def mediation():
    print(f"\nIndirect effect: % of {TRIALS} trials with the truth outside the 95 % interval")
    print(f"{'people':>6} {'truth':18} {'method':18} {'delta':>6} {'perc.':>6} {'BCa':>6} {'no answer':>9}")
    for people in (24, 48, 96, 200):
        for name, (a, b) in EFFECTS.items():
            for method in ("complete-cases", "full-information"):
                random = np.random.default_rng(people)
                missed, answered = {"delta": 0, "percentile": 0, "BCa": 0}, 0
                for trial in range(TRIALS):
                    found = intervals_of(*one_trial(people, a, b, random), method, trial)
                    answered += found is not None
                    for kind, one in (found or {}).items():
                        outside = isinstance(one, Interval) and not one.low <= a * b <= one.high
                        missed[kind] += outside
                shares = " ".join(f"{100 * missed[kind] / max(answered, 1):6.1f}" for kind in missed)
                print(f"{people:6} {name:18} {method:18} {shares} {TRIALS - answered:9}", flush=True)


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


def lags():
    trials = max(TRIALS // 2, 1)
    print(f"\nLags: % of {trials} panels outside the 95 % interval; medians (truth 0.3, 0; carry-over 0.3)")
    print(
        f"{'people':>6} {'times':>5} {'m to y':>7} {'y to m':>7} {'median':>7} {'':>6} {'carried':>7} "
        f"{'centred: m to y':>15} {'carried':>7} {'no answer':>9}"
    )
    for people in (40, 60, 100, 200):
        for times in (3, 4, 6):
            random, found, naive = np.random.default_rng(people + times), [], []
            for _ in range(trials):
                scores = panel(people, times, random)
                m = {str(t): scores[:, t, 0] for t in range(times)}
                y = {str(t): scores[:, t, 1] for t in range(times)}
                found.append(lagged_order(m, y))
                naive.append(person_centred(scores))
            told = [one for one in found if not isinstance(one, NotEstimable)]
            if not told:
                print(f"{people:6} {times:5} no answer")
                continue
            missed = [
                100 * np.mean([not lag.low <= truth <= lag.high for lag in lags_found])
                for truth, lags_found in (
                    (0.3, [one.mediator_first for one in told]),
                    (0.0, [one.outcome_first for one in told]),
                )
            ]
            middle = [
                np.median([lag.estimate for lag in lags_found])
                for lags_found in (
                    [one.mediator_first for one in told],
                    [one.outcome_first for one in told],
                    [one.outcome_carried for one in told],
                )
            ]
            centred = np.median(naive, axis=0)
            print(
                f"{people:6} {times:5} {missed[0]:7.1f} {missed[1]:7.1f} {middle[0]:7.2f} {middle[1]:6.2f} "
                f"{middle[2]:7.2f} {centred[0]:15.2f} {centred[1]:7.2f} {trials - len(told):9}",
                flush=True,
            )


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
