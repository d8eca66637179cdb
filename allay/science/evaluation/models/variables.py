"""What a model knows of its columns: which are factors, which are numbers, and how they move over the visits."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Factor:
    """A column of categories; the first level is the reference.

    `by_visit` holds the level's number at each visit where the factor is a function of the visit (as the visit
    itself is). `varies`: it changes within people in some other way.
    """

    name: str
    levels: tuple[str, ...]
    by_visit: tuple[int, ...] | None = None
    varies: bool = False


@dataclass(frozen=True)
class Number:
    """A column of numbers. `shift` is subtracted inside the database, so that sums stay small."""

    name: str
    shift: float = 0.0
    by_visit: tuple[float, ...] | None = None
    varies: bool = False


Variable = Factor | Number


@dataclass(frozen=True, order=True)
class Feature:
    """A product of the values of one person: numbers (shifted) and indicators of factor levels.

    `numbers` and `levels` are sorted; the empty feature is the constant 1.
    """

    numbers: tuple[str, ...] = ()
    levels: tuple[tuple[str, int], ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.numbers, *(name for name, _ in self.levels))


CONSTANT = Feature()
