"""Tables that cannot be used: one line, naming the row and the column that a person would look at."""

import io
import zipfile

import pytest

from allay.science.evaluation import BadInput

from .conftest import ONE_GROUP, TWO_ARMS, table

GOOD = ("p1,a,1,5", "p1,a,2,3", "p2,b,1,6", "p2,b,2,7")
LONG = ONE_GROUP.replace('[columns]\nscores = ["s"]\n', "")


@pytest.fixture
def refusal(bench):
    def refusal(content, plan=TWO_ARMS, name="data.csv"):
        with pytest.raises(BadInput) as caught:
            bench(content, plan, name)
        message = str(caught.value)
        assert name in message
        assert "\n" not in message
        return message.split(name, 1)[1]

    return refusal


def test_a_missing_column(refusal):
    said = refusal(table(*GOOD, header="participant,arm,time,s"))
    assert said == ": there is no column timepoint; the file has: participant, arm, time, s"


def test_a_missing_score_column(refusal):
    assert ": there is no column s;" in refusal(table(*GOOD, header="participant,arm,timepoint,x"))


@pytest.mark.parametrize(
    "cell", ["abc", "1e", "٣", "1_000", "0x1A", "inf", "1 000", "--1", "true", '"1,234"', "=1+1"]
)
def test_text_in_a_number(refusal, cell):
    assert refusal(table(*GOOD, f"p3,a,1,{cell}")).startswith(", row 6, column s: ")


def test_text_in_a_number_is_shown(refusal):
    assert refusal(table(*GOOD, "p3,a,1,<b>x</b>")) == ', row 6, column s: "<b>x</b>" is not a number'


def test_the_first_bad_number_is_named(refusal):
    assert refusal(table("p1,a,1,x", "p1,a,2,y", *GOOD[2:])).startswith(", row 2, ")


def test_bad_numbers_at_timepoints_outside_the_plan_are_named_too(refusal):
    assert refusal(table(*GOOD, "p1,a,9,x")).startswith(", row 6, column s: ")


def test_a_row_is_the_line_in_the_file(refusal):
    said = refusal(table(*GOOD[:2], "", '"p2\nx",b,1,6', "p2,b,2,oops"))
    assert said.startswith(", row 7, column s: ")


@pytest.mark.parametrize("cell", ["1e999", "1e60", "-1e400"])
def test_an_endless_number(refusal, cell):
    assert "column s" in (said := refusal(table(*GOOD, f"p3,a,1,{cell}")))
    assert "infinite or too large" in said


def test_the_same_participant_and_timepoint_twice(refusal):
    said = refusal(table(*GOOD, "p1,a,2,4"))
    assert (
        said
        == ", row 6, column participant: participant p1, timepoint 2 stands here a second time, after row 3"
    )


def test_the_same_score_twice_in_a_long_table(refusal):
    rows = ("p1,1,s,5", "p1,1,other,5", "p1,2,s,5", "p1,1,s,6")
    said = refusal(table(*rows, header="participant,timepoint,score,value"), LONG)
    assert said.startswith(", row 5, column participant: participant p1, timepoint 1, score s stands here")


def test_twice_outside_the_plan_is_refused_too(refusal):
    assert ", row 7, " in refusal(table(*GOOD, "p1,a,7,1", "p1,a,7,1"))


def test_blanks_around_a_key_do_not_make_another_person(refusal):
    assert ", row 6, " in refusal(table(*GOOD, " p1 ,a,2 ,4"))


def test_an_arm_without_rows(refusal):
    said = refusal(table(*GOOD[:2]))
    assert said == ", column arm: the plan names the arm b; the table has: a"


def test_an_arm_without_a_measured_value(refusal):
    said = refusal(table(*GOOD[:2], "p2,b,1,", "p2,b,2,NA"))
    assert said.startswith(", column arm: arm b is empty")


def test_an_empty_column_of_arms(refusal):
    said = refusal(table("p1,,1,5", "p1,,2,3"))
    assert said == ", column arm: the plan names the arm a; the column is empty"


def test_a_person_in_no_arm(refusal):
    assert refusal(table(*GOOD, "p3,,1,4")) == ", row 6, column arm: participant p3 is in no arm"


def test_a_person_in_two_arms(refusal):
    said = refusal(table("p1,a,1,5", "p1,b,2,3", *GOOD[2:]))
    assert said == ", row 3, column arm: participant p1 is in two arms, a and b"


def test_nobody_measured_at_all(refusal):
    assert "nobody has a measured value" in refusal(table("p1,a,1,", "p1,a,2,"), ONE_GROUP)


