"""`allay fit` on data that make models fail: an estimate with a warning, or one line that says why not."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from allay.server.cli import main
from allay.server.commands import fit as command
from tests.science.models.trials import Columns, changed, kept, trial

FORMULA = "y ~ x + arm*visit"


def written(columns: Columns, folder: Path) -> str:
    path = folder / "trial.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return str(path)


def asked(capsys, columns, folder, *options, formula=FORMULA):
    """Exit code, JSON and the lines on standard error."""
    data = [written(columns, folder), "--formula", formula, "--subject", "id", "--visit", "visit"]
    code = main(["fit", *data, *options, "--json"])
    shown = capsys.readouterr()
    return (
        code,
        json.loads(shown.out) if shown.out else None,
        [line for line in shown.err.splitlines() if "still at work" not in line],
    )


def rows(columns, test):
    return [row for row in range(len(columns["y"])) if test({name: columns[name][row] for name in columns})]


def baseline(columns):
    first = {}
    for person, y in zip(columns["id"], columns["y"], strict=True):
        first.setdefault(person, y)
    return [first[person] for person in columns["id"]]


REFUSED = {
    "one person per arm": (lambda c: kept(c, rows(c, lambda row: row["id"] < 2)), "explain the outcome"),
    "constant outcome": (lambda c: changed(c, y=[3.0] * len(c["y"])), "same outcome"),
    "follow-up equal to baseline": (lambda c: changed(c, y=baseline), "singular"),
    "covariate equal to the outcome": (lambda c: changed(c, x=baseline, y=baseline), "explain the outcome"),
    "infinite outcome": (lambda c: changed(c, y=[float("inf"), *c["y"][1:]]), "infinite"),
    "infinite covariate": (lambda c: changed(c, x=[float("-inf"), *c["x"][1:]]), "infinite"),
    "no outcome": (lambda c: changed(c, y=[""] * len(c["y"])), "not a column of numbers"),
    "contradicting rows": (
        lambda c: {name: v * 2 for name, v in c.items()} | {"y": [*c["y"], *(y + 1 for y in c["y"])]},
        "two different rows",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_answer_in_one_line(capsys, tmp_path, name):
    change, reason = REFUSED[name]
    code, found, said = asked(capsys, change(trial(40, 4)), tmp_path)
    assert code == 2
    assert len(said) == 1
    assert reason in said[0]
    assert found is None or set(found) == {"not_estimable"}


ANSWERED = {
    "scaled by 1e8": (lambda c: changed(c, y=[v * 1e8 for v in c["y"]]), 1e8),
    "shifted by 1e9": (lambda c: changed(c, y=[v + 1e9 for v in c["y"]]), 1.0),
    "duplicated rows": (lambda c: {name: v * 2 for name, v in c.items()}, 1.0),
    "an arm named __class__": (
        lambda c: changed(c, arm=["__class__" if v else "!" for v in c["arm"]]),
        1.0,
    ),
    "shuffled rows": (lambda c: kept(c, list(reversed(range(len(c["y"]))))), 1.0),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_the_same_answer(capsys, tmp_path, name):
    change, scale = ANSWERED[name]
    plain = asked(capsys, trial(40, 4), tmp_path)[1]["coefficients"][-1]
    code, found, _ = asked(capsys, change(trial(40, 4)), tmp_path)
    assert code == 0
    last = found["coefficients"][-1]
    assert last["estimate"] == pytest.approx(plain["estimate"] * scale, rel=1e-8)
    assert last["se"] == pytest.approx(plain["se"] * scale, rel=1e-8)
    assert last["df"] == pytest.approx(plain["df"], rel=1e-8)


def test_a_visit_of_one_arm_only(capsys, tmp_path):
    columns = trial(40, 4)
    apart = kept(columns, rows(columns, lambda row: not (row["arm"] == 1 and row["visit"] == 4)))
    code, found, _ = asked(capsys, apart, tmp_path)
    assert code == 0
    assert found["coefficients"][-1]["estimate"] is None
    assert "not_estimable" in found["contrasts"][-1]
    assert any("arm1:visit4" in warning for warning in found["warnings"])


def test_collinear_covariates(capsys, tmp_path):
    columns = changed(trial(40, 4), z=lambda c: [2 * v + 1 for v in c["x"]])
    code, found, _ = asked(capsys, columns, tmp_path, formula="y ~ x + z + arm*visit")
    assert code == 0
    assert [one["name"] for one in found["coefficients"] if one["estimate"] is None] == ["z"]
    assert any('"z"' in warning or " z" in warning for warning in found["warnings"])


def test_nothing_after_baseline(capsys, tmp_path):
    columns = trial(40, 4)
    code, found, _ = asked(capsys, kept(columns, rows(columns, lambda row: row["visit"] == 1)), tmp_path)
    assert code == 0
    assert [one["name"] for one in found["coefficients"]] == ["(Intercept)", "x", "arm1"]


def test_thirty_visits(capsys, tmp_path):
    code, found, _ = asked(capsys, trial(20, 30), tmp_path, formula="y ~ x + arm + visit")
    assert code == 0
    assert found["covariance_structure"] != "us"
    assert found["attempts"][0]["reason"] == "not more people than visits"
    assert found["warnings"]


@pytest.mark.parametrize(
    "formula",
    ["y ~ __import__('os').system('true')", "y ~ x; import os", "y ~ I(x^2)", "y ~ x + eval('1')", "y ~ (x"],
)
def test_code_in_a_formula_is_no_formula(capsys, tmp_path, formula):
    code, found, said = asked(capsys, trial(20, 3), tmp_path, formula=formula)
    assert (code, found, len(said)) == (2, None, 1)


GROUPED = ["--group", "g", "--group-arm", "1"]


@pytest.mark.parametrize("vcov", [[], ["--vcov", "CR0"], ["--vcov", "CR2"], ["--vcov", "CR3"]])
@pytest.mark.parametrize("weights", [[], ["--weights", "weight"]])
@pytest.mark.parametrize("groups", [[], GROUPED])
@pytest.mark.parametrize("ml", [[], ["--ml"]])
@pytest.mark.parametrize("factor", [[], ["--factor", "site"]])
def test_options_go_together(capsys, tmp_path, vcov, weights, groups, ml, factor):
    columns = trial(60, 3, groups=6, seed=4)
    formula = FORMULA + (" + site" if factor else "")
    code, found, _ = asked(
        capsys,
        columns,
        tmp_path,
        *vcov,
        *weights,
        *groups,
        *ml,
        *factor,
        "--covariance",
        "csh",
        formula=formula,
    )
    assert code == 0
    assert found["certificate"]["holds"]
    assert found["vcov"] == (vcov[1] if vcov else "model")
    assert found["df"] == ("bell-mccaffrey" if vcov else "satterthwaite" if ml else "kenward-roger")
    assert ("group_variance" in found["covariance"]) if groups else isinstance(found["covariance"], list)
    assert all(one["se"] > 0 and one["df"] > 0 for one in found["coefficients"])


@pytest.mark.parametrize("vcov", [[], ["--vcov", "CR0"], ["--vcov", "CR2"], ["--vcov", "CR3"]])
@pytest.mark.parametrize("random", ["1|id", "week|id", "week||id"])
def test_random_effects_with_every_sandwich(capsys, tmp_path, vcov, random):
    options = ["--random", random, *vcov, "--ml", "--factor", "site"]
    code, found, _ = asked(capsys, trial(40, 4), tmp_path, *options, formula="y ~ x + site + arm*week")
    assert code == 0
    assert found["certificate"]["holds"]
    assert len(found["covariance"]["random"]["names"]) == (1 if random == "1|id" else 2)


@pytest.mark.parametrize(
    "other", [["--weights", "weight"], GROUPED, ["--covariance", "ar1"], ["--constrained", "arm"]]
)
def test_random_effects_refuse_the_rest_in_one_line(capsys, tmp_path, other):
    options = ["--random", "week|id", *other]
    code, found, said = asked(capsys, trial(20, 3), tmp_path, *options, formula="y ~ arm*week")
    assert (code, found, len(said)) == (2, None, 1)
    assert "do not go together" in said[0]


def test_long_work_says_that_it_goes_on(capsys, monkeypatch):
    monkeypatch.setattr(command, "SECONDS_BETWEEN_WORDS", 0.01)
    with command._telling():
        time.sleep(0.2)
    assert "still at work" in capsys.readouterr().err


def test_interrupted_it_leaves_nothing_and_exits_with_130(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    people = 800_000
    source = f"SELECT i // 5 AS id, i // 5 % 2 AS arm, i % 5 AS visit, hash(i) % 80 AS y FROM range({5 * people}) t(i)"
    data = tmp_path / "many.parquet"
    duckdb.connect().execute(f"COPY ({source}) TO '{data}'")
    asked = ["fit", str(data), "--formula", "y ~ arm*visit", "--subject", "id", "--visit", "visit"]
    running = subprocess.Popen(
        [sys.executable, "-m", "allay.server.cli", *asked],
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while running.poll() is None and not any(folder.glob("allay-*")):
        time.sleep(0.005)
    time.sleep(0.1)  # the reading has begun, and takes longer than that on any machine
    running.send_signal(signal.SIGINT)
    shown = running.communicate(timeout=60)
    assert running.returncode == 130, shown
    assert shown[0] == ""
    assert shown[1].splitlines()[-1] == "Stopped."
    assert [one.name for one in folder.iterdir() if one.name.startswith("allay-")] == []
