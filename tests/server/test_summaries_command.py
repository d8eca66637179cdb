"""`allay summaries` and `allay evaluate --federated` from outside: what is written, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from allay.server.cli import main

PLAN = """
[study]
arms = ["usual", "programme"]
timepoints = ["baseline", "week-12"]
[model]
covariates = ["age", "sex"]
[federated]
ranges = { age = { min = 18, max = 100 } }
levels = { sex = ["f", "m"] }
[[outcomes]]
score = "mood"
better = "lower"
range = { min = 0, max = 40, decimals = 1 }
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Two services' tables and the plan of both."""
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(3)
    (tmp_path / "plan.toml").write_text(PLAN)
    for name in ("north", "south"):
        lines = ["participant,arm,timepoint,mood,age,sex"]
        for person in range(48):
            first, age = draw.normal(20, 4), draw.integers(20, 80)
            about = f"{name}-{person},{('usual', 'programme')[person % 2]}"
            for place, timepoint in enumerate(("baseline", "week-12")):
                if place == 0 or person % 6:
                    score = first + draw.normal(0, 2) - 2 * place * (person % 2)
                    lines.append(f"{about},{timepoint},{score:.1f},{age},{'ffmm'[person % 4]}")
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def summaries(name, *more):
    return main(["summaries", f"{name}.csv", "--plan", "plan.toml", "--out", f"{name}.json", *more])


def federated(*names, out="result", more=()):
    return main(["evaluate", "--federated", *names, "--plan", "plan.toml", "--out", out, *more])


def test_two_services(desk, capsys):
    assert summaries("north") == summaries("south") == 0
    text = (desk / "north.json").read_text()
    assert "north-" not in text
    assert "people handed on" in capsys.readouterr().out
    assert federated("north.json", "south.json") == 0
    found = json.loads((desk / "result" / "results.json").read_text())
    assert {one["name"] for one in found["sites"]} == {"north.json", "south.json"}
    assert sum(one["people"]["mood"] + one["withheld"]["mood"] for one in found["sites"]) == 96
    assert found["mixed"]["mood"]["certificate"]["holds"]
    page = (desk / "result" / "report.html").read_text()
    assert "What was handed on" in page
    assert federated("south.json", "north.json", more=["--overwrite"]) == 0
    assert json.loads((desk / "result" / "results.json").read_text())["mixed"] == found["mixed"]


def refused(capsys, code):
    told = capsys.readouterr().err
    assert code == 2
    assert len(told.splitlines()) == 1
    assert not [path for path in Path().iterdir() if path.name.startswith(".allay")]
    return told


def test_refusals_are_one_line_and_write_nothing(desk, capsys):
    assert summaries("north") == 0
    capsys.readouterr()
    assert "exists already" in refused(capsys, summaries("north"))
    assert "a site counts once" in refused(capsys, federated("north.json", "north.json"))
    assert "cannot be read" in refused(capsys, federated("none.json"))
    (desk / "other.json").write_text("{}")
    assert "is no file of allay summaries" in refused(capsys, federated("other.json"))
    (desk / "plan.toml").write_text(PLAN + "\n")
    assert "another plan" in refused(capsys, federated("north.json"))
    assert "neither DATA" in refused(
        capsys,
        main(
            ["evaluate", "north.csv", "--federated", "north.json", "--plan", "plan.toml", "--out", "result"]
        ),
    )
    assert "give a table" in refused(capsys, main(["evaluate", "--plan", "plan.toml", "--out", "result"]))
    assert not (desk / "result").exists()


def test_a_value_out_of_range_is_refused(desk, capsys):
    path = desk / "north.csv"
    path.write_text(path.read_text() + "north-x,usual,baseline,41,50,f\n")
    assert "leaves its agreed range 0 to 40" in refused(capsys, summaries("north"))
    path.write_text(path.read_text().replace(",41,50,f", ",30,50,x"))
    assert '"sex" holds "x", which its levels do not name' in refused(capsys, summaries("north"))
    assert not (desk / "north.json").exists()
