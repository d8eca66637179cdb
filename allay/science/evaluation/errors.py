"""What makes an evaluation impossible, said in one line."""

from __future__ import annotations

SHOWN_LENGTH = 40  # characters of a cell or name that are repeated in a message


class BadInput(Exception):
    """A table or plan cannot be used. Names the file and, where they exist, the row and the column (or key).

    `row` is the number a person sees: the line of a text file, the record of any other table.
    """

    def __init__(self, file: str, reason: str, *, row: int | None = None, column: str | None = None) -> None:
        self.file, self.reason, self.row, self.column = file, reason, row, column
        super().__init__(f"{self._place()}: {reason}")

    def _place(self) -> str:
        place = one_line(self.file, 200)
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {one_line(self.column)}"
        return place


def one_line(text: str, length: int = SHOWN_LENGTH) -> str:
    """Text as it may stand in a message: on one line, printable, short."""
    clean = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def quoted(text: str) -> str:
    return f'"{one_line(text)}"'


def listed(names: list[str] | tuple[str, ...], most: int = 12) -> str:
    """Names for a message: at most `most` of them, and how many more there are."""
    shown = ", ".join(one_line(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
