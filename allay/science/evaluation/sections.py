"""The parts of an evaluation beyond description and change, in the order in which the report tells them.

To add one:

1. the shape of its result: frozen dataclasses in a module of its own, which imports from `estimates` and never from
   `results`; and a field of that name in `results.Results` (`None` where the plan does not ask for it);
2. what a plan may ask: a pydantic `Shape` in a module of its own, which imports names from `plan_model` and never
   from `plan`; and one field with a default in `plan.Plan`;
3. `compute(asked)`: the result, or None. A number that cannot be had is NotEstimable with its reason; only a plan
   that makes no sense for this table raises BadInput;
4. `tell(results, say)`: its blocks, a Heading first. Only numbers that stand in the results (a test sees to it).
   Figures among them are written to figures/ as well. `method(results)`: how it was computed, for the last pages;
5. the `Section` at the end of this file, the schema (`python -m allay.science.evaluation.results.schema`), docs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from allay.science.diary import section as diary_section
from allay.science.diary import story as diary_story
from allay.science.evaluation import compared, flow, harms, meeting, mixed, multiplicity, simulation
from allay.science.evaluation.asked import Asked
from allay.science.evaluation.mechanisms import planned
from allay.science.evaluation.missing import section as missing
from allay.science.evaluation.story import compared as story_compared
from allay.science.evaluation.story import flow as story_flow
from allay.science.evaluation.story import harms as story_harms
from allay.science.evaluation.story import mechanisms as story_mechanisms
from allay.science.evaluation.story import missing as story_missing
from allay.science.evaluation.story import mixed as story_mixed
from allay.science.report.blocks import Block
from allay.science.report.words import Say

if TYPE_CHECKING:
    from allay.science.evaluation.results import Results

__all__ = ["SECTIONS", "Asked", "Section", "computed"]

Chapter = Literal["people", "answer", "change", "more"]


def _silent(_results: Results, _say: Say) -> Iterable[Block]:
    return ()


def _no_method(_results: Results) -> str:
    return ""


@dataclass(frozen=True)
class Section:
    """name: the field of `Results`. step: what progress says while it is computed, as "comparing the arms".

    chapter: where the report tells it: with the people, the answer, who improved and worsened, or after these.
    """

    name: str
    step: str
    compute: Callable[[Asked], Any]
    tell: Callable[[Results, Say], Iterable[Block]] = _silent
    method: Callable[[Results], str] = _no_method
    chapter: Chapter = "more"


SECTIONS = (
    Section("flow", "counting people", flow.compute, story_flow.tell, chapter="people"),
    Section("meeting", "looking for therapy groups", meeting.compute),
    Section("mixed", "fitting the models", mixed.compute, story_mixed.tell, story_mixed.method, "answer"),
    Section(
        "compared", "comparing people", compared.compute, story_compared.tell, story_compared.method, "change"
    ),
    Section("harms", "counting harms", harms.compute, story_harms.tell, story_harms.method, "change"),
    Section("multiplicity", "looking at all tests at once", multiplicity.compute),
    Section(
        "missing", "asking about missing scores", missing.compute, story_missing.tell, story_missing.method
    ),
    Section(
        "mechanisms", "asking through what", planned.compute, story_mechanisms.tell, story_mechanisms.method
    ),
    Section("simulation", "recalling simulated trials", simulation.compute),
    Section("diary", "reading the diary", diary_section.compute, diary_story.tell, diary_section.method),
)


def computed(asked: Asked) -> dict[str, Any]:
    """All sections' results by name; each may look at those before it in `asked.done`."""
    for place, section in enumerate(SECTIONS):
        asked.progress(section.step, place / len(SECTIONS))
        asked.done[section.name] = section.compute(asked)
    return dict(asked.done)
