"""`allay fit`: one model from a file, JSON for scripts, one line for anything wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allay.server.cli import main

FOLDER = Path(__file__).parents[1] / "reference" / "mmrm"
TRIAL = [str(FOLDER / "trial.csv"), "--subject", "id", "--visit", "visit"]
FORMULA = ["--formula", "y ~ x + arm*visit"]


def answer(capsys, *options):
    assert main(["fit", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_holds_all_that_a_script_asks(capsys):
    found = answer(capsys, *TRIAL, *FORMULA)
    assert {"name", "estimate", "se", "df", "t", "p"} <= set(found["coefficients"][0])
    assert [one["name"] for one in found["coefficients"]][-1] == "arm1:visit5"
    assert len(found["covariance"]) == 5
    assert found["loglik"] == pytest.approx(-1720.14622248532, abs=1e-6)
    assert found["contrasts"][-1]["contrast"] == "arm1 - arm0"
    assert found["certificate"]["holds"] is True
    assert found["df"] == "kenward-roger"


@pytest.mark.parametrize(
    "options",
    [
        ["--covariance", "toeph", "--df", "satterthwaite"],
        ["--vcov", "CR2"],
        ["--ml"],
        ["--constrained", "arm"],
        ["--covariance-by", "arm"],
        ["--df", "between-within"],
        ["--factor", "week"],
        ["--levels", "arm=1,0"],
    ],
)
def test_options(capsys, options):
    assert answer(capsys, *TRIAL, *FORMULA, *options)["certificate"]["holds"]


def test_random_effects(capsys):
    data = [str(FOLDER / "growth.csv"), "--subject", "id", "--formula", "y ~ arm*day"]
    found = answer(capsys, *data, "--random", "day|id")
    assert found["covariance"]["random"]["names"] == ["(Intercept)", "day"]
    assert found["information"] == "expected"


def test_therapy_groups(capsys):
    data = [str(FOLDER / "groups.csv"), "--subject", "id", "--visit", "visit", *FORMULA]
    found = answer(capsys, *data, "--group", "g", "--group-arm", "1")
    assert found["covariance"]["group_variance"] > 0


def test_weights(capsys):
    data = [str(FOLDER / "groups.csv"), "--subject", "id", "--visit", "visit", *FORMULA]
    assert answer(capsys, *data, "--weights", "weight")["certificate"]["holds"]


def test_a_table_for_people(capsys):
    assert main(["fit", *TRIAL, *FORMULA]) == 0
    text = capsys.readouterr().out
    assert "arm1:visit5" in text
    assert "certificate: holds" in text


@pytest.mark.parametrize(
    "options",
    [
        ["nowhere.csv", "--subject", "id", "--visit", "visit", *FORMULA],
        [*TRIAL, "--formula", "y ~ __import__('os')"],
        [*TRIAL, "--formula", "y ~ nope"],
        [*TRIAL, *FORMULA, "--covariance", "banana"],
        [*TRIAL, *FORMULA, "--df", "banana"],
        [*TRIAL, *FORMULA, "--vcov", "CR7"],
        [*TRIAL, *FORMULA, "--group", "week"],
        [*TRIAL, *FORMULA, "--group", "nope", "--group-arm", "1"],
        [*TRIAL, *FORMULA, "--random", "nonsense"],
        [*TRIAL, *FORMULA, "--random", "week|id", "--covariance", "us"],
        [*TRIAL, *FORMULA, "--levels", "arm"],
        [*TRIAL, *FORMULA, "--ml", "--df", "kenward-roger"],
        [TRIAL[0], "--subject", "id", *FORMULA],
        [__file__, "--subject", "id", "--visit", "visit", *FORMULA],
        [str(FOLDER), "--subject", "id", "--visit", "visit", *FORMULA],
    ],
)
def test_anything_wrong_is_one_line_and_exit_code_2(capsys, options):
    assert main(["fit", *options]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1
    assert shown.err.startswith("allay fit: ")


def test_no_answer_is_json_and_one_line(capsys, tmp_path):
    path = tmp_path / "same.csv"
    path.write_text("id,arm,visit,y\n" + "".join(f"{i},{i % 2},{v},3\n" for i in range(9) for v in (1, 2)))
    data = [str(path), "--subject", "id", "--visit", "visit", "--formula", "y ~ arm*visit", "--json"]
    assert main(["fit", *data]) == 2
    shown = capsys.readouterr()
    assert "same outcome" in json.loads(shown.out)["not_estimable"]
    assert len(shown.err.strip().splitlines()) == 1


def test_the_models_never_import_django():
    code = "import sys, allay.science.evaluation.models; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_reader_who_has_had_enough_ends_it_quietly(tmp_path):
    rows = [f"{n},{n % 2},{at},{(n * 7 + at * 3 + n * at) % 11}" for n in range(24) for at in (1, 2)]
    (tmp_path / "data.csv").write_text("\n".join(["id,arm,visit,y", *rows]))
    asked = [
        "fit",
        str(tmp_path / "data.csv"),
        "--formula",
        "y ~ arm*visit",
        "--subject",
        "id",
        "--visit",
        "visit",
    ]
    running = subprocess.Popen(
        [sys.executable, "-m", "allay.server.cli", *asked],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait(timeout=60) == 0
