"""From long rows and from one row per person; patterns and reasons."""

import math

import duckdb
import pytest

from allay.science.evaluation.missing import from_rows, from_wide, missingness, reference_based
from allay.science.evaluation.models import BadModel
from tests.science.missing import plain
from tests.science.missing.trials import trial

ROLES = {"outcome": "y", "subject": "id", "visit": "week", "arm": "arm"}
NAN = math.nan


def rows(**changes):
    columns = {
        "id": ["b", "b", "b", "a", "a", "a", "c", "c", "d", "d", "d"],
        "arm": ["prog"] * 3 + ["wait"] * 3 + ["prog"] * 2 + ["wait"] * 3,
        "week": [0, 6, 12, 0, 6, 12, 0, 6, 0, 6, 12],
        "y": [5.0, 4.0, NAN, 6.0, NAN, 7.0, NAN, NAN, 8.0, 9.0, 8.0],
        "age": [40, 40, 40, 51, 51, 51, 33, 33, 62, 62, 62],
        "site": ["n", "n", "n", "s", "s", "s", "n", "n", "s", "s", "s"],
        "why": ["", "", "moved", "", "ill", "", "too far", "", "", "", ""],
    }
    return columns | changes


def test_long_rows_keep_people_without_any_outcome():
    found = from_rows(
        rows(), **ROLES, covariates=["age", "site"], reason="why", levels={"arm": ["wait", "prog"]}
    )
    assert found.people == ("a", "b", "c", "d")
    assert found.arms == ("wait", "prog")
    assert found.visits == ("0", "6", "12")
    assert found.arm.tolist() == [0, 1, 1, 0]
    assert [[None if math.isnan(v) else v for v in row] for row in found.y] == [
        [6, None, 7], [5, 4, None], [None, None, None], [8, 9, 8],
    ]  # fmt: skip
    assert found.covariates["age"].tolist() == [51, 40, 33, 62]
    assert found.covariates["site"].tolist() == ["s", "n", "n", "s"]
    assert found.reasons == ("ill", "moved", "too far", "")


def test_patterns_and_reasons():
    people = from_rows(rows(), **ROLES, reason="why", levels={"arm": ["wait", "prog"]})
    found = missingness(people)
    wait, programme = found.arms["wait"], found.arms["prog"]
    assert (wait.complete, wait.intermittent, wait.monotone, wait.never) == (1, 1, 0, 0)
    assert (programme.complete, programme.intermittent, programme.monotone, programme.never) == (0, 0, 1, 1)
    assert programme.measured == {"0": 1, "6": 1, "12": 0}
    assert programme.last_measured == {"0": 0, "6": 1, "12": 0}
    assert wait.last_measured == {"0": 0, "6": 0, "12": 2}
    assert [(one.measured_at, one.kind, one.n) for one in programme.patterns] == [
        ([], "never", 1),
        (["0", "6"], "monotone", 1),
    ]
    assert programme.reasons == {"moved": 1, "too far": 1}
    assert wait.reasons == {}


def test_therapy_groups_are_read():
    columns = rows(g=[1.0] * 3 + [NAN] * 3 + [2.0] * 2 + [NAN] * 3)
    assert from_rows(columns, **ROLES, group="g").groups == ("", "1", "2", "")
    changed = rows(g=[1.0, 3.0, 1.0] + [NAN] * 3 + [2.0] * 2 + [NAN] * 3)
    assert "the group changes within 1 people" in from_rows(changed, **ROLES, group="g").not_estimable


def test_who_lacks_an_arm_or_a_covariate_is_counted():
    columns = rows(arm=["prog"] * 3 + [None] * 3 + ["prog"] * 2 + ["wait"] * 3, age=[NAN] * 3 + [51] * 8)
    found = from_rows(columns, **ROLES, covariates=["age"])
    assert found.people == ("c", "d")
    assert found.left_out == {"no arm": 1, "no age": 1}
    assert missingness(found).left_out == found.left_out


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"arm": ["prog", "wait", *rows()["arm"][2:]]}, "the arm changes within 1 people"),
        ({"age": [39, *rows()["age"][1:]]}, '"age" changes within 1 people'),
        ({"week": [0, 0, *rows()["week"][2:]]}, "two different outcomes at one visit"),
        ({"y": [math.inf, *rows()["y"][1:]]}, "infinite"),
    ],
)
def test_rows_that_contradict_each_other(change, reason):
    found = from_rows(rows(**change), **ROLES, covariates=["age"])
    assert reason in found.not_estimable


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"outcome": "z"}, 'outcome: there is no column "z"'),
        ({"outcome": "site"}, "not a column of numbers"),
        ({"levels": {"arm": ["wait"]}}, 'the arm holds "prog"'),
    ],
)
def test_requests_that_make_no_sense(change, reason):
    with pytest.raises(BadModel, match=reason):
        from_rows(rows(), **(ROLES | change))


def test_an_arm_without_people():
    found = from_rows(rows(), **ROLES, levels={"arm": ["wait", "prog", "usual care"]})
    assert "nobody is in arm usual care" in found.not_estimable


def test_one_row_per_person_says_the_same_as_long_rows():
    arm, x, y = trial(30, 3)
    long = plain.long_rows(arm, x, y)
    connection = duckdb.connect()
    columns = {"arm": arm.astype("int16"), "v0_0": x}
    columns |= {f"v0_{place + 1}": y[:, place] for place in range(3)}
    connection.register("given", columns)
    connection.execute("CREATE TABLE people AS SELECT row_number() OVER () AS participant, * FROM given")
    found = from_wide(
        (connection, "people"),
        outcomes={"week 6": "v0_1", "week 12": "v0_2", "month 3": "v0_3"},
        arm="arm",
        arms={"0": "waiting", "1": "programme"},
        covariates={"baseline": "v0_0"},
        subject="participant",
    )
    assert found.arms == ("waiting", "programme")
    assert found.size == 30
    wide = reference_based(found, ["JR"]).assumptions[0].at("month 3", "programme").effect
    rows_ = from_rows(long, outcome="y", subject="id", visit="visit", arm="arm", covariates=["x"])
    assert rows_.size == 29  # whoever has no row at all is not in long rows
    long_ = (
        reference_based(found.chosen(found.observed.any(axis=1)), ["JR"])
        .assumptions[0]
        .at("month 3", "programme")
        .effect
    )
    ours = reference_based(rows_, ["JR"]).assumptions[0].at("3", "1").effect
    assert ours.estimate == pytest.approx(long_.estimate, rel=1e-9)
    assert ours.se == pytest.approx(long_.se, rel=1e-9)
    assert wide.estimate != pytest.approx(long_.estimate, rel=1e-9)
