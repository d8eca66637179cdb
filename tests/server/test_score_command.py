"""`allay score` from outside: every instrument's worked examples, kept columns, refusals."""

import csv
import subprocess
import sys

import pytest

from allay.content import library
from allay.server.cli import main

HEADER = "id,phq1,phq2,phq3,phq4,phq5,phq6,phq7,phq8,note"
ROWS = ("a,1,2,3,0,1,2,3,0,x", "b,1,,3,0,1,2,3,0,y", "c,1,,,0,1,2,3,NA,")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def score(content, *more, instrument="phq-8", out="scores.csv"):
    if content is not None:
        with open("answers.csv", "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    return main(["score", instrument, "answers.csv", "--out", out, *more])


def scores(path="scores.csv"):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def refused(desk, capsys):
    """Runs a command that must be refused: exit code 2, one line, no file made."""

    def refused(content, *more, **named):
        before = set(desk.iterdir()) | {desk / "answers.csv"}
        assert score(content, *more, **named) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert set(desk.iterdir()) <= before
        return said.err.removeprefix("allay score: ").rstrip("\n")

    return refused


@pytest.mark.parametrize("instrument", library.load().instruments.values(), ids=lambda one: one.id)
def test_worked_examples_of_every_instrument(desk, instrument):
    items = [item.id for item in instrument.items]
    rows = [
        ",".join("" if (one := example.answers.get(item)) is None else str(one) for item in items)
        for example in instrument.examples
    ]
    assert (
        score(
            answers(*(f"r,{row}" for row in rows), header=",".join(["id", *items])), instrument=instrument.id
        )
        == 0
    )
    for row, example in zip(scores(), instrument.examples, strict=True):
        for name, expected in example.scores.items():
            assert row[name] == "" if expected is None else float(row[name]) == pytest.approx(expected)


def test_other_columns_are_kept_in_front(desk):
    score(answers(*ROWS))
    assert list(scores()[0]) == ["id", "note", "total"]
    assert [row["note"] for row in scores()] == ["x", "y", ""]


def test_rows_keep_their_order(desk):
    score(answers(*(f"{number},1,1,1,1,1,1,1,1," for number in range(3000))))
    assert [row["id"] for row in scores()] == [str(number) for number in range(3000)]


def test_counts_of_answers_where_asked(desk):
    score(answers(*ROWS), "--counts")
    assert [(row["total_answered"], row["total_prorated"]) for row in scores()] == [
        ("8", "false"),
        ("7", "true"),
        ("5", "false"),
    ]


@pytest.mark.parametrize(
    "content",
    [answers(*ROWS).replace(",", ";"), answers(*ROWS).encode("utf-16"), answers(*ROWS).replace("\n", "\r\n")],
    ids=["semicolons", "utf-16", "crlf"],
)
def test_other_dresses_of_the_table(desk, content):
    score(content)
    assert [row["total"] for row in scores()] == ["12.0", "11.428571428571429", ""]


def test_formulas_in_kept_columns_are_defused(desk):
    score(answers('"=1+1",1,1,1,1,1,1,1,1,'))
    assert scores()[0]["id"] == "'=1+1"


@pytest.mark.parametrize("cell", ["4", "-1", "1.5", "three", "٣"])
def test_a_cell_that_is_no_answer(refused, cell):
    said = refused(answers(*ROWS, "", f"d,0,1,2,{cell},0,0,0,0,"))
    assert said.startswith("answers.csv, row 6, column phq4: phq4 takes a whole number from 0 to 3, not ")


def test_a_missing_item(refused):
    assert "there is no column phq8" in refused(
        answers("a,1,1,1,1,1,1,1", header=HEADER.replace(",phq8,note", ""))
    )


def test_an_item_named_twice(refused):
    said = refused(answers("a,1,1,1,1,1,1,1,1,1", header=HEADER.replace("note", "phq1")))
    assert "row 1, column phq1: the header has this column more than once" in said


def test_a_column_called_like_a_score(refused):
    said = refused(answers("a,1,1,1,1,1,1,1,1,1", header=HEADER.replace("note", "total")))
    assert said == "answers.csv, row 1, column total: has the name of a score that is to be added"


def test_a_ragged_row(refused):
    assert (
        refused(answers(*ROWS, "d,1,1")) == "answers.csv, row 5: has 3 cells, but the header names 10 columns"
    )


def test_an_unknown_instrument(refused):
    assert refused(answers(*ROWS), instrument="phq-99").startswith(
        "phq-99: is no instrument here; there are: "
    )


def test_an_empty_file(refused):
    assert refused("") == "answers.csv: is empty"


def test_a_file_in_the_way_is_kept(desk, refused):
    (desk / "scores.csv").write_text("mine")
    assert "exists already" in refused(answers(*ROWS))
    assert (desk / "scores.csv").read_text() == "mine"


def test_a_file_in_the_way_is_replaced_when_asked(desk):
    (desk / "scores.csv").write_text("old")
    assert score(answers(*ROWS), "--overwrite") == 0
    assert len(scores()) == 3


def test_a_folder_that_is_not_there(refused):
    assert "lies in a folder that does not exist" in refused(answers(*ROWS), out="nowhere/scores.csv")


def test_the_command_never_loads_django(desk):
    score(answers(*ROWS))
    code = (
        "import sys; from allay.server.cli import main; "
        "main(['score', 'phq-8', 'answers.csv', '--out', 'again.csv']); sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
