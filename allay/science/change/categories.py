"""One person's category: reliably better or worse, across the cut-off or not, by an important amount or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.content.schema.shape import Direction
from allay.science.change.cutoffs import TrueStanding, crossed
from allay.science.change.reliable import ROUNDING, Z, reliable_change, sign
from allay.science.change.yardsticks import Reliable, verdict

Combined = Literal["recovered", "improved", "unchanged", "deteriorated", "harmed"]


@dataclass(frozen=True)
class PersonChange:
    """One person's change. `important` and `importantly_worse` are None where no important amount is given."""

    reliable: Reliable
    recovered: bool  # reliably improved, and crossed from the clinical to the functional side
    important: bool | None
    importantly_worse: bool | None
    index: float
    threshold: float
    harmed: bool = False  # reliably worsened, and crossed from the functional to the clinical side


def classify(
    before: float,
    after: float,
    *,
    better: Direction,
    sd: float,
    reliability: float,
    cutoff: float | None = None,
    important: float | None = None,
    z: float = Z,
) -> PersonChange:
    """One person's reliable change after Jacobson and Truax; `important` is an amount in points, above 0."""
    change = reliable_change(before, after, sd, reliability, z)
    found = verdict(sign(better) * change.index, z)
    category = combined(found, before, after, better, cutoff)
    amount = by_amount(before, after, better, important) if important is not None else None
    return PersonChange(
        reliable=found,
        recovered=category == "recovered",
        important=None if amount is None else amount == "improved",
        importantly_worse=None if amount is None else amount == "worsened",
        index=change.index,
        threshold=change.threshold,
        harmed=category == "harmed",
    )


def combined(
    reliable: Reliable, before: float, after: float, better: Direction, cutoff: float | None
) -> Combined:
    """Reliable change and the cut-off together. Without a cut-off nobody is recovered or harmed."""
    if reliable == "improved":
        over = cutoff is not None and crossed(before, after, cutoff, better)
        return "recovered" if over else "improved"
    if reliable == "worsened":
        back = cutoff is not None and crossed(after, before, cutoff, better)
        return "harmed" if back else "deteriorated"
    return "unchanged"


def combined_true(
    reliable: Reliable, before: float, after: float, better: Direction, standing: TrueStanding
) -> Combined:
    """The same after Hageman and Arrindell, where standing on the functional side has to be shown (`TrueStanding`).

    Recovered: clinical before, shown to be functional after. Harmed: functional before, and no longer shown to be so
    after. (The R package clinicalsignificance 2.1 also calls harmed who is still shown to be functional.)
    """
    side = sign(better) * (standing.cutoff - before)
    functional = standing.functional(after, better)
    if reliable == "improved":
        return "recovered" if side > ROUNDING and functional else "improved"
    if reliable == "worsened":
        return "harmed" if side < -ROUNDING and not functional else "deteriorated"
    return "unchanged"


def by_amount(
    before: float, after: float, better: Direction, amount: float, worse: float | None = None
) -> Reliable:
    """Change by at least an amount (inclusive), as one from an anchor; `worse` where getting worse counts sooner."""
    gain = sign(better) * (after - before)
    if gain >= amount - ROUNDING:
        return "improved"
    return "worsened" if -gain >= (amount if worse is None else worse) - ROUNDING else "unchanged"


def by_percentage(
    before: float, after: float, better: Direction, share: float, worse: float | None = None
) -> Reliable | None:
    """Change by at least a share of the first score (0.3 for 30 %). None, not computable, where that score is 0.

    Meant for scales whose 0 is the absence of what they measure. The change is taken as a share of the first score's
    size, so that the direction of change is not turned where scores are negative.
    """
    if abs(before) <= ROUNDING:
        return None
    lost = None if worse is None else worse * abs(before)
    return by_amount(before, after, better, share * abs(before), lost)
