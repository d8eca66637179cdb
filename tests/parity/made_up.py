"""Instruments made up for tests: by hand, and at random for properties."""

from collections.abc import Mapping
from datetime import date

from hypothesis import strategies as st

from allay.content.schema import Instrument, Item, Licence, Scale, ScoreRule

LICENCE = Licence(status="own", basis="made up for tests", source="tests", checked_on=date(2026, 1, 1))
FROM_0_TO_3 = Scale(values=(0, 1, 2, 3))


def rule(score_id: str, items: tuple[str, ...], **given: object) -> ScoreRule:
    return ScoreRule.model_validate(
        {
            "id": score_id,
            "method": "sum",
            "items": items,
            "min_answered": len(items),
            "missing_rule": "made up for tests",
            "better": "lower",
            **given,
        }
    )


def instrument(
    *rules: ScoreRule,
    items: tuple[str, ...] = ("q1", "q2", "q3", "q4"),
    reverse: tuple[str, ...] = (),
    scale: Scale = FROM_0_TO_3,
) -> Instrument:
    return Instrument(
        id="made-up",
        version="1.0",
        recall="now",
        licence=LICENCE,
        scales={"only": scale},
        items=tuple(Item(id=name, scale="only", reverse=name in reverse) for name in items),
        scores=rules or (rule("total", items),),
    )


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Up to twelve items on up to three scales (also with holes and negative values), up to four scores."""
    scales = draw(st.lists(scale_shapes(), min_size=1, max_size=3))
    names = [f"q{number}" for number in range(draw(st.integers(1, 12)))]
    items = tuple(
        Item(id=name, scale=f"s{draw(st.integers(0, len(scales) - 1))}", reverse=draw(st.booleans()))
        for name in names
    )
    return Instrument(
        id="made-up",
        version="1.0",
        recall="now",
        licence=LICENCE,
        scales={f"s{number}": scale for number, scale in enumerate(scales)},
        items=items,
        scores=tuple(draw(score_rules(f"score-{n}", names)) for n in range(draw(st.integers(1, 4)))),
    )


def scale_shapes() -> st.SearchStrategy[Scale]:
    values = st.lists(st.integers(-20, 100), min_size=2, max_size=11, unique=True).map(sorted)
    return values.map(lambda found: Scale(values=tuple(found)))


@st.composite
def score_rules(draw: st.DrawFn, score_id: str, names: list[str]) -> ScoreRule:
    items = tuple(draw(st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True)))
    method = draw(st.sampled_from(["sum", "mean"]))
    return rule(score_id, items, method=method, min_answered=draw(st.integers(1, len(items))))


def answers_to(made: Instrument) -> st.SearchStrategy[Mapping[str, int | None]]:
    return st.fixed_dictionaries(
        {item.id: st.one_of(st.none(), st.sampled_from(made.scale_of(item).values)) for item in made.items}
    )
