"""One scoring definition, two engines: plain Python and DuckDB give the same bits."""

from collections.abc import Mapping, Sequence

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import approx

from allay.content.schema import Instrument
from allay.science.scoring import score
from allay.science.scoring_table import faults_table, score_table
from tests.parity.made_up import answers_to, instruments
from tests.parity.shipped import every_instrument

Answers = Mapping[str, int | None]
COLUMN_KINDS = st.sampled_from(["BIGINT", "DOUBLE", "VARCHAR"])


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), instrument=instruments(), kind=COLUMN_KINDS)
def test_python_and_duckdb_agree_on_any_instrument(connection, data, instrument, kind):
    responses = data.draw(st.lists(answers_to(instrument), min_size=1, max_size=12))
    assert_engines_agree(connection, instrument, responses, kind)


@every_instrument
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=COLUMN_KINDS)
def test_python_and_duckdb_agree_on_every_shipped_instrument(connection, instrument, data, kind):
    responses = data.draw(st.lists(answers_to(instrument), min_size=1, max_size=30))
    assert_engines_agree(connection, instrument, responses, kind)


@every_instrument
def test_the_worked_examples_hold_in_duckdb(connection, instrument):
    responses = [example.answers for example in instrument.examples]
    found = score_table(instrument, relation_of(connection, instrument, responses, "BIGINT"))
    for row, example in zip(found.fetchall(), instrument.examples, strict=True):
        assert dict(zip(found.columns, row, strict=True)) == approx(dict(example.scores)), example.reason


def assert_engines_agree(connection, instrument, responses, kind):
    table = relation_of(connection, instrument, responses, kind)
    assert faults_table(instrument, table) == ()
    assert score_table(instrument, table, counts=True).fetchall() == in_python(instrument, responses)


def in_python(instrument: Instrument, responses: Sequence[Answers]) -> list[tuple[object, ...]]:
    return [
        tuple(
            cell
            for value in score(instrument, answers)
            for cell in (value.value, value.answered, value.prorated)
        )
        for answers in responses
    ]


def relation_of(
    connection: duckdb.DuckDBPyConnection, instrument: Instrument, responses: Sequence[Answers], kind: str
) -> duckdb.DuckDBPyRelation:
    names = [item.id for item in instrument.items]
    cells = [[answers.get(name) for name in names] for answers in responses]
    rows = ", ".join(f"({', '.join('NULL' if c is None else str(c) for c in row)})" for row in cells)
    columns = ", ".join(f'"{name}"::{kind} AS "{name}"' for name in names)
    heading = ", ".join(f'"{name}"' for name in names)
    return connection.sql(f"SELECT {columns} FROM (VALUES {rows}) AS given({heading})")
