"""Sites' summaries, added exactly, and the models of the plan fitted to the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Literal

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.evaluate import study_summary
from allay.science.evaluation.federated.files import fingerprint
from allay.science.evaluation.federated.question import (
    Question,
    collapsed,
    empty_view,
    question,
    summed,
)
from allay.science.evaluation.federated.site import Counts, Site, comparable
from allay.science.evaluation.meeting import Meeting
from allay.science.evaluation.mixed import summary
from allay.science.evaluation.models.compressed import compress
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import ModelError, Unestimable
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.gather import known_means
from allay.science.evaluation.models.mmrm import Gathered, Request, fitted
from allay.science.evaluation.models.summaries import Header, Summaries
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.reading.people import People
from allay.science.evaluation.results import StudySummary
from allay.science.evaluation.results.mixed import MixedModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT: Literal[1] = 1
ABSENT = (
    "medians, quartiles, smallest and largest scores",
    "standard deviations by arm and the comparison of those measured at both ends",
    "therapy groups: people who met may resemble each other, and intervals may be too narrow",
    "important change, recovery, harms, and analyses of missing scores",
)


@dataclass(frozen=True)
class SiteSummary:
    """people and withheld: by score, those whose sums were handed on and those whose were not."""

    name: str
    fingerprint: str
    people: dict[str, int]
    withheld: dict[str, int]


@dataclass(frozen=True)
class AddedCounts:
    """People by reliable change, of the sites that could hand their counts on."""

    sites: int
    improved: int
    unchanged: int
    worsened: int


@dataclass(frozen=True)
class Together:
    """Everything that `allay evaluate --federated` found; the report says nothing that is not in here."""

    format: Literal[1]
    study: StudySummary
    fewest: int
    sites: list[SiteSummary]
    mixed: dict[str, MixedModel | NotEstimable]
    change: dict[str, dict[str, AddedCounts | NotEstimable]]
    absent: list[str]
    plan: dict[str, Any]
    plan_sha256: str
    evaluated_at: str
    versions: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def questions(connection: DuckDBPyConnection, plan: Plan) -> dict[str, tuple[Question, Design, Header]]:
    """By score: what is asked, and what the numbers of everybody's sums mean. Raises BadInput."""
    found = {}
    for number, outcome in enumerate(plan.outcomes):
        asked = question(plan, number)
        try:
            made, nobody = summed(connection, empty_view(connection, asked), asked)
        except ModelError as fault:
            raise BadInput("the plan", f"model: {fault.reason}") from None
        found[outcome.score] = (asked, made, nobody.header)
    return found


def together(
    sites: Sequence[tuple[str, Site]],
    plan: Plan,
    asked: Mapping[str, tuple[Question, Design, Header]],
    *,
    evaluated_at: str,
    versions: dict[str, str],
) -> Together:
    """The sites' answer, in whatever order they stand. Raises BadInput for a site given twice."""
    _refuse_twice(sites)
    ordered = sorted(sites, key=lambda one: fingerprint(one[1]))
    return Together(
        format=FORMAT,
        study=study_summary(plan),
        fewest=plan.federated.fewest,
        sites=[_site(name, one) for name, one in ordered],
        mixed={
            score: _model(reduce(add, (one.sums[score] for _, one in ordered)), *asked[score][:2])
            for score in asked
        },
        change={
            outcome.score: _change([one for _, one in ordered], plan, number)
            for number, outcome in enumerate(plan.outcomes)
        },
        absent=list(ABSENT),
        plan=plan.model_dump(mode="json", exclude_none=True),
        plan_sha256=ordered[0][1].plan_sha256,
        evaluated_at=evaluated_at,
        versions=versions,
    )


def _refuse_twice(sites: Sequence[tuple[str, Site]]) -> None:
    seen: dict[str, str] = {}
    for name, one in sites:
        mark = fingerprint(one)
        if mark in seen and any(sums.cells for sums in one.sums.values()):
            raise BadInput(name, f"holds the same summaries as {seen[mark]}: a site counts once")
        seen[mark] = name


def _site(name: str, one: Site) -> SiteSummary:
    people = {score: sums.people for score, sums in one.sums.items()}
    return SiteSummary(
        name, fingerprint(one), people, {score: sums.withheld for score, sums in one.sums.items()}
    )


def _model(total: Summaries, asked: Question, made: Design) -> MixedModel | NotEstimable:
    """The plan's model of the sum."""
    by_arm = asked.plan.model.covariance_by_arm and asked.arms
    summaries = total if by_arm else collapsed(total)
    measured = {visit for cell in summaries.cells for visit in cell.key.observed}
    for place, visit in zip(asked.places, range(len(asked.places)), strict=True):
        if visit not in measured:
            timepoint = asked.plan.study.timepoints[place]
            return NotEstimable(f"no sums of people measured at {timepoint} were handed on")
    request = _request(asked, by_arm)
    try:
        means = known_means(made, summaries)
        gathered = Gathered(made, summaries, compress(summaries, made), means, (), _warnings(total))
        fit = fitted(request, gathered)
    except Unestimable as fault:
        return NotEstimable(str(fault))
    nobody = Meeting({}, None, None, ignored=False, note="")
    return summary(Asked(None, asked.plan, People({}, 0, 0, {})), fit, nobody)  # type: ignore[arg-type]


def _request(asked: Question, by_arm: bool) -> Request:
    model = asked.plan.model
    return Request(
        parse(asked.formula),
        "participant",
        "visit",
        covariance=model.covariance,
        covariance_by="arm" if by_arm else None,
        df=model.df,
        factors=frozenset({"arm", *asked.levels}),
        constrained=asked.constrained,
        confidence=asked.plan.study.confidence,
    )


def _warnings(total: Summaries) -> tuple[str, ...]:
    if not total.withheld:
        return ()
    return (f"the sums of {total.withheld} people were withheld: too few had the same timepoints measured",)


def _change(sites: Sequence[Site], plan: Plan, number: int) -> dict[str, AddedCounts | NotEstimable]:
    arms = plan.study.arms or (ALL,)
    if not comparable(plan, number):
        reason = "services judge alike only by method JT with an sd that the plan gives"
        return dict.fromkeys(arms, NotEstimable(reason))
    score = plan.outcomes[number].score
    return {arm: _added([one.change.get(score, {}).get(arm) for one in sites]) for arm in arms}


def _added(given: Sequence[Counts | None]) -> AddedCounts | NotEstimable:
    known = [one for one in given if one is not None]
    if not known:
        return NotEstimable("no service could hand on its counts")
    improved, unchanged, worsened = (sum(one[place] for one in known) for place in range(3))
    return AddedCounts(len(known), improved, unchanged, worsened)