def test_a_timepoint_that_is_not_there(refusal):
    said = refusal(table("p1,a,1,5", "p2,b,1,6"))
    assert said == ", column timepoint: the plan names the timepoint 2; the table has: 1"


def test_a_score_that_is_not_there(refusal):
    rows = ("p1,1,x,5", "p1,2,x,5")
    said = refusal(table(*rows, header="participant,timepoint,score,value"), LONG)
    assert said == ", column score: the plan names the score s; the table has: x"


@pytest.mark.parametrize(("row", "column"), [(",a,1,5", "participant"), ("p3,a,,5", "timepoint")])
def test_a_missing_key(refusal, row, column):
    assert refusal(table(*GOOD, row)) == f", row 6, column {column}: there is no {column}"


@pytest.mark.parametrize("content", ["", b""])
def test_an_empty_file(refusal, content):
    assert refusal(content) == ": is empty"


@pytest.mark.parametrize("content", ["\n\n", "\n" + table(*GOOD)])
def test_a_blank_first_row(refusal, content):
    assert refusal(content) == ": the first row is blank; it must name the columns"


@pytest.mark.parametrize(
    "content", ["participant,arm,timepoint,s", "participant,arm,timepoint,s\n", table(",,,", "")]
)
def test_a_header_without_rows(refusal, content):
    assert refusal(content) == ": has a header, but no rows below it"


def test_a_column_named_twice(refusal):
    said = refusal(table("p1,a,1,5,5", header="participant,arm,timepoint,s,s"))
    assert said == ", row 1, column s: the header has this column more than once"


@pytest.mark.parametrize(("row", "cells"), [("p2,b,2", 3), ("p2,b,2,7,8", 5)])
def test_a_ragged_row(refusal, row, cells):
    assert refusal(table(*GOOD, row)) == f", row 6: has {cells} cells, but the header names 4 columns"


def test_a_quotation_mark_that_is_never_closed(refusal):
    rows = [f"q{number},a,1,5" for number in range(50_000)]
    said = refusal(table(*GOOD, 'p3,"a,1,5', *rows))
    assert said == ", row 6: a quotation mark is opened and never closed"


def test_a_quotation_mark_in_the_wrong_place(refusal):
    assert refusal(table(*GOOD, 'p3,"a"x,1,5')) == ", row 6: a quotation mark stands where none can be"


def test_a_nul_byte(refusal):
    assert refusal(table(*GOOD, "p3,a,1,\x005")) == ", row 6: holds a NUL byte, so it is not a text table"


def test_a_spreadsheet_named_csv(refusal):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("xl/workbook.xml", "<x/>")
    assert "is a zip archive" in refusal(archive.getvalue())


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08", b"%PDF-1.7", b"\xd0\xcf\x11\xe0", b"SQLite format 3\0"])
def test_other_formats(refusal, start):
    assert refusal(start + b"x" * 100).startswith(": is ")


def test_a_parquet_file_that_is_cut_off(refusal):
    assert "cannot be read as Parquet" in refusal(b"PAR1" + b"x" * 100, name="data.parquet")


def test_utf16_that_is_cut_off(refusal):
    assert "is not text in UTF-16" in refusal(table(*GOOD).encode("utf-16")[:-1])


def test_decimal_commas_between_commas(refusal):
    said = refusal(table(*GOOD, 'p3,a,1,"4,5"'))
    assert said.startswith(
        ', row 6, column s: "4,5" is not a number: decimal commas are read where semicolons'
    )


def test_decimal_commas_and_points_in_one_file(refusal):
    rows = [row.replace(",", ";") for row in (*GOOD, "p3,a,1,4.5")]
    said = refusal(table(*rows, "p3;a;2;4,5", header="participant;arm;timepoint;s"))
    assert said.startswith(', row 7, column s: "4,5" has a decimal comma')


def test_a_folder(bench, tmp_path):
    with pytest.raises(BadInput, match="is a folder, not a file"):
        bench(tmp_path)


def test_a_missing_file(bench, tmp_path):
    with pytest.raises(BadInput, match=r"nowhere\.csv: cannot be read: No such file"):
        bench(tmp_path / "nowhere.csv")


def test_a_pipe(bench, tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(BadInput, match="is not a regular file"):
        bench(tmp_path / "pipe.csv")


def test_a_name_with_control_characters_stays_on_one_line(refusal):
    assert "\x1b" not in refusal(table(*GOOD, "\x1b[31mp1,a,1,x"))
