"""A plan as people read it. Whatever is not told in a sentence stands below with its key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from allay.records.models import Study

if TYPE_CHECKING:
    from allay.science.evaluation import Plan
    from allay.science.evaluation.plan import Outcome

TOLD = {"study", "outcomes", "columns", "blinding"}


@dataclass(frozen=True)
class OutcomeWords:
    label: str
    score: str
    better: str
    primary: bool
    change: str  # by what a person's change is judged; empty where it is not


@dataclass(frozen=True)
class PlanWords:
    """title, then sentences under their terms, the outcomes, and the rest by keys."""

    title: str
    facts: tuple[tuple[str, str], ...]
    outcomes: tuple[OutcomeWords, ...]
    rest: tuple[tuple[str, str], ...]


def words(study: Study, plan: "Plan") -> PlanWords:
    return PlanWords(
        title=plan.study.title or study.name,
        facts=tuple(_facts(study, plan)),
        outcomes=tuple(_outcome(place == plan.primary, one) for place, one in enumerate(plan.outcomes)),
        rest=tuple(_rest(plan)),
    )


def _facts(study: Study, plan: "Plan") -> Iterator[tuple[str, str]]:
    arms = {arm.key: arm.name for arm in study.arms.all()}
    titles = {timepoint.key: timepoint.title for timepoint in study.timepoints.all()}
    named = [arms.get(key, key) for key in plan.study.arms]
    if len(named) > 1:
        said = {"reference": named[0], "others": ", ".join(named[1:])}
        yield _("Compares"), _("%(others)s with %(reference)s") % said
    else:
        yield _("About"), named[0] if named else _("everybody together, whatever their arm")
    yield _("Design"), _design(plan.study.declared_design)
    yield _("Timepoints"), ", ".join(titles.get(key, key) for key in plan.study.timepoints)
    span = {"first": titles.get(plan.first, plan.first), "last": titles.get(plan.last, plan.last)}
    yield _("Change"), _("from “%(first)s” to “%(last)s”") % span
    yield _("Intervals"), f"{100 * plan.study.confidence:g} %"
    if plan.blinding:
        yield _("Blinds"), _blinds(plan.blinding.roles, plan.blinding.until, titles)


def _design(design: str) -> str:
    return {
        "randomised": _("randomised"),
        "comparison": _("a comparison that was not randomised"),
        "single-group": _("one group, before and after"),
    }[design]


def _blinds(roles: tuple[str, ...], until: object, titles: dict[str, str]) -> str:
    who = {"researcher": _("researchers"), "facilitator": _("facilitators")}
    end = (
        _("an administrator declares the data complete")
        if until == "database-lock"
        else titles.get(str(until), str(until))
    )
    said = {"who": get_text_list([who[role] for role in roles], _("and")), "end": end}
    return _("%(who)s see nothing by arm until: %(end)s") % said


def _outcome(primary: bool, outcome: "Outcome") -> OutcomeWords:
    better = _("higher is better") if outcome.better == "higher" else _("lower is better")
    return OutcomeWords(outcome.title, outcome.score, better, primary, _change(outcome))


def _change(outcome: "Outcome") -> str:
    if outcome.change is None:
        return ""
    given = outcome.change.model_dump(mode="json", exclude_unset=True)
    return ", ".join(f"{key} {_value(value)}" for key, value in given.items())


def _rest(plan: "Plan") -> Iterator[tuple[str, str]]:
    """Every other key that the plan sets."""
    given = plan.model_dump(mode="json", exclude_unset=True)
    for key, value in given.items():
        if key not in TOLD:
            yield from _flat(key, value)
    for key, value in given.get("columns", {}).items():
        yield f"columns.{key}", _value(value)


def _flat(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(f"{key}.{name}", part)
    else:
        yield key, _value(value)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return " ".join(f"{key} {_value(one)}" for key, one in value.items())
    return str(value)
