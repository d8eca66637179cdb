import subprocess
import sys

import duckdb
import narwhals as nw
import pytest

from allay.science.scoring_table import CellFault, TableFault, faults_table, score_table
from tests.parity.made_up import instrument, rule

ITEMS = ("q1", "q2", "q3", "q4")
PRORATED = instrument(rule("total", ITEMS, min_answered=3))


@pytest.fixture
def table():
    """A DuckDB relation of the given rows: id, then one cell for each item, of one SQL type."""
    connection = duckdb.connect()

    def build(*rows, kind="BIGINT"):
        columns = ", ".join(["id VARCHAR", *(f"{name} {kind}" for name in ITEMS)])
        connection.execute(f"CREATE TABLE answers ({columns})")
        connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", rows)
        return connection.table("answers")

    yield build
    connection.close()


def test_there_is_one_column_for_each_score(table):
    made = instrument(rule("first-half", ("q1", "q2")), rule("second-half", ("q3", "q4")))
    scores = score_table(made, table(("a", 0, 1, 2, 3)))
    assert (scores.columns, scores.fetchall()) == (["first-half", "second-half"], [(1.0, 5.0)])


def test_named_columns_are_kept(table):
    assert score_table(instrument(), table(("a", 0, 1, 2, 3)), keep=["id"]).fetchall() == [("a", 6.0)]


def test_too_few_answers_give_a_missing_score(table):
    rows = table(("a", 0, 1, 2, None), ("b", 0, 1, None, None))
    assert score_table(PRORATED, rows).fetchall() == [(4.0,), (None,)]


def test_counts_and_prorating_come_on_request(table):
    rows = table(("a", 0, 1, 2, 3), ("b", 0, 1, 2, None), ("c", None, None, None, None))
    scores = score_table(PRORATED, rows, counts=True)
    assert scores.columns == ["total", "total_answered", "total_prorated"]
    assert scores.fetchall() == [(6.0, 4, False), (4.0, 3, True), (None, 0, False)]


def test_a_score_may_have_the_name_of_its_item(table):
    made = instrument(rule("q1", ("q1",)))
    assert score_table(made, table(("a", 2, 0, 0, 0))).fetchall() == [(2.0,)]


@pytest.mark.parametrize(
    "kind", ["TINYINT", "UTINYINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL(9, 2)", "VARCHAR"]
)
def test_every_kind_of_number_column_scores_alike(table, kind):
    made = instrument(reverse=("q1",))
    assert score_table(made, table(("a", 0, 1, 2, 3), kind=kind)).fetchall() == [(9.0,)]


def test_text_cells_may_have_spaces_a_decimal_nought_or_nothing(table):
    rows = table(("a", " 1", "2.0", "3 ", " "), kind="VARCHAR")
    assert score_table(PRORATED, rows).fetchall() == [(8.0,)]
    assert faults_table(PRORATED, rows) == ()


def test_the_answer_is_a_frame_of_the_kind_given(table):
    relation = table(("a", 0, 1, 2, 3))
    assert isinstance(score_table(instrument(), relation), duckdb.DuckDBPyRelation)
    assert isinstance(score_table(instrument(), nw.from_native(relation)), nw.LazyFrame)


def test_missing_columns_are_named(table):
    made = instrument(items=("q1", "q8", "q9"))
    with pytest.raises(TableFault, match="made-up needs columns that are not in the table: q8, q9"):
        score_table(made, table(("a", 0, 0, 0, 0)))


def test_a_kept_column_may_not_have_the_name_of_a_score(table):
    made = instrument(rule("q1", ("q1",)))
    with pytest.raises(TableFault, match="second column q1"):
        score_table(made, table(("a", 2, 0, 0, 0)), keep=["q1"])


def test_a_cell_outside_the_scale_is_reported_with_row_and_column(table):
    rows = table(("a", 0, 1, 2, 3), ("b", 0, 7, 2, 3))
    reason = "q2 takes a whole number from 0 to 3, not 7."
    assert faults_table(instrument(), rows) == (CellFault(2, None, "q2", 7, reason),)


def test_a_fault_carries_the_id_of_its_row(table):
    rows = table(("a", 0, 1, 2, 3), ("b", 0, 7, 2, 3))
    assert faults_table(instrument(), rows, id_column="id")[0].id == "b"


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("BIGINT", -1),
        ("HUGEINT", 10**30),
        ("DOUBLE", 1.5),
        ("DOUBLE", float("nan")),
        ("DOUBLE", float("inf")),
        ("BOOLEAN", True),
        ("VARCHAR", "three"),
        ("VARCHAR", "1,5"),
        ("VARCHAR", "٣"),
        ("VARCHAR", "1e0"),
        ("DATE", "2026-01-01"),
    ],
)
def test_what_is_no_answer_is_reported_and_never_scored(table, kind, cell):
    rows = table(("a", None, cell, None, None), kind=kind)
    assert [fault.column for fault in faults_table(instrument(), rows)] == ["q2"]
    assert score_table(instrument(rule("total", ITEMS, min_answered=1)), rows).fetchall() == [(None,)]


def test_a_fault_spoils_only_the_scores_that_need_it(table):
    made = instrument(rule("first-half", ("q1", "q2")), rule("second-half", ("q3", "q4")))
    assert score_table(made, table(("a", 0, 9, 2, 3))).fetchall() == [(None, 5.0)]


def test_faults_come_in_the_order_of_rows_and_end_at_the_limit(table):
    rows = table(("a", 9, 1, 8, 3), ("b", 0, 7, 2, 3), ("c", 6, 6, 6, 6))
    found = faults_table(instrument(), rows, limit=4)
    assert [(fault.row, fault.column) for fault in found] == [(1, "q1"), (1, "q3"), (2, "q2"), (3, "q1")]


def test_row_numbers_hold_in_a_file_read_in_parallel(tmp_path):
    file = tmp_path / "answers.csv"
    lines = ["1,1,1,1"] * 300_000
    lines[250_000] = "1,1,x,1"
    file.write_text("\n".join(["q1,q2,q3,q4", *lines]))
    connection = duckdb.connect(config={"threads": 4})
    (fault,) = faults_table(instrument(), connection.read_csv(str(file), sample_size=-1))
    connection.close()
    assert (fault.row, fault.column, fault.value) == (250_001, "q3", "x")


def test_neither_pandas_nor_polars_nor_pyarrow_is_loaded():
    program = """
import sys, duckdb
from allay.science.scoring_table import faults_table, score_table
from tests.parity.made_up import instrument
rows = duckdb.sql("SELECT 0 AS q1, 1 AS q2, 2 AS q3, NULL::INT AS q4")
assert faults_table(instrument(), rows) == ()
score_table(instrument(), rows, counts=True).fetchnumpy()
print(sorted({"pandas", "polars", "pyarrow", "django"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
