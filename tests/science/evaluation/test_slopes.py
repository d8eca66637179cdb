"""HLM: every person's slope against the average one, as lme4 has it, singular fits included."""

import csv
import json
import re

import pytest

from allay.science.evaluation.results import NotEstimable
from allay.science.evaluation.slopes import fit_slopes
from allay.science.evaluation.sql import open_workspace

from .conftest import REFERENCE

near = pytest.approx
EXPECTED = json.loads((REFERENCE.parent / "change" / "change.json").read_text())


@pytest.fixture
def connection():
    connection = open_workspace()
    yield connection
    connection.close()


def seat(connection, people, times):
    """Makes the table `people` of id → {time: score}; its columns."""
    columns = [f"v0_{place}" for place in range(len(times))]
    connection.execute(
        f"CREATE TABLE people (record BIGINT, {', '.join(f'{one} DOUBLE' for one in columns)})"
    )
    for who, scores in people.items():
        connection.execute(
            f"INSERT INTO people VALUES (?, {', '.join('?' * len(times))})",
            [int(who), *(scores.get(time) for time in times)],
        )
    return columns


def indices(connection, model, columns):
    return dict(connection.execute(f"SELECT record, {model.index_sql(columns)} FROM people").fetchall())


def gathered(rows):
    people = {}
    for who, time, score in rows:
        people.setdefault(str(who), {})[float(time)] = score
    return people


def trial():
    with (REFERENCE.parent / "mmrm" / "trial.csv").open() as file:
        return gathered(
            (row["id"], row["week"], float(row["y"])) for row in csv.DictReader(file) if row["y"] != "NA"
        )


def together():
    return gathered((row["id"], row["t"], row.get("y")) for row in EXPECTED["together"]["rows"])


@pytest.mark.parametrize(
    ("name", "people", "times", "singular"),
    [
        ("trial", trial, (0.0, 6.0, 12.0, 26.0, 52.0), False),
        ("together", together, (0.0, 6.0, 12.0, 26.0), True),
    ],
)
def test_slopes_of_lme4(connection, name, people, times, singular):
    theirs = EXPECTED[name]
    assert theirs["singular"] == singular
    columns = seat(connection, people(), times)
    model = fit_slopes(connection, columns, times)
    assert model.log_likelihood >= theirs["loglik"] - 1e-6
    assert model.slope == near(theirs["slope"], rel=1e-5)
    assert bool(model.warnings) == singular
    ours = indices(connection, model, columns)
    judged = {str(who): index for who, index in ours.items() if index is not None}
    assert judged.keys() == {person["id"] for person in theirs["people"]}
    for person in theirs["people"]:
        assert judged[person["id"]] == near(person["deviation"] / person["sd"], rel=2e-5, abs=2e-5)


def test_other_units_of_time_change_no_index(connection):
    columns = seat(connection, together(), (0.0, 6.0, 12.0, 26.0))
    weeks = indices(connection, fit_slopes(connection, columns, (0.0, 6.0, 12.0, 26.0)), columns)
    days = indices(connection, fit_slopes(connection, columns, (1000.0, 1042.0, 1084.0, 1182.0)), columns)
    for who, index in weeks.items():
        assert (days[who] is None) == (index is None)
        assert index is None or days[who] == near(index, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ({"1": {0.0: 5, 1.0: 4}, "2": {0.0: 5, 2.0: 3}}, "fewer than 2 people have at least three scores"),
        ({"1": {0.0: 5, 1.0: 4, 2.0: 1}}, r"at least three scores \(n = 1\)"),
        ({str(who): {0.0: 5, 1.0: 5, 2.0: 5} for who in range(6)}, "the same outcome"),
        (
            {str(who): {0.0: 9 + who, 1.0: 8 + who, 2.0: 7 + who} for who in range(6)},
            "no maximum could be certified",
        ),
    ],
    ids=["two-scores-each", "one-person", "all-the-same", "parallel"],
)
def test_where_there_are_no_slopes_to_compare(connection, people, reason):
    columns = seat(connection, people, (0.0, 1.0, 2.0))
    found = fit_slopes(connection, columns, (0.0, 1.0, 2.0))
    assert isinstance(found, NotEstimable)
    assert re.search(reason, found.not_estimable)


def test_two_timepoints_are_no_slope(connection):
    columns = seat(connection, {"1": {0.0: 5, 1.0: 4}}, (0.0, 1.0))
    assert fit_slopes(connection, columns, (0.0, 1.0)) == NotEstimable(
        "slopes need at least three timepoints"
    )
