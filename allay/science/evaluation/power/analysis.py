"""What will be done with a trial's data: the model of the plan, as the engine's request, on one drawn trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.arrays import Arrays, fit_arrays
from allay.science.evaluation.models.contrasts import Question, difference_questions
from allay.science.evaluation.models.fit import Estimated, Fit
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.mmrm import Request
from allay.science.evaluation.models.profile import Grouping
from allay.science.evaluation.power.trial import Drawn, Trial
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]
FORMULAS = {"clda": "y ~ arm*visit", "mmrm": "y ~ base*visit + arm*visit", "ancova": "y ~ base + arm"}


@dataclass(frozen=True)
class Analysis:
    """The primary model and the comparison it is made for: arm number `compared` with the reference at `target`.

    kind: clda, all scores without a difference between arms at the first visit; mmrm, the later scores with the
    first one as a covariate at each of them; ancova, the score at the target with the first one as a covariate.
    grouped: whether the therapy groups are in the model.
    """

    target: int
    compared: int = 1
    kind: str = "clda"
    covariance: str = "us"
    covariance_by_arm: bool = False
    df: str = "kenward-roger"
    vcov: str = "model"
    grouped: bool = False
    confidence: float = 0.95

    def request(self, trial: Trial) -> Request:
        """The same question as the engine takes it. Raises BadModel for one that makes no sense."""
        meets = trial.meets if self.grouped else None
        return Request(
            parse(FORMULAS[self.kind]),
            "person",
            "visit",
            covariance=self.covariance,
            covariance_by="arm" if self.covariance_by_arm else None,
            df=self.df,
            vcov=self.vcov,
            constrained="arm" if self.kind == "clda" else None,
            confidence=self.confidence,
            group=Grouping("group", "arm", trial.arms[meets]) if meets is not None else None,
        )

    def arrays(self, drawn: Drawn, trial: Trial) -> Arrays:
        """A trial's scores as the model takes them."""
        found = drawn.arrays(trial)
        if not self.grouped:
            found = replace(found, group=None)
        if self.kind == "clda":
            return found
        base = {"base": drawn.y[:, 0]}
        if self.kind == "mmrm":
            return replace(found, visits=trial.visits[1:], y=drawn.y[:, 1:], numbers=base)
        place = slice(self.target, self.target + 1)
        return replace(found, visits=trial.visits[place], y=drawn.y[:, place], numbers=base)


@dataclass(frozen=True)
class Analyst:
    """Analyses drawn trials, one after the other."""

    trial: Trial
    analysis: Analysis

    @cached_property
    def request(self) -> Request:
        return self.analysis.request(self.trial)

    def fit(self, drawn: Drawn) -> Fit | NotEstimable:
        return fit_arrays(self.analysis.arrays(drawn, self.trial), self.request)

    def answer(self, fit: Fit) -> Estimated | NotEstimable:
        """The difference that the trial is made for."""
        answers = [one for one in fit.ask([self.question(fit)]) if isinstance(one, Estimated)]
        if not answers or not np.isfinite([answers[0].se, answers[0].low, answers[0].high]).all():
            return NotEstimable("the difference at the target cannot be estimated")
        return answers[0]

    def question(self, fit: Fit) -> Question:
        visit = self.trial.visits[self.analysis.target]
        name = f"arm{self.trial.arms[self.analysis.compared]} - arm{self.trial.arms[0]}"
        asked = difference_questions(fit.design, fit.visits, fit.means, "arm")
        return next(one for one in asked if one.visit == visit and one.name == name)
