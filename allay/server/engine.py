"""What `--engine` chooses: DuckDB in this process, or a Spark cluster."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DUCKDB = "duckdb"


def add_engine(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        metavar="ENGINE",
        default=DUCKDB,
        help="duckdb (default), or the master of a Spark cluster: local[2], spark://host:7077, yarn, ...",
    )


@contextmanager
def cluster(master: str) -> Iterator[Any]:
    """A Spark cluster that answers like a DuckDB connection. Raises BadInput."""
    from allay.science.evaluation.spark import SparkConnection
    from allay.server.spark_session import spark_session

    with spark_session(master) as session:
        connection = SparkConnection(session)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def model_data(path: str, engine: str) -> Iterator[Any]:
    """The data of one model as `mmrm` and `growth` take them. Raises BadInput."""
    if engine == DUCKDB:
        yield path
        return
    with cluster(engine) as connection:
        yield connection, connection.read(path)
