"""A table of scores that only the cluster sees: a folder, or an address such as hdfs://registry/scores.parquet.

Files of this machine are staged as for DuckDB. Rows of a distributed table have no place in it, so that a fault names
the column and the cell, not the row. `connection` is a SparkConnection, which answers as DuckDB's does.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.staging import (
    Staged,
    stage_csv,
    stage_file,
    stage_source,
    wanted_columns,
)
from allay.science.evaluation.reading.text_file import DataFile, examine
from allay.science.evaluation.spark.reading import is_csv, layout_at
from allay.science.evaluation.sql import literal


def examine_for_cluster(path: str) -> DataFile:
    """What a table is. A file of this machine is looked at as for DuckDB; others have no hash. Raises BadInput."""
    if "://" not in path and not Path(path).is_dir():
        return examine(Path(path))
    return DataFile(Path(path), path, "csv" if is_csv(path) else "parquet", sha256="", encoding="utf-8")


def stage_for_cluster(connection: Any, data: DataFile, plan: Plan, folder: Path) -> Staged:
    """Stages what `examine_for_cluster` saw; `folder` takes temporary files. Raises BadInput."""
    if data.sha256:
        return stage_file(connection, data, plan, folder)
    return _stage_distributed(connection, data.name, plan)


def _stage_distributed(connection: Any, path: str, plan: Plan) -> Staged:
    if is_csv(path):
        with connection.refusals():
            layout = layout_at(connection.session, path, wanted_columns(plan))
        staged = stage_csv(connection, replace(layout, address=path), plan)
    else:
        staged = stage_source(connection, f"read_parquet({literal(path)})", plan, path)
    return replace(staged, name=path, row_of=lambda record: None)
