"""Rules of the house that no library checks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
CODE = sorted(path for path in (HOUSE / "allay").rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((HOUSE / "tests").rglob("*.py"))
DRAWERS = {"utils", "helpers", "common", "core", "base", "misc", "manager"}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_the_house_allows():
    long = [path for path in CODE if lines(path) > 400] + [path for path in TESTS if lines(path) > 600]
    assert not long


def test_templates_are_short():
    assert not [path for path in (HOUSE / "allay").rglob("*.html") if lines(path) > 120]


def test_no_drawer_without_a_name():
    backend = HOUSE / "allay/server/sqlite/base.py"  # the name that Django looks for
    assert not [path for path in CODE if path != backend and DRAWERS & {path.stem, path.parent.name}]


def test_only_verbs_write():
    writing = re.compile(r"\.(save|create|bulk_create|get_or_create|update_or_create|delete)\(")
    outside = [
        f"{path.relative_to(HOUSE)}:{number}"
        for path in CODE
        if "services" not in path.parts and "models" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if writing.search(line) and "objects" in line
    ]
    assert not outside


def test_every_verb_takes_actor_and_clock():
    unsigned = []
    for path in CODE:
        if "services" not in path.parts or path.stem in {"audit", "entries", "tries"}:
            continue
        for block in re.split(r"\n(?=@transaction\.atomic\n)", path.read_text(encoding="utf-8"))[1:]:
            head = block[: block.index(":\n    ")]
            if "codes.py" in str(path) and "def redeem(" in head:
                continue  # nobody is signed in yet: the code says who
            if not re.search(r"\(\s*\*,", head) or "by: " not in head or "at: datetime" not in head:
                unsigned.append(f"{path.name}: {head.splitlines()[1]}")
    assert not unsigned


def test_no_template_has_inline_style_or_script():
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*(src=|application/json))|hx-on", re.I)
    found = [
        f"{path.name}:{number}"
        for path in (HOUSE / "allay/faces").rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if inline.search(line)
    ]
    assert not found


def test_nothing_is_loaded_from_elsewhere():
    elsewhere = re.compile(r"""(src|href|url\(|import|fetch\()\s*=?\s*["'(]?https?://""", re.I)
    kinds = {".html", ".css", ".js"}
    found = [
        str(path.relative_to(HOUSE))
        for path in (HOUSE / "allay").rglob("*")
        if path.suffix in kinds and path.name != "htmx.min.js" and elsewhere.search(path.read_text("utf-8"))
    ]
    assert not found


STRAYS = {
    "layers": ("allay/science/change/__init__.py", "from allay.records import errors"),
    "django": ("allay/science/change/__init__.py", "from django.conf import settings"),
    "content": ("allay/content/errors.py", "import numpy"),
    "faces": ("allay/faces/participant/urls.py", "from allay.faces.facilitator import urls as other"),
    "queries": ("allay/records/queries/people.py", "from allay.records.services import codes"),
}


@pytest.mark.parametrize("file, line", STRAYS.values(), ids=STRAYS.keys())
def test_a_stray_import_breaks_its_contract(tmp_path, file, line):
    import shutil

    shutil.copytree(
        HOUSE / "allay", tmp_path / "allay", ignore=shutil.ignore_patterns("static", "__pycache__")
    )
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    stray = tmp_path / file
    stray.write_text(stray.read_text("utf-8") + f"\n{line}\n", encoding="utf-8")
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert checked.returncode == 1
    assert "BROKEN" in checked.stdout


def test_every_setting_is_explained_to_administrators():
    named = re.findall(
        r'(?:text|flag|number)\("([A-Z_]+)"', (HOUSE / "allay/server/settings.py").read_text("utf-8")
    )
    manual = (HOUSE / "docs/administrator.md").read_text("utf-8")
    assert not [name for name in set(named) if f"ALLAY_{name}" not in manual]


def test_starting_the_web_loads_no_numerical_library():
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE']='tests.settings'; import django; django.setup();"
        "import allay.server.urls, allay.server.asgi;"
        "print([name for name in ('numpy','scipy','duckdb','narwhals') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
