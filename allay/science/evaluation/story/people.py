"""The sentences of a report about people's change: who improved and who worsened, and by what they were judged."""

from __future__ import annotations

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.change import ChangeCounts, ChangeMethod
from allay.science.report.words import Say, decimals_for, number, whole


def people_of(results: Results, outcome: OutcomeSummary, say: Say) -> list[str]:
    """One sentence for each arm that is shown, or one that says why people cannot be judged."""
    method = results.change_method[outcome.score]
    if isinstance(method, NotEstimable):
        return [
            say(
                "Reliable change in {score} is not counted: {reason}.",
                score=outcome.label,
                reason=method.not_estimable,
            )
        ]
    changes, arms = results.change[outcome.score], results.study.arms
    if len(arms) > 1:
        return [people(arm, changes[arm], method, say) for arm in arms]
    return [people(arms[0] if arms else say("Everybody"), changes[ALL], method, say)]


def people(name: str, one: ChangeCounts | NotEstimable, method: ChangeMethod, say: Say) -> str:
    """One arm's people: improved, unchanged, and always worsened and not measured."""
    if isinstance(one, NotEstimable):
        return say(
            "{name}: reliable change cannot be given, because {reason}.", name=name, reason=one.not_estimable
        )
    parts = {
        "name": name,
        "n": whole(one.n),
        "improved": whole(one.improved),
        "unchanged": whole(one.unchanged),
        "worsened": whole(one.worsened),
    }
    if method.relative_to != "own start":
        counts = say(
            "{name}: of {n} people, {improved} did reliably better than the average of everybody here, {unchanged} did "
            "as the average, {worsened} did reliably worse than it.",
            **parts,
        )
    else:
        counts = say(
            "{name}: of {n} measured at both timepoints, {improved} improved reliably, {unchanged} did not change "
            "reliably, {worsened} worsened reliably.",
            **parts,
        )
    return f"{counts} {_unmeasured(one.not_measured, method, say)}"


def _unmeasured(n: int, method: ChangeMethod, say: Say) -> str:
    if n == 0:
        return say("Nobody is missing.")
    if method.slopes is not None:
        return say.count(
            "{n} person has fewer than three scores.", "{n} people have fewer than three scores.", n
        )
    return say.count("{n} person was not measured at both.", "{n} people were not measured at both.", n)


# By what people are judged


def yardstick(results: Results, outcome: OutcomeSummary, say: Say) -> list[str]:
    """By what people were judged."""
    method = results.change_method[outcome.score]
    if isinstance(method, NotEstimable):
        return []
    found = [_rule(method, say)]
    if method.relative_to != "own start":
        found.append(relative(say))
    if method.cutoff is not None:
        found.append(_across(method, say))
    return found


def relative(say: Say) -> str:
    """What HLL and HLM are relative to."""
    return say(
        "This method compares people with the average of everybody here: who changed as the average did counts as "
        "unchanged, however far that was. It does not say how many people got better."
    )


def _rule(method: ChangeMethod, say: Say) -> str:
    if method.slopes is not None:
        return say(
            "Each person's slope over time is compared with the average slope of {people} people with at least three "
            "scores, {slope} points per unit of time, and drawn towards it as far as the person's own scores are few or "
            "uneven (empirical-Bayes slopes of a random-slope model, HLM). It counts where it is more than "
            "{z} of its standard errors away.",
            people=whole(method.slopes.people),
            slope=number(method.slopes.average_slope, 3),
            z=number(method.z, 2),
        )
    assert method.threshold is not None and method.reliability is not None and method.sd is not None
    decimals = decimals_for(method.sd)
    parts = {
        "threshold": number(method.threshold, decimals + 1),
        "reliability": number(method.reliability, 2),
        "sd": number(method.sd, decimals + 1),
        "source": say("at the first timepoint, of those measured at both")
        if method.sd_source == "baseline"
        else say("given in the plan"),
        "method": method.method,
    }
    match method.method:
        case "JT":
            return say(
                "A change counts as reliable when it is larger than {threshold} points: more than measurement error "
                "would explain, given a reliability of {reliability} and a standard deviation of {sd} ({source}).",
                **parts,
            )
        case "HA":
            return say(
                "A person's own change and the mean change are weighed by how reliable changes are. The result counts "
                "when it differs from none by more than {threshold} points (method {method}, one-sided; reliability "
                "{reliability}, standard deviation {sd}, {source}).",
                **parts,
            )
        case "HLL":
            return say(
                "A person's last score is compared with the one that people with the same first score reached on "
                "average. It counts when it differs by more than {threshold} points (method {method}; reliability "
                "{reliability}, standard deviation {sd}, {source}).",
                **parts,
            )
        case _:
            return say(
                "People with extreme first scores tend to score nearer the average the next time. A change counts as "
                "reliable when the last score is more than {threshold} points from what that alone would bring "
                "(method {method}; reliability {reliability}, standard deviation {sd}, {source}).",
                **parts,
            )


def _across(method: ChangeMethod, say: Say) -> str:
    decimals = decimals_for(method.sd) + 1
    assert method.cutoff is not None
    parts = {"cutoff": number(method.cutoff, decimals), "kind": method.cutoff_kind}
    if method.true_scores is not None:
        return say(
            "Recovered means reliably improved, on the clinical side of {cutoff} (cut-off {kind}, of true scores) at first "
            "and shown to be on the functional side at the end. Who worsened reliably and went the other way is counted "
            "too.",
            **parts,
        )
    return say(
        "Recovered means reliably improved and across the cut-off of {cutoff} (cut-off {kind}). Who worsened reliably "
        "and crossed it the other way is counted too.",
        **parts,
    )
