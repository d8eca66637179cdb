"""The mechanisms that a plan asks about, from the table `people`.

Both regressions are adjusted for the first scores of mediator and outcome and for the covariates of the plan's model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.mechanisms.lagged import lagged_order
from allay.science.evaluation.mechanisms.mediation import mediate
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.plan.mechanisms import AskedMechanism
from allay.science.evaluation.reading.people import column
from allay.science.evaluation.results.mechanisms import (
    ArmMechanism,
    LaggedOrder,
    Mechanism,
    Mechanisms,
    Mediation,
    Method,
)

Array = npt.NDArray[np.float64]


def compute(asked: Asked) -> Mechanisms | None:
    """The answer to every mechanism of the plan; None where it asks for none."""
    if not asked.plan.mechanisms:
        return None
    return Mechanisms([_Question(asked, one).answer() for one in asked.plan.mechanisms])


@dataclass(frozen=True)
class _Question:
    """One mechanism of a plan and the people to ask."""

    asked: Asked
    one: AskedMechanism

    @property
    def plan(self) -> Plan:
        return self.asked.plan

    def answer(self) -> Mechanism:
        return Mechanism(
            outcome=self.one.outcome,
            outcome_at=self.one.at(self.plan.last),
            mediators=list(self.one.mediator),
            mediator_at=self.one.mediator_at,
            seed=self.one.seed,
            arms={
                arm: self._against_reference(number)
                for number, arm in enumerate(self.plan.study.arms)
                if number > 0
            },
            order={name: self._order(name) for name in self.one.mediator},
            cautions=self._cautions(),
        )

    def _number(self, score: str) -> int:
        return next(number for number, one in enumerate(self.plan.outcomes) if one.score == score)

    def _score(self, score: str, timepoint: str) -> str:
        """The column of `people` with this score."""
        return column(self._number(score), self.plan.study.timepoints.index(timepoint))

    def _title(self, score: str) -> str:
        return self.plan.outcomes[self._number(score)].title

    def _against_reference(self, arm: int) -> ArmMechanism:
        return ArmMechanism(self._mediation(arm, "full-information"), self._mediation(arm, "complete-cases"))

    def _mediation(self, arm: int, method: Method) -> Mediation | NotEstimable:
        first, at, last = self.plan.first, self.one.mediator_at, self.one.at(self.plan.last)
        outcome = self.one.outcome
        scores = {f"{self._title(name)} at {first}": self._score(name, first) for name in self.one.mediator}
        scores[f"{self._title(outcome)} at {first}"] = self._score(outcome, first)
        mediators = {f"{self._title(name)} at {at}": self._score(name, at) for name in self.one.mediator}
        wanted = [*scores.values(), *mediators.values(), self._score(outcome, last)]
        found, covariates = self._read(wanted, f"arm IN (0, {arm})"), self._covariates(arm)
        return mediate(
            np.where(found["arm"] == arm, 1.0, 0.0),
            {name: found[sql] for name, sql in mediators.items()},
            (f"{self._title(outcome)} at {last}", found[self._score(outcome, last)]),
            {name: found[sql] for name, sql in scores.items()} | covariates,
            method=method,
            randomised=self.plan.study.declared_design == "randomised",
            confidence=self.plan.study.confidence,
            seed=self.one.seed,
        )

    def _covariates(self, arm: int) -> dict[str, Array]:
        """The plan's covariates by name; a category as one column for each level but the first."""
        made: dict[str, Array] = {}
        categories = set(self.asked.categories)
        for name in self.plan.model.covariates:
            sql = self.asked.person(name)
            if sql not in categories:
                made[f"{name} (covariate)"] = self._read([sql], f"arm IN (0, {arm})")[sql]
                continue
            rows = self.asked.connection.execute(
                f"SELECT {sql} FROM people WHERE arm IN (0, {arm}) ORDER BY record"
            ).fetchall()
            values = [row[0] for row in rows]
            for level in sorted({value for value in values if value is not None}, key=str)[1:]:
                column_of = [np.nan if value is None else float(value == level) for value in values]
                made[f"{name} {level} (covariate)"] = np.array(column_of)
        return made

    def _read(self, columns: list[str], which: str) -> Mapping[str, Array]:
        """Numbers of `people`, NaN where missing."""
        query = f"SELECT arm, {', '.join(dict.fromkeys(columns))} FROM people WHERE {which} ORDER BY record"
        found = self.asked.connection.execute(query).fetchnumpy()
        return {
            name: np.asarray(np.ma.filled(np.ma.asarray(values).astype(float), np.nan))
            for name, values in found.items()
        }

    def _order(self, mediator: str) -> LaggedOrder | NotEstimable:
        """At the timepoints at which both scores were measured of somebody."""
        pairs = {
            timepoint: (self._score(mediator, timepoint), self._score(self.one.outcome, timepoint))
            for timepoint in self.plan.study.timepoints
        }
        found = self._read([sql for pair in pairs.values() for sql in pair], "true")
        shared = {
            timepoint: pair
            for timepoint, pair in pairs.items()
            if not any(np.isnan(found[sql]).all() for sql in pair)
        }
        return lagged_order(
            {timepoint: found[pair[0]] for timepoint, pair in shared.items()},
            {timepoint: found[pair[1]] for timepoint, pair in shared.items()},
            found["arm"],
            confidence=self.plan.study.confidence,
        )

    def _cautions(self) -> list[str]:
        cautions = []
        if self.asked.done["meeting"].groups:
            cautions.append(
                "People who met in a group may resemble each other. That is not taken into account here, so these "
                "intervals may be too narrow."
            )
        if self.plan.columns.weight:
            cautions.append("The weights of people are not used here.")
        return cautions
