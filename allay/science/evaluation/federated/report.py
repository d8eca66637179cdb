"""What several services found together, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import sqrt

from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.federated.together import AddedCounts, Together
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import OutcomeSummary
from allay.science.evaluation.results.mixed import MixedModel, ModelMean
from allay.science.report.blocks import Block, Document, Facts, Heading, Items, Paragraph, Table
from allay.science.report.html import render
from allay.science.report.words import Say, decimals_for, number, p_value, percent, whole

NONE = "–"


def documents(found: Together, say: Say | None = None) -> dict[str, str]:
    """Relative file name → text."""
    told = json.dumps(found.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    return {"results.json": f"{told}\n", "report.html": render(report(found, say or Say()))}


def report(found: Together, say: Say) -> Document:
    """The report as blocks."""
    blocks = [*_answer(found, say), *_outcomes(found, say), *_means(found, say), *_people(found, say)]
    blocks += [*_handed_on(found, say), *_limits(found, say), *_origin(found, say)]
    words = {"contents": say("Contents"), "numbers": say("The numbers in this picture")}
    services = say.count("{n} service", "{n} services", len(found.sites))
    subtitle = " · ".join([services, ", ".join(found.study.arms), found.evaluated_at[:10]])
    title = found.study.title or say("{score}: what changed", score=_primary(found).label)
    return Document(title, subtitle, "en", tuple(blocks), words)


def _primary(found: Together) -> OutcomeSummary:
    return next(outcome for outcome in found.study.outcomes if outcome.primary)


def effects(found: Together, score: str) -> dict[str, Estimate | NotEstimable]:
    """At the target: by arm other than the reference the difference, of a single group the change."""
    model, study = found.mixed[score], found.study
    arms = study.arms[1:] if len(study.arms) > 1 else [ALL]
    if isinstance(model, NotEstimable):
        return dict.fromkeys(arms, model)
    missing = NotEstimable(f"nobody was measured at {study.last}")
    if arms == [ALL]:
        return {ALL: model.changes[ALL].get(study.last, missing)}
    known = {arm: model.differences[arm].get(study.last) for arm in arms}
    return {arm: one.difference if one else missing for arm, one in known.items()}


def _decimals(found: Together, score: str) -> int:
    model = found.mixed[score]
    return decimals_for(sqrt(model.covariances[0][0][0]) if isinstance(model, MixedModel) else None)


def _answer(found: Together, say: Say) -> Iterator[Block]:
    outcome = _primary(found)
    yield Heading(say("The question and the answer"), "answer")
    if question := found.study.estimand.get("question"):
        yield Paragraph(say.verbatim(question))
    for arm, effect in effects(found, outcome.score).items():
        yield Paragraph(_sentence(found, outcome, arm, effect, say), "lead")
    better = say("Lower is better.") if outcome.better == "lower" else say("Higher is better.")
    yield Paragraph(better)


def _sentence(
    found: Together, outcome: OutcomeSummary, arm: str, effect: Estimate | NotEstimable, say: Say
) -> str:
    if isinstance(effect, NotEstimable):
        return say("{score}: not estimable, for {reason}.", score=outcome.label, reason=effect.not_estimable)
    places = _decimals(found, outcome.score)
    words = {
        "score": outcome.label,
        "last": found.study.last,
        "size": number(effect.estimate, places),
        "level": percent(found.study.confidence),
        "low": number(effect.low, places),
        "high": number(effect.high, places),
        "p": p_value(effect.p),
    }
    if arm == ALL:
        return say(
            "{score} changed by {size} points from {first} to {last} ({level} interval {low} to {high}; p {p}).",
            **words,
            first=found.study.first,
        )
    return say(
        "At {last}, the mean {score} of {arm} less that of {reference} is {size} points ({level} interval {low} to "
        "{high}; p {p}).",
        **words,
        arm=arm,
        reference=found.study.arms[0],
    )


def _outcomes(found: Together, say: Say) -> Iterator[Block]:
    rows = []
    for outcome in found.study.outcomes:
        places = _decimals(found, outcome.score)
        for arm, one in effects(found, outcome.score).items():
            if isinstance(one, NotEstimable):
                rows.append((outcome.label, arm, one.not_estimable, NONE, NONE, NONE, NONE))
                continue
            numbers = (number(one.estimate, places), number(one.low, places), number(one.high, places))
            rows.append((outcome.label, arm, *numbers, number(one.df, 1), p_value(one.p)))
    header = (say("Outcome"), say("Arm"), say("Difference"), say("From"), say("To"), say("df"), say("p"))
    yield Heading(say("All outcomes at {last}", last=found.study.last), "outcomes")
    yield Table(say("Every outcome at {last}", last=found.study.last), header, tuple(rows), heads=2)


def _means(found: Together, say: Say) -> Iterator[Block]:
    rows = []
    for outcome in found.study.outcomes:
        model = found.mixed[outcome.score]
        if isinstance(model, MixedModel):
            places = _decimals(found, outcome.score)
            for arm, by_time in model.means.items():
                shown = [_mean(by_time.get(timepoint), places) for timepoint in found.study.timepoints]
                rows.append((outcome.label, arm, *shown))
    if rows:
        header = (say("Outcome"), say("Arm"), *(say.verbatim(name) for name in found.study.timepoints))
        yield Table(say("Means by the model"), header, tuple(rows), heads=2)


def _mean(one: ModelMean | NotEstimable | None, places: int) -> str:
    return number(one.mean, places) if isinstance(one, ModelMean) else NONE


def _people(found: Together, say: Say) -> Iterator[Block]:
    rows, reasons = [], []
    for outcome in found.study.outcomes:
        for arm, one in found.change[outcome.score].items():
            if isinstance(one, AddedCounts):
                counts = (one.improved, one.unchanged, one.worsened, one.sites)
                rows.append((outcome.label, arm, *(whole(n) for n in counts)))
            else:
                reasons.append(f"{outcome.label}, {arm}: {one.not_estimable}.")
    yield Heading(say("Who improved, and who worsened"), "people")
    if rows:
        header = (say("Outcome"), say("Arm"), say("Improved"), say("No reliable change"), say("Worsened"))
        caption = say("People by reliable change, of the services that could hand on their counts")
        yield Table(caption, (*header, say("Services")), tuple(rows), heads=2)
    if reasons:
        yield Items(tuple(reasons))


def _handed_on(found: Together, say: Say) -> Iterator[Block]:
    labels = {outcome.score: outcome.label for outcome in found.study.outcomes}
    rows = tuple(
        (one.name, labels[score], whole(one.people[score]), whole(one.withheld[score]))
        for one in found.sites
        for score in labels
    )
    header = (say("Service"), say("Outcome"), say("People handed on"), say("People withheld"))
    yield Heading(say("What was handed on"), "sites")
    note = say(
        "Sums are handed on for people of one arm with the same timepoints measured, where they are {fewest} or more. "
        "Those withheld are in no number of this report.",
        fewest=whole(found.fewest),
    )
    yield Table(say("Services"), header, rows, heads=2, note=note)


def _limits(found: Together, say: Say) -> Iterator[Block]:
    yield Heading(say("What this cannot show"), "limits")
    yield Paragraph(say("Rows never left the services. Without them there are no:"))
    yield Items(tuple(found.absent))
    warned = {
        f"{score}: {warning}"
        for score, model in found.mixed.items()
        if isinstance(model, MixedModel)
        for warning in model.warnings
    }
    if warned:
        yield Items(tuple(sorted(warned)))


def _origin(found: Together, say: Say) -> Iterator[Block]:
    yield Heading(say("Methods and origin"), "methods")
    yield Paragraph(
        say(
            "Each service reduced its people to counts and exact sums of products, by the pattern of measured "
            "timepoints within each arm; these were added, and the model of the plan was fitted to the sum, as it "
            "would have been to the rows."
        )
    )
    facts = [(say("Plan"), found.plan_sha256), *((one.name, one.fingerprint) for one in found.sites)]
    facts += list(found.versions.items())
    yield Facts(tuple(facts))
