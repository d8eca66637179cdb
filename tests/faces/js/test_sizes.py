"""A phone with a weak signal pays for every byte: what the first page loads stays small."""

import gzip
import re
from pathlib import Path

FACES = Path(__file__).parents[3] / "allay" / "faces"
SCRIPTS = FACES / "participant/static/participant"
FIRST_IMPORT = re.compile(r'^import .* from "\./([a-z]+\.js)";$', re.MULTILINE)


def packed(path):
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def with_imports(name, found=None):
    """A module and all that it loads at once; what it loads later, by import(), is not counted."""
    found = found if found is not None else set()
    if name not in found:
        found.add(name)
        for other in FIRST_IMPORT.findall((SCRIPTS / name).read_text()):
            with_imports(other, found)
    return found


def test_the_style_sheet_is_small():
    assert packed(FACES / "shared/static/shared/allay.css") <= 9_000


def test_scripts_of_an_ordinary_page_are_small():
    assert sum(packed(SCRIPTS / name) for name in with_imports("app.js")) <= 9_000


def test_style_sheet_scripts_and_font_leave_room_for_the_first_page():
    files = [SCRIPTS / name for name in with_imports("app.js")] + [FACES / "shared/static/shared/allay.css"]
    font = FACES / "shared/static/shared/fonts/atkinson-hyperlegible-next.woff2"
    assert sum(map(packed, files)) + font.stat().st_size <= 52_000


def test_every_script_is_short():
    longest = {path.name: len(path.read_text().splitlines()) for path in SCRIPTS.glob("*.js")}
    assert {name: lines for name, lines in longest.items() if lines > 100} == {}


def test_no_script_writes_markup_or_evaluates_text():
    words = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        ".style.",
    )
    for path in SCRIPTS.glob("*.js"):
        assert not [word for word in words if word in path.read_text()], path.name
