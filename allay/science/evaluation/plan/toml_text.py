"""Reading a plan's TOML: every way in which it can be no plan is refused in one line, and quickly.

Python's reader needs time in the square of the length of one dotted key: a key of a hundred thousand characters
would keep a machine busy for a minute. So a line with hundreds of full stops is refused before it is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from allay.science.evaluation.errors import BadInput, one_line

MOST_STOPS = 250  # full stops in one line; honest plans have some dozens
HEADER = re.compile(r"\s*\[(\[)?\s*([\w.\s\"'-]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def read_toml(content: bytes, name: str) -> dict[str, Any]:
    """The tables of a TOML file. Raises BadInput with the line where there is one to name."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(name, "is not UTF-8 text") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count(".") > MOST_STOPS:
            raise BadInput(name, f"line {number} has more than {MOST_STOPS} full stops; please break it up")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(name, f"is not TOML: {one_line(str(error), 200)}") from None
    except RecursionError:
        raise BadInput(name, "is nested too deeply") from None
    except ValueError:  # what Python says of a number with more than 4,300 digits
        raise BadInput(name, "holds a number that is too long") from None


def line_of(text: str, reason: str) -> int | None:
    """The line (from 1) that a refusal of `parse_plan` is about, as far as it can be told from its words."""
    if found := re.search(r"\bline (\d+)", reason):
        return int(found[1])
    key = reason.partition(":")[0]
    if re.fullmatch(r"[\w\[\].-]+", key) is None:
        return None
    places = dict(reversed(list(_places(text))))  # the first place of a name that stands twice
    while key and key not in places:
        key = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", key)
    return places.get(key)


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Each table and key as refusals name it (`outcomes[2].better`), with its line."""
    table, counts = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _table(header[2], bool(header[1]), counts)
            yield table, number
        elif key := KEY.match(line):
            yield f"{table}.{_bare(key[1])}".removeprefix("."), number


def _table(path: str, repeated: bool, counts: dict[str, int]) -> str:
    whole = ""
    parts = [_bare(part.strip()) for part in path.split(".")]
    for place, part in enumerate(parts, start=1):
        whole = f"{whole}.{part}".removeprefix(".")
        if repeated and place == len(parts):
            counts[whole] = counts.get(whole, 0) + 1
        if whole in counts:
            whole += f"[{counts[whole]}]"
    return whole


def _bare(name: str) -> str:
    return name.replace('"', "").replace("'", "")
