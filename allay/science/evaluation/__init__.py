"""The evaluation engine: a table of scores and a plan in, results with their uncertainty out.

Usable as a library without the rest of the house:

    plan, _ = load_plan(Path("plan.toml"))
    connection = open_workspace(folder)
    staged = stage_file(connection, examine(Path("data.csv")), plan, folder)
    results = evaluate(connection, staged, plan, provenance)

The way through: `reading` understands a file, brings it into DuckDB, refuses faults by row and column and makes one row
per person; `moments` reduces these to counts and sums, and `describe`, `effect` and `change_counts` turn sums into
numbers. `plan` says what is asked, `results` holds the shapes of the answers, `tables` and `story` show them.
`mmrm` and `growth` (`models/`) are mixed models for scripts and `allay fit`.

Models are loaded when they are asked for: reading a plan loads no numerical library.
"""

from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.evaluate import evaluate
from allay.science.evaluation.plan import Plan, load_plan, parse_plan
from allay.science.evaluation.reading.staging import stage_file, stage_relation, stage_rows
from allay.science.evaluation.reading.text_file import examine
from allay.science.evaluation.results import Data, NotEstimable, PlanSource, Provenance, Results
from allay.science.evaluation.sql import open_workspace

if TYPE_CHECKING:
    from allay.science.evaluation.models import growth, mmrm

__all__ = [
    "BadInput",
    "Data",
    "NotEstimable",
    "Plan",
    "PlanSource",
    "Provenance",
    "Results",
    "evaluate",
    "examine",
    "growth",
    "load_plan",
    "mmrm",
    "open_workspace",
    "parse_plan",
    "stage_file",
    "stage_relation",
    "stage_rows",
]


def __getattr__(name: str) -> object:
    if name not in ("growth", "mmrm"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from allay.science.evaluation import models

    return getattr(models, name)
