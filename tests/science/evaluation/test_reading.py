"""The same table in many dresses gives the same results."""

import codecs
import math

import pytest

from allay.science.evaluation import Data, evaluate, parse_plan, stage_relation

from .conftest import ONE_GROUP, TWO_ARMS, proof, table

ROWS = ("p1,a,1,5.5", "p1,a,2,3", "p2,b,1,6", "p2,b,2,7", "p3,b,1,4", "p3,b,2,4.5", "pé,a,1,9", "pé,a,2,")
PLAIN = table(*ROWS)
LONG = TWO_ARMS.replace('scores = ["s"]', "")


@pytest.fixture
def same(bench):
    """Whether a content gives what the plain table gives."""

    def same(content, plan=TWO_ARMS, name="data.csv"):
        results = bench(content, plan, name)
        expected = bench(PLAIN, TWO_ARMS)
        parts = ("people", "description", "completeness", "within", "between", "change")
        return all(getattr(results, part) == getattr(expected, part) for part in parts)

    return same


def semicolons(text):
    return text.replace(",", ";").replace(".", ",")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        PLAIN.encode("latin-1"),
        PLAIN.replace("\n", "\r\n").encode("utf-16"),
    ],
    ids=["bom", "utf-16", "utf-16-be-bom", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-16-crlf"],
)
def test_encodings(same, content):
    assert same(content)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n", "\r\n", 3),
        PLAIN.rstrip("\n"),
        PLAIN + "\n\n",
        PLAIN.replace("\n", "\n\n", 4),
        PLAIN + ",,,\n",
        PLAIN.replace("p1,a,2,3\n", "p1,a,2,3,\n"),
    ],
    ids=["crlf", "cr", "mixed", "no-end", "blank-end", "blank-between", "empty-cells", "trailing-comma"],
)
def test_line_ends_and_blank_rows(same, content):
    assert same(content)


@pytest.mark.parametrize(
    "content",
    [
        semicolons(PLAIN),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        semicolons(PLAIN).encode("utf-16"),
        semicolons(PLAIN).replace(";3\n", ";+3,0\n"),
    ],
    ids=["semicolon-comma", "semicolon-point", "tab", "bar", "semicolon-utf-16", "signed"],
)
def test_separators_and_decimal_commas(same, content):
    assert same(content)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace("p1,", '"p1",').replace("5.5", '"5.5"'),
        PLAIN.replace("p1", " p1 ").replace("5.5", " 5.5\t"),
        PLAIN.replace("5.5", "5.50e0"),
        PLAIN.replace("pé,a,2,\n", "pé,a,2,NA\n"),
        PLAIN.replace("pé,a,2,\n", 'pé,a,2,""\n'),
        PLAIN.replace("pé,a,2,\n", ""),
        PLAIN.replace("participant,", '"participant",'),
        PLAIN.replace("p1,a,2", "p1,,2"),
    ],
    ids=["quoted", "blanks", "exponent", "NA", "quoted-empty", "absent", "quoted-header", "arm-once"],
)
def test_ways_to_write_a_cell(same, content):
    assert same(content)


def test_rows_in_any_order(same):
    assert same(table(*reversed(ROWS)))


def test_more_columns_than_are_asked_for(same):
    wide = "\n".join(line + ",x" * 300 for line in PLAIN.splitlines())
    header = PLAIN.splitlines()[0] + "".join(f",c{number}" for number in range(300))
    assert same(wide.replace(wide.splitlines()[0], header))


def test_a_cell_of_two_megabytes_in_another_column(same):
    lines = [line + "," for line in PLAIN.splitlines()]
    lines[0] += "note"
    lines[2] += "x" * 2_000_000
    assert same("\n".join(lines) + "\n")


def test_a_long_table(same):
    rows = [row.split(",") for row in ROWS]
    long = [f"{person},{arm},{at},s,{value}" for person, arm, at, value in rows]
    other = ["p1,a,1,comment,a word"]
    assert same(table(*long, *other, header="participant,arm,timepoint,score,value"), LONG)


def test_other_codes_for_missing(same):
    plan = TWO_ARMS.replace('scores = ["s"]', 'scores = ["s"]\nmissing = ["-99"]')
    assert same(PLAIN.replace("pé,a,2,\n", "pé,a,2,-99\n"), plan)


def test_a_file_with_a_wildcard_in_its_name(same):
    assert same(PLAIN, name="data*[1].csv")


def test_parquet(same, bench, tmp_path):
    bench.new()
    path = tmp_path / "data.parquet"
    csv = bench.file(PLAIN, "source.csv")
    bench.connection.execute(f"COPY (FROM read_csv('{csv}')) TO '{path}' (FORMAT parquet)")
    assert same(path, name="data.parquet")


def test_parquet_with_numbers_as_keys_and_nan_as_missing(bench, tmp_path):
    bench.new()
    path = tmp_path / "data.parquet"
    rows = "(1.0, 1.0, 5.0), (1.0, 2.0, 3.0), (2.0, 1.0, 7.0), (2.0, 2.0, 'NaN'::DOUBLE)"
    bench.connection.execute(
        f"COPY (SELECT a::DOUBLE AS participant, b::DOUBLE AS timepoint, c::DOUBLE AS s FROM (VALUES {rows}) t(a, b, c)) "
        f"TO '{path}' (FORMAT parquet)"
    )
    assert bench(path).completeness["s"]["all"].measured == {"1": 2, "2": 1}


def test_rows_that_a_program_hands_over(bench):
    rows = [row.split(",") for row in ROWS]
    handed = ((person, at, arm, "s", float(value) if value else None) for person, arm, at, value in rows)
    assert bench.rows(handed, LONG).change == bench(PLAIN, TWO_ARMS).change


def test_a_table_that_stands_in_the_connection(bench):
    bench.new()
    bench.connection.execute(
        "CREATE TABLE mine AS FROM (VALUES (1, 1, 5), (1, 2, 3)) t(participant, timepoint, s)"
    )
    plan = parse_plan(ONE_GROUP.encode(), "plan.toml")
    staged = stage_relation(bench.connection, "mine", plan, "mine")
    results = evaluate(bench.connection, staged, plan, proof(Data("mine", "0" * 64, "table", "")))
    assert results.completeness["s"]["all"].measured == {"1": 1, "2": 1}


def test_more_rows_than_one_chunk_are_handed_over_whole(bench):
    rows = ((str(person), str(at), None, "s", person % 7 + at) for person in range(15_000) for at in (1, 2))
    assert bench.rows(rows, ONE_GROUP).people.by_arm == {"all": 15_000}


def test_latin_1_is_noted(bench):
    assert "Windows-1252" in bench(PLAIN.encode("latin-1"), TWO_ARMS).notes[0]


@pytest.mark.parametrize(
    "name", ["__class__", "=1", "'; DROP TABLE people; --", '"><script>', "a{0}b", "%s", "C:\\x", "عربي"]
)
def test_arms_and_people_may_be_called_anything(bench, name):
    cell = name.replace('"', '""')
    rows = [f'"{cell}{number}","{cell}",{at},{number + at}' for number in range(3) for at in (1, 2)]
    plan = TWO_ARMS.replace('["a", "b"]', f"['''{name}''']")
    assert bench(table(*rows), plan).people.by_arm == {name: 3, "all": 3}


def test_a_score_called_score_in_a_column_of_its_own(bench):
    plan = ONE_GROUP.replace('score = "s"', 'score = "score"').replace('scores = ["s"]', "")
    results = bench(table("1,1,5", "1,2,3", header="participant,timepoint,score"), plan)
    assert math.isclose(results.description["score"]["all"]["1"].mean, 5)
