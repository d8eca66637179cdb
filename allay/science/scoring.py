"""One completed instrument in, its scores out.

Every value is made of whole numbers until the last step: the answered items (reversed where the
definition says so) are added as integers, a prorated sum is multiplied as an integer, and one
division ends it. `scoring_table` does the same in 64-bit floats, in which whole numbers below 2**53
are exact and one division is correctly rounded: so both give the same bits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allay.content.schema import Band, Instrument, Item, Scale, ScoreRule

SHOWN_LENGTH = 40  # of an answer or item name that is repeated in a reason


@dataclass(frozen=True)
class ScoreValue:
    """A score of one response. `value` is None when too few items were answered."""

    id: str
    value: float | None
    answered: int
    of: int
    prorated: bool  # there is a value, and it stands on fewer answers than the score has items


@dataclass(frozen=True)
class AnswerFault:
    """An answer that cannot be kept. `reason` is a plain sentence of at most 200 characters."""

    item: str
    reason: str


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> tuple[ScoreValue, ...]:
    """All scores of one response, in the order of the definition.

    A skipped item is None or absent. Raises ValueError with the first reason of `faults`:
    an answer outside its scale never becomes part of a score.
    """
    if found := faults(instrument, answers):
        raise ValueError(found[0].reason)
    return tuple(_score_by(instrument, rule, answers) for rule in instrument.scores)


def faults(instrument: Instrument, answers: Mapping[str, object]) -> tuple[AnswerFault, ...]:
    """What is wrong with these answers; empty when they can be kept. None (skipped) is fine."""
    items = {item.id: item for item in instrument.items}
    found = (_fault(instrument, items, key, answer) for key, answer in answers.items())
    return tuple(fault for fault in found if fault)


def points(item: Item, scale: Scale, answer: int) -> int:
    """What an answer counts: itself, or its mirror image on the scale when the item is reversed."""
    return scale.low + scale.high - answer if item.reverse else answer


def band_of(rule: ScoreRule, value: float) -> Band | None:
    """The interpretation a score falls into; None when the rule has no bands or the value lies below all.

    A prorated score may fall between two bands (9.1 between "5 to 9" and "10 to 14"): it belongs to the
    lower one, because it has not reached the next.
    """
    reached = [band for band in rule.bands if band.low <= value]
    return max(reached, key=lambda band: band.low, default=None)


def allowed(scale: Scale) -> str:
    """The permitted answers in words: "from 0 to 3", or "one of 0, 2, 5" when some are left out."""
    values = sorted(scale.values)
    if values == list(range(values[0], values[-1] + 1)):
        return f"a whole number from {values[0]} to {values[-1]}"
    listed = ", ".join(str(value) for value in values[:12])
    return f"one of {listed}" + (" ..." if len(values) > 12 else "")


def shown(value: object) -> str:
    """A value as it may be repeated in a reason: short, on one line, nothing executable or invisible."""
    if isinstance(value, str):
        return ascii(value[:SHOWN_LENGTH] + ("..." if len(value) > SHOWN_LENGTH else ""))[:80]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else "a very large number"
    if isinstance(value, float):
        return repr(value)
    return f"a value of type {type(value).__name__[:SHOWN_LENGTH]}"


def _score_by(instrument: Instrument, rule: ScoreRule, answers: Mapping[str, int | None]) -> ScoreValue:
    counted = list(_counted(instrument, rule, answers))
    answered, of = len(counted), len(rule.items)
    value = None if answered < rule.min_answered else _value(rule, sum(counted), answered)
    return ScoreValue(rule.id, value, answered, of, value is not None and answered < of)


def _counted(instrument: Instrument, rule: ScoreRule, answers: Mapping[str, int | None]) -> Iterable[int]:
    for item in instrument.items:
        answer = answers.get(item.id)
        if item.id in rule.items and answer is not None:
            yield points(item, instrument.scale_of(item), answer)


def _value(rule: ScoreRule, total: int, answered: int) -> float:
    return (total * len(rule.items) if rule.method == "sum" else total) / answered


def _fault(instrument: Instrument, items: Mapping[str, Item], key: str, answer: object) -> AnswerFault | None:
    item = items.get(key)
    if item is None:
        return AnswerFault(str(key)[:SHOWN_LENGTH], f"{shown(key)} is not an item of {instrument.id}.")
    scale = instrument.scale_of(item)
    if answer is None or (type(answer) is int and answer in scale.values):
        return None
    return AnswerFault(item.id, f"{item.id} takes {allowed(scale)}, not {shown(answer)}."[:200])
