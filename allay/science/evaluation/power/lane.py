"""The fast lane: trials that the plan's usual model analyses are fitted many at a time, the others one by one.

Which trials may take it is decided by `fits`; what comes out is what `analysis.Analyst` would say of each trial. A trial
that does not settle there is handed to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.power.analysis import Analysis
from allay.science.evaluation.power.together import Stack, derivatives, stacked
from allay.science.evaluation.power.together_fit import Found, answers, minimise, state_at
from allay.science.evaluation.power.trial import Drawing, Drawn, Trial

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEAST_START = 0.02  # variance between groups from which the search sets out, in that of people
MOST_VISITS = 8  # patterns grow as their power of two


@dataclass(frozen=True)
class Laned:
    """Of R trials: the estimate, se and df, the groups' variance (R,), and which of them settled."""

    estimate: Array
    se: Array
    df: Array
    between: Array
    settled: Flags


def fits(trial: Trial, analysis: Analysis) -> bool:
    """Whether the fast lane answers this analysis: unstructured cLDA with the model's own standard errors."""
    plain = analysis.kind == "clda" and analysis.covariance == "us" and not analysis.covariance_by_arm
    usual = analysis.vcov == "model" and analysis.df in ("kenward-roger", "satterthwaite", "z")
    return plain and usual and len(trial.visits) <= MOST_VISITS


class Lane:
    """Fits trials of one design."""

    def __init__(self, drawing: Drawing, analysis: Analysis) -> None:
        self.trial, self.analysis = drawing.trial, analysis
        self.grouped = analysis.grouped and drawing.groups > 0
        arms = len(self.trial.arms)
        self.unit = (
            np.where(drawing.group >= 0, arms + drawing.group, drawing.arm) if self.grouped else drawing.arm
        )
        groups = drawing.groups if self.grouped else 0
        of = [*range(arms), *[self.trial.meets or 0] * groups]
        self.x = np.array([self._design(arm) for arm in of])
        self.meets = np.arange(len(of)) >= arms
        self.scale = float(self.trial.sd.mean())

    def _design(self, arm: int) -> Array:
        """X (T, k) of an arm: a mean for each visit, and a difference for each arm and later visit."""
        visits, arms = len(self.trial.visits), len(self.trial.arms)
        found = np.zeros((visits, visits + (arms - 1) * (visits - 1)))
        found[:, :visits] = np.eye(visits)
        if arm:
            start = visits + (arm - 1) * (visits - 1)
            found[1:, start : start + visits - 1] = np.eye(visits - 1)
        return found

    @property
    def contrast(self) -> Array:
        visits = len(self.trial.visits)
        found = np.zeros(self.x.shape[2])
        found[visits + (self.analysis.compared - 1) * (visits - 1) + self.analysis.target - 1] = 1.0
        return found

    def fit(self, drawn: list[Drawn]) -> Laned:
        return self.answered(*self.optimum(drawn), self.analysis.df)

    def optimum(self, drawn: list[Drawn]) -> tuple[Stack, Found]:
        """The trials in sums, and where their likelihoods are largest."""
        alike = np.append(0.0, np.ones(len(self.trial.visits) - 1))
        y = np.array([one.y for one in drawn]) / self.scale
        stack = stacked(y, self.unit, self.x, self.meets, alike)
        start = np.append(self.trial.sigma[np.tril_indices(len(alike))] / self.scale**2, 0.0)
        plain = np.tile(start, (len(drawn), 1))
        return stack, self._nested(stack, plain) if self.grouped else minimise(stack, plain, psi=False)

    def _nested(self, stack: Stack, plain: Array) -> Found:
        """With a variance between groups; where that would be negative, at nought."""
        start = plain.copy()
        start[:, -1] = max(self.trial.between / self.scale**2, LEAST_START)
        found = minimise(stack, start, psi=True)
        inside = found.settled & (found.theta[:, -1] > 0)
        edge = np.flatnonzero(~inside)
        at_edge = minimise(stack.at(edge), plain[edge], psi=False)
        theta, settled = found.theta.copy(), inside.copy()
        theta[edge], settled[edge] = at_edge.theta, at_edge.settled & _outward(stack.at(edge), at_edge)
        return Found(theta, settled)

    def answered(self, stack: Stack, found: Found, df: str) -> Laned:
        """What is said of the comparison, by a df method."""
        made = answers(stack, found.theta, self.contrast, df=df, psi=self.grouped)
        between = found.theta[:, -1] * self.scale**2
        return Laned(made.estimate * self.scale, made.se * self.scale, made.df, between, found.settled)


def _outward(stack: Stack, found: Found) -> Flags:
    """Where a groups' variance of nought is the maximum: the likelihood does not rise from there."""
    if not len(found.theta):
        return np.zeros(0, dtype=bool)
    return np.asarray(derivatives(state_at(stack, found.theta)).gradient[:, -1] >= 0)
