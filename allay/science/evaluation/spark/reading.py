"""Files as views of a Spark session, with the columns, types and missing cells that DuckDB would see in them.

Parquet brings its types. A CSV file is read as text, and each column then has the narrowest type that all its cells
fit, by DuckDB's rules: truth value, whole number of 64 bits, number, text. Numbers in other bases (0x10) stay text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.reading.delimited import LONGEST_LINE, Layout, find_layout

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

RECORD = "__record"  # the number of a row in its file, from 0
TRUTH = r"(?i)\A(?:true|false|t|f|yes|no)\z"
WHOLE = r"\A *(?:-[0-9]+|0|[1-9][0-9]*) *\z"
REAL = r"\A *-?(?:(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))\z"


def view_of(session: SparkSession, call: Any) -> str:
    """The view of one read_csv(...) or read_parquet(...) of DuckDB's SQL."""
    from sqlglot import exp

    if isinstance(call, exp.ReadParquet):
        return _named(_parquet(session, call.expressions[0].this))
    options = {one.this.name: one.expression for one in call.expressions}
    path = call.this.this
    if "columns" in options:
        names = [one.this.name for one in options["columns"].expressions]
        return _named(_text(session, path, names, options["delim"].this))
    missing = [one.this for one in options["nullstr"].expressions]
    return _named(_typed(session, path, missing))


def view_of_path(session: SparkSession, path: str) -> str:
    """The view of a file or folder with typed columns. A name ending in .csv, .tsv or .txt is CSV, others Parquet."""
    if not path.strip():
        raise BadInput(path, "is no name of a file")
    if is_csv(path):
        return _named(_typed(session, path, ["", "NA"]))
    return _named(_parquet(session, path).drop(RECORD))


def is_csv(path: str) -> bool:
    """By the first bytes of a file that this machine can read, else by the name."""
    if "://" not in path and Path(path).is_file():
        try:
            with Path(path).open("rb") as file:
                return file.read(4) != b"PAR1"
        except OSError as error:
            raise BadInput(path, f"cannot be read: {error.strerror}") from None
    return path.rstrip("/").casefold().endswith((".csv", ".tsv", ".txt"))


def _named(frame: DataFrame) -> str:
    name = f"file_{uuid4().hex[:12]}"
    frame.createOrReplaceTempView(name)
    return name


def _parquet(session: SparkSession, path: str) -> DataFrame:
    from pyspark.sql import functions as F

    frame = session.read.parquet(_address(path))
    one_file = "://" not in path and Path(path).is_file()
    number = F.col("_metadata.row_index") if one_file else F.monotonically_increasing_id()
    return frame.select("*", number.alias(RECORD))


def _address(path: str) -> str:
    """The path as Hadoop takes it: nothing in a local name is a wildcard."""
    if "://" in path:
        return path
    local = Path(path).absolute()
    if not local.exists():
        raise BadInput(path, "cannot be read: there is no such file")
    return re.sub(r"([\\{}\[\]*?,])", r"\\\1", str(local))


def _text(session: SparkSession, path: str, names: list[str], separator: str) -> DataFrame:
    """Every cell as text, under these names; RECORD counts the records of one file from 0."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StringType, StructField, StructType

    shape = StructType([StructField(name, StringType()) for name in names])
    frame = session.read.csv(
        _address(path),
        schema=shape,
        sep=separator,
        header=True,
        quote='"',
        escape='"',
        multiLine=True,
        mode="FAILFAST",
        enforceSchema=True,
        maxCharsPerColumn=LONGEST_LINE,
        encoding="UTF-8",
    )
    return frame.select("*", F.monotonically_increasing_id().alias(RECORD))


def _typed(session: SparkSession, path: str, missing: list[str]) -> DataFrame:
    """A CSV file with a type for each column."""
    from pyspark.sql import functions as F

    layout = layout_at(session, path)
    text = _text(session, path, [f"c{place}" for place in range(len(layout.header))], layout.separator)
    present = text.select(
        *(
            F.when(F.col(f"c{place}").isin(missing), None).otherwise(F.col(f"c{place}")).alias(f"c{place}")
            for place in range(len(layout.header))
        )
    )
    kinds = _kinds(present)
    names = _different(layout.header)
    return present.select(
        *(
            _as(F.col(f"c{place}"), kind).alias(name)
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        )
    )


def _kinds(text: DataFrame) -> list[str]:
    """The narrowest type that all cells of each column fit; text where there are none."""
    from pyspark.sql import functions as F

    tests = []
    for name in text.columns:
        cell = F.col(name)
        whole = cell.rlike(WHOLE) & F.trim(cell).try_cast("bigint").isNotNull()
        for test in (cell.rlike(TRUTH), whole, cell.rlike(REAL) | cell.rlike(WHOLE)):
            tests.append(F.bool_and(F.when(cell.isNotNull(), test)))
    found = text.agg(*tests).collect()[0]
    kinds = []
    for place in range(len(text.columns)):
        fits = found[3 * place : 3 * place + 3]
        named = zip(("boolean", "bigint", "double"), fits, strict=True)
        kinds.append(next((kind for kind, fit in named if fit), "string"))
    return kinds


def _as(cell: Column, kind: str) -> Column:
    from pyspark.sql import functions as F

    if kind == "boolean":
        return F.lower(cell).isin(["true", "t", "yes"])
    return cell if kind == "string" else F.trim(cell).cast(kind)


def _different(header: tuple[str, ...]) -> list[str]:
    """Names that no two columns share, upper and lower case being the same, as DuckDB makes them."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        times = seen.get(name.casefold(), 0)
        names.append(f"{name}_{times}" if times else name)
        seen[name.casefold()] = times + 1
    return names


def layout_at(session: SparkSession, path: str, wanted: tuple[str, ...] = ()) -> Layout:
    """Separator and header; of a file that only the cluster can see, from its first line."""
    if "://" not in path and Path(path).is_file():
        return find_layout(Path(path), path, wanted)
    from tempfile import TemporaryDirectory

    first = session.read.text(_address(path)).head(1)
    if not first:
        raise BadInput(path, "is empty")
    with TemporaryDirectory(prefix="allay-") as folder:
        head = Path(folder, "head.csv")
        head.write_text(first[0][0] + "\n", encoding="utf-8")
        return find_layout(head, path, wanted)
