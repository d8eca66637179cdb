"""The one number the study asks about, wherever it was computed: by the primary model, or by analysis of covariance."""

from __future__ import annotations

from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import Results
from allay.science.evaluation.results.mixed import MixedModel


def main_effects(results: Results, score: str) -> dict[str, Estimate | NotEstimable]:
    """By arm other than the reference: the difference at the target; of a single group (`all`): the change up to it."""
    arms = results.study.arms
    if results.mixed is None:
        return _completers(results, score)
    model = results.mixed.models[score]
    if isinstance(model, NotEstimable):
        return dict.fromkeys(arms[1:] if len(arms) > 1 else [ALL], model)
    missing = NotEstimable(f"nobody was measured at {results.study.last}")
    if len(arms) < 2:
        return {ALL: model.changes[ALL].get(results.study.last, missing)}
    found = {arm: model.differences[arm].get(results.study.last) for arm in arms[1:]}
    return {arm: one.difference if one else missing for arm, one in found.items()}


def _completers(results: Results, score: str) -> dict[str, Estimate | NotEstimable]:
    if results.between[score]:
        return {arm: one.adjusted for arm, one in results.between[score].items()}
    one = results.within[score][ALL]
    return {ALL: one if isinstance(one, NotEstimable) else one.change}


def model_of(results: Results, score: str) -> MixedModel | None:
    """The primary model of a score, where there is one."""
    model = results.mixed.models[score] if results.mixed else None
    return model if isinstance(model, MixedModel) else None
