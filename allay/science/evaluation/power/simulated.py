"""The simulation study that comes with Allay: `simulated.toml`, as the report's methods page shows it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from allay.science.evaluation.power.study import EACH, GROUPS, ICCS, METHODS, PEOPLE, Individual, Nested

FILE = Path(__file__).with_name("simulated.toml")


@dataclass(frozen=True)
class Simulated:
    """When and with what it was made, and the figures in the order of `study`. small: a short run for a test."""

    date: str
    trials: int
    seed: int
    versions: dict[str, str]
    individual: tuple[Individual, ...]
    nested: tuple[Nested, ...]
    small: tuple[Individual, Nested]


@cache
def simulated() -> Simulated:
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Simulated:
    """What `written` wrote."""
    found = tomllib.loads(text)
    about, small = found["about"], found["small"]
    return Simulated(
        about["date"],
        about["trials"],
        about["seed"],
        dict(about["versions"]),
        tuple(Individual(**row) for row in found["individual"]),
        tuple(Nested(**row) for row in found["nested"]),
        (Individual(**small["individual"]), Nested(**small["nested"])),
    )


def written(study: Simulated) -> str:
    """The study as TOML."""
    lines = [
        "# Made by ./run bench simulation --write; do not edit by hand.",
        "",
        "[about]",
        f'date = "{study.date}"',
        f"trials = {study.trials}",
        f"seed = {study.seed}",
        f"versions = {_mapping(study.versions)}",
    ]
    for individual in study.individual:
        lines += ["", "[[individual]]", *_individual(individual)]
    for nested in study.nested:
        lines += ["", "[[nested]]", *_nested(nested)]
    lines += ["", "[small.individual]", *_individual(study.small[0])]
    lines += ["", "[small.nested]", *_nested(study.small[1])]
    return "\n".join(lines) + "\n"


def _individual(one: Individual) -> list[str]:
    return [
        f"people = {one.people}",
        f"trials = {one.trials}",
        f"type_1_error = {_mapping(one.type_1_error)}",
        f"not_answered = {one.not_answered}",
    ]


def _nested(one: Nested) -> list[str]:
    return [
        f"groups = {one.groups}",
        f"icc = {one.icc}",
        f"trials = {one.trials}",
        f"coverage = {_mapping(one.coverage)}",
        f"no_groups = {one.no_groups}",
        f"not_answered = {one.not_answered}",
    ]


def _mapping(values: dict[str, float] | dict[str, str]) -> str:
    inner = ", ".join(
        f'"{name}" = ' + (f'"{value}"' if isinstance(value, str) else str(value))
        for name, value in values.items()
    )
    return f"{{ {inner} }}"


__all__ = [
    "EACH",
    "GROUPS",
    "ICCS",
    "METHODS",
    "PEOPLE",
    "Individual",
    "Nested",
    "Simulated",
    "read",
    "simulated",
]
