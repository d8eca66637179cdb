"""What is true of a simulated trial, and one trial drawn from it.

Scores of arm a at visit t are normal around effect[a, t] with covariance sigma over a person's visits. People of the
arm that meets in therapy groups share, within a group, a normal deviate of variance `between` at every visit but the
first (Bauer, Sterba & Hallfors, Multivariate Behav Res 2008; 43: 210-236). Leaving depends on the last score that was
seen, so data are missing at random (Little & Rubin, Statistical Analysis with Missing Data, 2002, section 1.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.arrays import Arrays

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
FINE = 500  # scores are rounded to at most 1 / FINE of their SD
NODES = 41  # of the Gauss-Hermite rule


@dataclass(frozen=True)
class Trial:
    """A arms, T visits, in score points.

    effect (A, T), the first arm being the reference; sigma (T, T); between: variance of therapy groups in the arm
    number `meets` (None: nobody meets); dropout (T,): chance to leave before a visit, for people whose last score
    is spread as the reference arm's, 0 at the first; strength: log odds of leaving per SD that the last score is
    higher; gaps: chance to miss a visit after the first and come back.
    """

    arms: tuple[str, ...]
    visits: tuple[str, ...]
    effect: Array
    sigma: Array
    meets: int | None = None
    between: float = 0.0
    dropout: Array | None = None
    strength: float = 0.0
    gaps: float = 0.0

    @property
    def sd(self) -> Array:
        return np.asarray(np.sqrt(np.diag(self.sigma)))

    @property
    def decimals(self) -> int:
        """Decimals that scores are rounded to, as questionnaires are; fine enough not to matter."""
        return max(0, int(np.ceil(np.log10(FINE / self.sd.min()))))

    def finishing(self) -> Array:
        """(T,) chance still to be there at each visit, for people spread as the reference arm at its start."""
        leave = self.dropout if self.dropout is not None else np.zeros(len(self.visits))
        return np.asarray(np.cumprod(1 - leave))


@dataclass(frozen=True)
class Size:
    """How many people each arm has, and how many therapy groups the arm that meets is dealt into."""

    people: tuple[int, ...]
    groups: int = 0

    @property
    def total(self) -> int:
        return sum(self.people)


@dataclass(frozen=True)
class Drawn:
    """One trial: scores (N, T) with NaN where missing, the arm (N,), the group (N,) with -1 for none."""

    y: Array
    arm: Whole
    group: Whole
    stayed: npt.NDArray[np.bool_]  # (N, T)

    def arrays(self, trial: Trial) -> Arrays:
        grouped = self.group if trial.meets is not None else None
        return Arrays(trial.visits, self.y, {}, {"arm": (trial.arms, self.arm)}, grouped)


class Drawing:
    """Draws trials; what does not change between them is computed once."""

    def __init__(self, trial: Trial, size: Size) -> None:
        self.trial = trial
        self.root = np.linalg.cholesky(trial.sigma)
        self.arm = np.repeat(np.arange(len(size.people)), size.people)
        self.group = np.full(len(self.arm), -1)
        if trial.meets is not None and size.groups:
            inside = self.arm == trial.meets
            self.group[inside] = np.arange(inside.sum()) % size.groups
        self.groups = size.groups
        self.intercepts = _intercepts(trial)

    def draw(self, random: np.random.Generator) -> Drawn:
        trial = self.trial
        people, visits = len(self.arm), len(trial.visits)
        y = random.standard_normal((people, visits)) @ self.root.T + trial.effect[self.arm]
        if trial.between > 0 and self.groups:
            shared = np.append(random.normal(0, np.sqrt(trial.between), self.groups), 0.0)
            y[:, 1:] += shared[self.group][:, None]
        y = np.round(y, trial.decimals)
        stayed, missed = self._gone(y, random)
        return Drawn(np.where(stayed & ~missed, y, np.nan), self.arm, self.group, stayed)

    def _gone(
        self, y: Array, random: np.random.Generator
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Who is still there at each visit, and who misses just that one."""
        trial, (people, visits) = self.trial, y.shape
        stayed, missed = np.ones(y.shape, dtype=bool), np.zeros(y.shape, dtype=bool)
        if trial.gaps > 0:
            missed[:, 1:] = random.random((people, visits - 1)) < trial.gaps
        if trial.dropout is None:
            return stayed, missed
        last = y[:, 0] / trial.sd[0]
        for visit in range(1, visits):
            with np.errstate(over="ignore"):
                chance = 1 / (1 + np.exp(-(self.intercepts[visit] + trial.strength * last)))
            stayed[:, visit] = stayed[:, visit - 1] & (random.random(people) >= chance)
            last = np.where(missed[:, visit], last, y[:, visit] / trial.sd[visit])
        return stayed, missed


def _intercepts(trial: Trial) -> Array:
    """(T,) log odds of leaving at an average score, such that over standard normal scores the share is as given."""
    visits = len(trial.visits)
    if trial.dropout is None:
        return np.full(visits, -np.inf)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    return np.array([_intercept(float(share), trial.strength * nodes, weights) for share in trial.dropout])


def _intercept(share: float, along: Array, weights: Array) -> float:
    """By bisection: the mean of expit(a + along) rises with a."""
    if share <= 0 or share >= 1:
        return -np.inf if share <= 0 else np.inf
    low, high = -60.0 - np.abs(along).max(), 60.0 + np.abs(along).max()
    for _ in range(100):
        middle = (low + high) / 2
        if weights @ (1 / (1 + np.exp(-np.clip(middle + along, -700, 700)))) < share:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
