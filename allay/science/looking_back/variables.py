"""Which two things of a person's days may be set beside each other at all.

Chosen from each thing by itself, never from how two go together: so the choice cannot favour a chance finding.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from allay.content.schema import Thing

FEWEST_OTHERWISE = 5  # days that must differ from the commonest value: less hardly varies
MOST_PAIRS = 4  # all of them share one error rate: each further pair makes every interval wider
PRACTICE = "practice:any"
HELPED = "helped:"

Things = Mapping[str, Thing]


@dataclass(frozen=True)
class DayNoted:
    """One calendar day with a check-in.

    rows: what was tapped, 0 to 10; helped: the id of what helped, or nothing; practised: whether a practice was noted;
    moved: whether one of those was about moving or pacing.
    """

    day: date
    rows: Mapping[str, int]
    helped: str = ""
    practised: bool = False
    moved: bool = False

    def value(self, thing: str) -> float | None:
        """A row's number; else 1 or 0; None where the day does not tell."""
        if thing == PRACTICE:
            return float(self.practised)
        if thing.startswith(HELPED):
            return float(HELPED + self.helped == thing) if self.helped else None
        return self.rows.get(thing)


@dataclass(frozen=True)
class Pair:
    """`about`: a row of the check-in; `beside`: another row, a practice, or something that helped."""

    about: str
    beside: str

    @property
    def key(self) -> str:
        """What the person's word on it names, for example "mood~helped:somebody"."""
        return f"{self.about}~{self.beside}"

    def values(self, days: Iterable[DayNoted]) -> tuple[list[date], list[float], list[float]]:
        """The days on which both are known, with both values."""
        found = [(noted.day, noted.value(self.about), noted.value(self.beside)) for noted in days]
        both = [(day, a, b) for day, a, b in found if a is not None and b is not None]
        return [day for day, _, _ in both], [a for _, a, _ in both], [b for _, _, b in both]


def candidates(days: Sequence[DayNoted], things: Things, fewest: int) -> list[Pair]:
    """At most MOST_PAIRS, in the order of `things`. fewest: days on which both must be known.

    For each row: a practice, then what was said most often to have helped, then the rows after it.
    """
    pairs = (pair for pair in _thinkable(days, things) if _may(pair, days, things))
    return [pair for pair in pairs if _varies(pair, days, fewest)][:MOST_PAIRS]


def _thinkable(days: Sequence[DayNoted], things: Things) -> Iterator[Pair]:
    rows = [name for name, thing in things.items() if thing.row]
    beside = [*([PRACTICE] if PRACTICE in things else []), *_most_helped(days, things)]
    for number, about in enumerate(rows, start=1):
        for other in (*beside, *rows[number:]):
            yield Pair(about, other)


def _most_helped(days: Sequence[DayNoted], things: Things) -> list[str]:
    often = Counter(HELPED + noted.helped for noted in days)
    known = [name for name in often if name in things]
    return sorted(known, key=lambda name: (-often[name], name))[:1]


def _may(pair: Pair, days: Sequence[DayNoted], things: Things) -> bool:
    """Never pain with what somebody does: it invites to do less (clinical programme, layer 3)."""
    names = (pair.about, pair.beside)
    moving = pair.beside == PRACTICE and any(noted.moved for noted in days)
    doing = moving or any(things[name].doing for name in names)
    return not (doing and any(things[name].pain for name in names))


def _varies(pair: Pair, days: Sequence[DayNoted], fewest: int) -> bool:
    on, *sides = pair.values(days)
    return len(on) >= fewest and all(
        len(side) - max(Counter(side).values()) >= FEWEST_OTHERWISE for side in sides
    )
