"""A locked plan: what was fixed, what departs, and that a changed lock is found out."""

import json
from hashlib import sha256

import pytest

from allay.science.evaluation import BadInput
from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.plan.lock import compared, lock_text, read_lock
from allay.server.cli import main

from .conftest import TWO_ARMS

AT = "2026-01-31T12:00:00+00:00"


def plan_of(text):
    return parse_plan(text.encode(), "plan.toml")


def departures(before, now):
    lock = read_lock(lock_text(plan_of(before), "1" * 64, AT, "0"), "plan.lock.json")
    return compared(lock, "2" * 64, plan_of(now)).departures


def test_a_plan_that_was_kept_departs_in_nothing():
    assert departures(TWO_ARMS, f"# another comment\n{TWO_ARMS}") == []


def test_every_changed_key_is_named_with_both_values():
    changed = TWO_ARMS.replace("reliability = 0.8", "reliability = 0.9") + '[model]\ndf = "satterthwaite"\n'
    assert departures(TWO_ARMS, changed) == [
        "model.df: locked as kenward-roger, used as satterthwaite",
        "outcomes[1].change.reliability: locked as 0.8, used as 0.9",
    ]


def test_an_outcome_that_came_later_is_named():
    more = TWO_ARMS.replace('["s"]', '["s", "t"]') + '[[outcomes]]\nscore = "t"\nbetter = "lower"\n'
    assert "outcomes[2].score: locked as nothing, used as t" in departures(TWO_ARMS, more)


def test_a_lock_that_was_edited_is_found_out():
    found = json.loads(lock_text(plan_of(TWO_ARMS), "1" * 64, AT, "0"))
    found["locked_at"] = "2020-01-01T00:00:00+00:00"
    with pytest.raises(BadInput, match="was changed after the plan was locked"):
        read_lock(json.dumps(found), "plan.lock.json")


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": 1}', "[" * 100_000, "\0"])
def test_anything_else_is_no_lock(text):
    with pytest.raises(BadInput, match="is no lock of a plan"):
        read_lock(text, "plan.lock.json")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(TWO_ARMS)
    rows = [f"p{n},{'ab'[n % 2]},{at},{n % 5 + at + n * at % 3}" for n in range(12) for at in (1, 2)]
    (tmp_path / "data.csv").write_text("\n".join(["participant,arm,timepoint,s", *rows]))
    return tmp_path


def evaluated(desk, capsys):
    capsys.readouterr()
    assert main(["evaluate", "data.csv", "--plan", "plan.toml", "--out", "out", "--overwrite"]) == 0
    return json.loads((desk / "out/results.json").read_text())["provenance"]["lock"], (
        desk / "out/report.html"
    ).read_text()


def test_the_command_locks_once_and_the_report_says_so(desk, capsys):
    lock, page = evaluated(desk, capsys)
    assert lock is None
    assert "The plan was not locked before" in page
    assert main(["plan", "lock", "plan.toml"]) == 0
    digest = sha256((desk / "plan.lock.json").read_bytes()).hexdigest()
    assert digest in capsys.readouterr().out
    assert main(["plan", "lock", "plan.toml"]) == 2
    assert "was locked before" in capsys.readouterr().err
    lock, page = evaluated(desk, capsys)
    assert lock["lock_sha256"] == digest
    assert lock["departures"] == []
    assert "and kept" in page


def test_a_departure_stands_in_the_report(desk, capsys):
    main(["plan", "lock", "plan.toml"])
    (desk / "plan.toml").write_text(TWO_ARMS.replace("important = 2", "important = 1"))
    lock, page = evaluated(desk, capsys)
    assert lock["departures"] == ["outcomes[1].change.important: locked as 2.0, used as 1.0"]
    assert "outcomes[1].change.important: locked as 2.0, used as 1.0" in page
    assert main(["plan", "check", "plan.toml"]) == 0
    assert "departs from what was locked" in capsys.readouterr().out


def test_a_broken_lock_stops_the_evaluation(desk, capsys):
    (desk / "plan.lock.json").write_text("{}")
    assert main(["evaluate", "data.csv", "--plan", "plan.toml", "--out", "out"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (desk / "out").exists()
