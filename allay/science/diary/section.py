"""The diary as a part of the evaluation: computed where the plan has [diary]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allay.science.diary.shapes import Diary
from allay.science.evaluation.estimates import NotEstimable

if TYPE_CHECKING:
    from allay.science.evaluation.asked import Asked
    from allay.science.evaluation.results import Results

METHOD = (
    "Each variable on all variables of the day before, less the person's own mean, in a mixed model with an intercept and "
    "effects that differ between people ({effects} covariance, restricted maximum likelihood; Epskamp et al., "
    "Multivariate Behavioral Research 2018; 53: 453-480). A pair is two days that follow each other; gaps stay gaps. "
    "Degrees of freedom by Satterthwaite. Variances estimated at zero are reported and no effect is left out; every fit "
    "carries a certificate. Within a day: partial correlations of what the day before leaves over, intervals by people as "
    "clusters. Between people: partial correlations of their means. Single people's effects are drawn towards those of "
    "all (empirical Bayes) and counted where their sign is certain enough. Stability: people drawn anew with "
    "replacement, covariances held; and the largest share of people that can be left out so that, with 95% probability, "
    "the network still correlates at least 0.7 with the whole one (Epskamp, Borsboom & Fried, Behavior Research Methods "
    "2018; 50: 195-212). Taking each person's own mean makes effects of a variable on itself too small, in "
    "simulated diaries with a fifth of the days missing by about 0.05 at 42 days and 0.02 at 84."
)


def compute(asked: Asked) -> Diary | NotEstimable | None:
    """None where the plan has no [diary]. Raises BadInput for a diary that cannot be used."""
    plan = asked.plan.diary
    if plan is None:
        return None
    from allay.science.diary.analysis import analyse

    return analyse(asked.connection, plan, asked.plan.study.confidence)


def method(results: Results) -> str:
    found = results.diary
    if not isinstance(found, Diary):
        return ""
    kinds = sorted({one.effects for one in found.models.values() if not isinstance(one, NotEstimable)})
    return METHOD.format(effects=" and ".join(kinds)) if kinds else ""
