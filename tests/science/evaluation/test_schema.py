"""docs/results.schema.json is up to date, and every results.json keeps to it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from allay.science.evaluation.results.schema import schema_text

from .conftest import ONE_GROUP, REFERENCE, TRIAL_PLAN, TWO_ARMS, table

SCHEMA = Path(__file__).parents[3] / "docs" / "results.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_written(results):
    return json.loads(json.dumps(results.as_dict(), allow_nan=False))


def test_the_published_schema_is_that_of_the_code():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def test_results_of_a_trial_keep_to_it(bench, validator):
    validator.validate(as_written(bench(REFERENCE / "synthetic_trial.csv", TRIAL_PLAN)))


@pytest.mark.parametrize(
    ("rows", "plan"),
    [
        (("p1,a,1,5", "p1,a,2,3"), ONE_GROUP),
        (("p1,a,1,5", "p1,a,2,3", "p2,b,1,5", "p2,b,2,"), TWO_ARMS),
        (("p1,a,1,5", "p2,a,1,5", "p3,b,2,5"), TWO_ARMS),
        (("p1,a,1,5", "p1,a,2,3", "p2,a,1,9", "p2,a,2,1"), ONE_GROUP.split("[outcomes.change]")[0]),
    ],
    ids=["one-person", "one-each", "nobody-twice", "no-reliability"],
)
def test_results_without_numbers_keep_to_it(bench, validator, rows, plan):
    validator.validate(as_written(bench(table(*rows), plan)))


def test_a_key_that_is_not_in_it_is_refused(bench, validator):
    written = as_written(bench(table("p1,a,1,5", "p1,a,2,3")))
    with pytest.raises(ValidationError):
        validator.validate(written | {"surprise": 1})
