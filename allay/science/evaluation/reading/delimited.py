"""The layout of a CSV file: separator, header, and which line a record stands on.

DuckDB reads the file; this module finds the separator beforehand, and afterwards, only when there is
something to complain about, walks through the file again to name the line that a person would look at.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from allay.science.evaluation.errors import BadInput, listed, one_line

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 3_000_000  # bytes; a cell of two megabytes still passes


@dataclass(frozen=True)
class Layout:
    path: Path  # UTF-8 text with even line ends
    name: str  # of the file as the person wrote it; for messages
    separator: str
    header: tuple[str, ...]
    address: str = ""  # where a cluster finds it, if not under `path`

    def position(self, column: str) -> int:
        """Where a column stands. Raises BadInput when it is missing or stands twice."""
        found = [number for number, name in enumerate(self.header) if name == column]
        if not found:
            raise BadInput(
                self.name, f"there is no column {one_line(column)}; the file has: {listed(self.header)}"
            )
        if len(found) > 1:
            raise BadInput(self.name, "the header has this column more than once", row=1, column=column)
        return found[0]

    def line_of(self, record: int) -> int:
        """The line on which a record begins; records count from 0 below the header, blank lines do not count."""
        for number, (line, _) in enumerate(self._records()):
            if number == record:
                return line
        raise LookupError(record)

    def fault(self) -> BadInput | None:
        """The first record that is not of the header's shape, or None."""
        try:
            for line, cells in self._records():
                if len(cells) != len(self.header) and cells[len(self.header) :] != [""]:
                    reason = f"has {len(cells)} cells, but the header names {len(self.header)} columns"
                    return BadInput(self.name, reason, row=line)
        except BadInput as broken:
            return broken
        return None

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each record below the header with the line it begins on. Raises BadInput at broken quotes."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = _reader(file, self.separator)
            begins = 1
            try:
                for number, cells in enumerate(reader):
                    if number and cells:
                        yield begins, cells
                    begins = reader.line_num + 1
            except csv.Error as error:
                raise BadInput(self.name, _about_quotes(str(error)), row=begins) from None


def _about_quotes(error: str) -> str:
    if "field larger" in error or "unexpected end" in error:
        return "a quotation mark is opened and never closed"
    return "a quotation mark stands where none can be"


def _reader(file: TextIO, separator: str, strict: bool = True) -> CsvReader:
    csv.field_size_limit(LONGEST_LINE)
    return csv.reader(file, delimiter=separator, strict=strict)


def find_layout(path: Path, name: str, wanted: tuple[str, ...]) -> Layout:
    """The separator under which the header names most of the wanted columns, and then most columns.

    Raises BadInput for a file without a header or without rows below it.
    """
    layouts = [Layout(path, name, separator, _header(path, name, separator)) for separator in SEPARATORS]
    best = max(layouts, key=lambda layout: (len(set(wanted) & set(layout.header)), len(layout.header)))
    if not any(best.header):
        raise BadInput(name, "the first row is blank; it must name the columns")
    return best


def _header(path: Path, name: str, separator: str) -> tuple[str, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            cells: list[str] = next(_reader(file, separator, strict=False), [])
        except csv.Error as error:
            raise BadInput(name, _about_quotes(str(error)), row=1) from None
    return tuple(cell.strip() for cell in cells)
