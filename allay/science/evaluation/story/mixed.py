"""The primary model in the report: every outcome at the target, at every timepoint, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.estimates import Estimate, NotEstimable, Standardised
from allay.science.evaluation.main_effect import main_effects
from allay.science.evaluation.multiplicity import Test
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.mixed import MixedModel
from allay.science.evaluation.story.sentences import spread_of
from allay.science.report.blocks import Block, Heading, Items, Paragraph, Table
from allay.science.report.words import Say, decimals_for, number, p_value, percent, whole

NONE = "–"


def tell(results: Results, say: Say) -> Iterator[Block]:
    """The table of all outcomes at the target, then cautions."""
    if results.mixed is None:
        return
    yield Heading(say("All outcomes at {last}", last=results.study.last), "outcomes")
    yield _target_table(results, say)
    cautions = list(_cautions(results, say))
    if cautions:
        yield Paragraph(say("To be careful about:"))
        yield Items(tuple(cautions))
    yield from _timepoints_table(results, say)


def method(results: Results) -> str:
    """How the primary model was computed."""
    if results.mixed is None:
        return ""
    models = [model for model in results.mixed.models.values() if isinstance(model, MixedModel)]
    kind = models[0].kind if models else "clda"
    words = {
        "clda": (
            "Primary: a constrained longitudinal model (Liang and Zeger 2000) by restricted maximum likelihood. All "
            "scores of everybody measured at least once are outcomes, without a difference between arms at the first "
            "timepoint."
        ),
        "mmrm": (
            "Primary: a mixed model for repeated measures by restricted maximum likelihood, with the first score as a "
            "covariate at every later timepoint. Everybody with a first and at least one later score counts."
        ),
    }
    fitted = "; ".join(
        f"{score}: {model.covariance} covariance, {model.df_method} degrees of freedom, "
        f"{'model-based' if model.standard_errors == 'model' else model.standard_errors} standard errors"
        for score, model in results.mixed.models.items()
        if isinstance(model, MixedModel)
    )
    return (
        f"{words[kind]} Missing scores are taken to be missing at random given the scores that are there. "
        "Kenward-Roger: Kenward and Roger (1997), linear in the covariance. Therapy groups: a random effect shared by "
        "those who met, in the arm that met (Bauer, Sterba and Hallfors 2008). Standardised by the model's standard "
        f"deviation at the first timepoint. Every fit holds a certificate of convergence. {fitted}."
    )


# All outcomes


def _target_table(results: Results, say: Say) -> Table:
    tests = {
        (test.score, test.arm): test for test in (results.multiplicity.tests if results.multiplicity else ())
    }
    rows, reasons = [], []
    for outcome in results.study.outcomes:
        for arm, effect in main_effects(results, outcome.score).items():
            test = tests.get((outcome.score, arm))
            rows.append(
                (
                    outcome.label,
                    *_names(results, arm, say),
                    *_effect(results, outcome, arm, effect, test, say),
                )
            )
            if isinstance(effect, NotEstimable):
                reasons.append(f"{outcome.label}: {effect.not_estimable}.")
    return Table(
        caption=say("Every outcome at {last}", last=results.study.last),
        header=(
            *(say("Outcome"), say("Comparison"), say("Family"), say("Difference")),
            *(_level(results, say), say("p"), say("Corrected p"), say("In SDs"), _level(results, say)),
        ),
        rows=tuple(rows),
        heads=3,
        note=" ".join([_correction(results, say), *dict.fromkeys(reasons)]),
    )


def _names(results: Results, arm: str, say: Say) -> tuple[str]:
    if arm == ALL:
        return (say("change from {first}", first=results.study.first),)
    return (say("{arm} against {reference}", arm=arm, reference=results.study.arms[0]),)


def _effect(
    results: Results,
    outcome: OutcomeSummary,
    arm: str,
    effect: Estimate | NotEstimable,
    test: Test | None,
    say: Say,
) -> tuple[str, ...]:
    family = {"primary": say("primary"), "secondary": say("secondary"), "exploratory": say("exploratory")}
    kind = family[test.family] if test else NONE
    if isinstance(effect, NotEstimable):
        return (kind, *[NONE] * 6)
    decimals = decimals_for(spread_of(results, outcome.score))
    corrected = NONE if test is None or test.adjusted_p is None else p_value(test.adjusted_p)
    return (
        kind,
        number(effect.estimate, decimals),
        _interval(effect.low, effect.high, decimals, say),
        p_value(effect.p),
        corrected,
        *_standardised(results, outcome.score, arm, say),
    )


def _standardised(results: Results, score: str, arm: str, say: Say) -> tuple[str, str]:
    model = results.mixed.models[score] if results.mixed else None
    if not isinstance(model, MixedModel) or arm == ALL:
        return NONE, NONE
    one = model.differences[arm].get(results.study.last)
    if one is None or not isinstance(one.standardised, Standardised):
        return NONE, NONE
    found = one.standardised
    return number(found.estimate, 2), _interval(found.low, found.high, 2, say)


def _interval(low: float, high: float, decimals: int, say: Say) -> str:
    return say("{low} to {high}", low=number(low, decimals), high=number(high, decimals))


def _level(results: Results, say: Say) -> str:
    return say("{percent} interval", percent=percent(results.study.confidence))


def _correction(results: Results, say: Say) -> str:
    match results.multiplicity.method if results.multiplicity else "none":
        case "holm":
            return say(
                "Corrected within each family of outcomes (Holm). Exploratory outcomes are not corrected."
            )
        case "gatekeeping":
            return say(
                "Secondary outcomes count only when every primary one stands; within a family Holm's correction. "
                "Exploratory outcomes are not corrected."
            )
        case _:
            return say(
                "The plan asks for no correction: the more outcomes are looked at, the more easily one stands out by "
                "chance."
            )


# Cautions


def _cautions(results: Results, say: Say) -> Iterator[str]:
    mixed = results.mixed
    assert mixed is not None
    if results.meeting.note:
        yield say.verbatim(results.meeting.note)
    for outcome in results.study.outcomes:
        model = mixed.models[outcome.score]
        if isinstance(model, MixedModel):
            yield from (f"{outcome.label}: {say.verbatim(warning)}." for warning in model.warnings)
            yield from _boundary(outcome, model, say)


def _boundary(outcome: OutcomeSummary, model: MixedModel, say: Say) -> Iterator[str]:
    for what in model.certificate.boundary:
        yield f"{outcome.label}: {say.verbatim(what)}."


# Every timepoint


def _timepoints_table(results: Results, say: Say) -> Iterator[Block]:
    rows = list(_timepoint_rows(results, say))
    if not rows:
        return
    yield Table(
        caption=say("Difference between arms at every timepoint, by the model"),
        header=(
            *(say("Outcome"), say("Arms"), say("Timepoint"), say("Difference"), _level(results, say)),
            *(say("Standard error"), say("Degrees of freedom"), say("p")),
        ),
        rows=tuple(rows),
        heads=3,
        note=_joint(results, say),
    )


def _timepoint_rows(results: Results, say: Say) -> Iterator[tuple[str, ...]]:
    assert results.mixed is not None
    for outcome in results.study.outcomes:
        model = results.mixed.models[outcome.score]
        if isinstance(model, NotEstimable):
            continue
        decimals = decimals_for(spread_of(results, outcome.score))
        for arm, by_timepoint in model.differences.items():
            for timepoint, one in by_timepoint.items():
                if isinstance(one.difference, Estimate):
                    yield (
                        *(outcome.label, *_names(results, arm, say), timepoint),
                        number(one.difference.estimate, decimals),
                        _interval(one.difference.low, one.difference.high, decimals, say),
                        number(one.difference.se, decimals + 1),
                        number(one.difference.df, 1),
                        p_value(one.difference.p),
                    )


def _joint(results: Results, say: Say) -> str:
    assert results.mixed is not None
    found = []
    for outcome in results.study.outcomes:
        model = results.mixed.models[outcome.score]
        if isinstance(model, MixedModel) and not isinstance(model.joint, NotEstimable):
            found.append(
                say(
                    "{score}, all timepoints at once: F({df}, {denominator}) = {f}, p {p}.",
                    score=outcome.label,
                    df=whole(model.joint.df),
                    denominator=number(model.joint.df_denominator, 1),
                    f=number(model.joint.f, 2),
                    p=p_value(model.joint.p),
                )
            )
    return " ".join(found)
