"""`allay power`: a table and an answer, the curve as a picture, one line for anything wrong."""

import json
import signal
import subprocess
import sys
import time

import pytest

from allay.server.cli import main

PLAN = """
[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week 12"]
[[outcomes]]
score = "phq8"
better = "lower"
[power]
effect = -3
sd = 5
people = [20, 40]
dropout = 0.1
"""
QUICK = ["--replicates", "40"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path


def test_a_table_and_an_answer(desk, capsys):
    assert main(["power", "plan.toml", *QUICK]) == 0
    said = capsys.readouterr().out
    assert "A true difference of -3 points (0.6 SD)" in said
    assert "40 simulated trials of each size, seed 1" in said
    assert {path.name for path in desk.iterdir()} == {"plan.toml"}


def test_the_numbers_and_the_curve_are_written(desk, capsys):
    assert main(["power", "plan.toml", *QUICK, "--out", "power"]) == 0
    assert "Curve: power/power.svg" in capsys.readouterr().out
    found = json.loads((desk / "power/power.json").read_text())
    assert [point["people"] for point in found["points"]] == [[10, 10], [20, 20]]
    assert (desk / "power/power.svg").read_text().startswith("<svg")
    assert main(["power", "plan.toml", *QUICK, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nothing.toml"], "allay power: nothing.toml: does not exist"),
        (["plan.toml", "--replicates", "0"], "allay power: replicates: between 1 and"),
        (["plan.toml", "--processes", "0"], "allay power: processes: at least one"),
        (["plan.toml", *QUICK, "--out", "full"], "allay power: full: exists already"),
        (["bad.toml"], "allay power: bad.toml: power.icc"),
        (["mad.toml"], "allay power: mad.toml: power.dropout: one number, or one for each"),
    ],
)
def test_anything_wrong_is_one_line(desk, capsys, options, words):
    (desk / "full").mkdir()
    (desk / "full" / "file").touch()
    (desk / "bad.toml").write_text(PLAN + "group_size = 8\nicc = 1\n")
    (desk / "mad.toml").write_text(PLAN.replace("dropout = 0.1", "dropout = [0.1, 0.1]"))
    assert main(["power", *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(words)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("processes", ["1", "2"])
def test_interrupted_it_leaves_nothing(desk, processes):
    long = ["power", "plan.toml", "--replicates", "200000", "--out", "power", "--processes", processes]
    running = subprocess.Popen(
        [sys.executable, "-m", "allay.server.cli", *long],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in running.stderr:
        if "trials" in line:
            break
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert {path.name for path in desk.iterdir()} == {"plan.toml"}
