"""What a section may look at: the people in DuckDB, the plan, what was found before, and whom to tell of progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import People, column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str, float], None]  # the step in words, the share done


def silent(_step: str, _share: float) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Asked:
    """connection: holds the table `people` (see `people`). done: results of earlier sections, by their names."""

    connection: DuckDBPyConnection
    plan: Plan
    people: People
    progress: Progress = silent
    done: dict[str, Any] = field(default_factory=dict)

    def columns(self, outcome: int) -> dict[str, str]:
        """Timepoint → column of `people` with that outcome."""
        return {name: column(outcome, place) for place, name in enumerate(self.plan.study.timepoints)}

    def person(self, name: str) -> str:
        """The column of `people` for one of the plan's columns about people."""
        return self.people.columns[name]

    @property
    def covariates(self) -> list[str]:
        return [self.person(name) for name in self.plan.model.covariates]

    @property
    def categories(self) -> list[str]:
        """Those covariates that are categories, as columns of `people`."""
        types = self.types
        named = {self.person(name) for name in self.plan.model.factors}
        return [name for name in self.covariates if name in named or types[name] == "VARCHAR"]

    @property
    def types(self) -> Mapping[str, str]:
        return {row[0]: row[1] for row in self.connection.execute("DESCRIBE people").fetchall()}

    def wide(self, outcome: int) -> str:
        """Makes a view of `people` with that outcome's first score as `base`, and gives its name."""
        name = f"wide_{outcome}"
        query = f"SELECT *, {column(outcome, 0)} AS base FROM people"
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
        return name

    def long(self, outcome: int, *, first: int = 0) -> str:
        """Makes a view of one row per measurement and gives its name.

        Columns: participant, arm (number in the plan), visit (place of the timepoint), y, base (the first score), and
        p0, p1, ... of `people`. Timepoints before the place `first` are left out.
        """
        name = f"long_{outcome}_{first}"
        base = column(outcome, 0)
        about = ", ".join(["participant", "arm", f"{base} AS base", *self.people.columns.values()])
        parts = [
            f"SELECT {about}, {place} AS visit, {column(outcome, place)} AS y FROM people"
            for place in range(first, len(self.plan.study.timepoints))
        ]
        rows = " UNION ALL ".join(parts)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM ({rows}) WHERE y IS NOT NULL"
        )
        return name
