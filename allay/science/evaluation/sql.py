"""Small pieces of SQL text for DuckDB: everything that comes from outside is quoted here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput, one_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "256MB"
MOST_THREADS = 4  # each takes its own read buffers


def open_workspace(folder: Path | None = None, memory: str = MEMORY) -> DuckDBPyConnection:
    """A DuckDB connection in bounded memory that spills into `folder`; without one, all in memory.

    It never loads or fetches an extension.
    """
    import os

    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": str(min(MOST_THREADS, os.cpu_count() or 1)),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(folder / "spill") if folder else "",
    }
    connection = duckdb.connect(str(folder / "workspace.duckdb") if folder else ":memory:", config=settings)
    connection.execute("SET enable_progress_bar = false")
    return connection


def identifier(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | float) -> str:
    """Text in single quotes, or a number that keeps every bit."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"'{float(value)!r}'::DOUBLE"


def failure(error: Exception) -> str:
    """The first line of what DuckDB says, without its own label."""
    first = (str(error).splitlines() or ["unknown reason"])[0]
    return one_line(first.split(": ", 1)[-1], 200)


@contextmanager
def refusal(data: str, out: str) -> Iterator[None]:
    """Turns what DuckDB cannot do on this machine into one line: no room on the disk, not enough memory."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise BadInput(data, f"needs more memory or disk than there is: {failure(error)}") from None
    except duckdb.IOException as error:
        full = any(sign in str(error) for sign in ("No space left", "File too large", "Disk quota"))
        reason = "there is no room left on the disk" if full else failure(error)
        raise BadInput(out, f"cannot be written: {reason}") from None
