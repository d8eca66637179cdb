"""A study's page and its table: numbers instead of names."""

import csv
import io
import re

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from allay.faces.researcher import tables
from allay.records.models import Arm, AuditEvent
from allay.records.services import enrolments

NAMES = ("Ana", "Ben", "Wim", "Fay", "Finn", "North", "South")


@pytest.fixture
def rows(rae, page):
    def read():
        body = b"".join(rae.get(f"{page}table.csv").streaming_content).decode()
        return list(csv.DictReader(io.StringIO(body)))

    return read


def test_no_name_stands_anywhere(rae, page, answered):
    for address in ("/studies/", page):
        said = re.sub(r"<[^>]+>", " ", rae.get(address).content.decode())
        assert not [name for name in NAMES if re.search(rf"\b{name}\b", said)]


def test_no_name_stands_in_the_table(rae, page, answered):
    body = b"".join(rae.get(f"{page}table.csv").streaming_content).decode()
    assert not [name for name in NAMES if name in body]


def test_the_table_has_the_columns_of_the_analysis(rows, answered):
    assert list(rows()[0]) == ["participant", "arm", "group", "timepoint", "score", "value"]


def test_a_score_is_a_row(rows, answered):
    found = [
        row
        for row in rows()
        if (row["participant"], row["timepoint"], row["score"]) == ("0001", "baseline", "phq-8.total")
    ]
    assert [(row["arm"], row["value"]) for row in found] == [("programme", "8")]


@pytest.mark.usefixtures(
    "own_loop"
)  # before the database: its connection belongs to the loop it was opened under
def test_an_asynchronous_server_gets_the_same_table(rae, page, answered):
    plain = b"".join(rae.get(f"{page}table.csv").streaming_content)
    client = AsyncClient()
    client.cookies = rae.cookies

    async def fetch():
        answer = await client.get(f"{page}table.csv")
        return b"".join([part async for part in answer.streaming_content])

    assert async_to_sync(fetch)() == plain


def test_what_was_not_given_is_an_empty_row(rows, answered):
    bens = [row for row in rows() if row["participant"] == "0002"]
    assert {row["timepoint"] for row in bens} == {"baseline", "week-6", "week-12"}
    assert {row["value"] for row in bens} == {""}


def test_a_timepoint_to_come_has_no_rows(cast, desk, page, at, answered):
    body = b"".join(desk(cast.rae, at).get(f"{page}table.csv").streaming_content).decode()
    assert "month-3" not in body and "week-6" not in body


def test_rows_stand_in_order(rows, answered):
    keys = [(row["participant"], ["baseline", "week-6", "week-12"].index(row["timepoint"])) for row in rows()]
    assert keys == sorted(keys)


def test_somebody_who_took_it_back_is_not_in_the_table(cast, rows, answered, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=True, by=cast.ana, at=at)
    assert "0001" not in {row["participant"] for row in rows()}


def test_that_the_table_was_taken_is_noted(cast, rows, answered):
    rows()
    assert AuditEvent.objects.get(name="study.table-taken").actor == str(cast.rae.pk)


def test_a_cell_that_looks_like_a_formula_is_made_harmless(cast, rows, answered):
    Arm.objects.filter(study=cast.study, key="programme").update(key="-1+1")
    assert {row["arm"] for row in rows()} == {"'-1+1", "waiting"}


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_every_beginning_of_a_formula_is_known(cell):
    assert tables.safe(cell) == f"'{cell}"


def test_completeness_counts_those_whose_time_has_come(rae, page, answered):
    said = " ".join(re.sub(r"<[^>]+>", " ", rae.get(page).content.decode()).split())
    assert "Programme 5 4 of 5 (80 %) 0 of 5 (0 %) 4 of 5 (80 %) not yet" in said
    assert "Waiting group 4 4 of 4 (100 %) 0 of 4 (0 %) 3 of 4 (75 %) not yet" in said


def test_timepoints_have_their_windows(rae, page):
    said = " ".join(re.sub(r"<[^>]+>", " ", rae.get(page).content.decode()).split())
    assert "Half-way 6 weeks after the first meeting day 35 to day 55" in said


def test_a_synthetic_study_says_so(cast, rae, page):
    assert b"Synthetic data" not in rae.get(page).content
    type(cast.study).objects.update(synthetic=True)
    assert b"Synthetic data" in rae.get(page).content
    assert b"Synthetic data" in rae.get("/studies/").content


@pytest.mark.parametrize("who", ["fay", "ada", "ana", "sam"])
def test_nobody_but_its_researchers_sees_a_study(cast, desk, page, who):
    other = desk(getattr(cast, who))
    assert [other.get(address).status_code for address in (page, f"{page}table.csv")] == [404, 404]


def test_a_visitor_goes_to_the_sign_in_page(db, page):
    assert Client().get(page)["Location"].startswith("/sign-in/")


def test_a_researcher_of_another_study_does_not_see_it(cast, desk, page, late):
    from allay.records.access import SYSTEM
    from allay.records.models import Role
    from allay.records.services import staff, studies

    other = studies.create(name="Another study", by=SYSTEM, at=late)
    rik = staff.create(
        name="Rik",
        email="rik@example.org",
        password="a long pass phrase 7",
        kind=Role.Kind.RESEARCHER,
        study=other,
        by=SYSTEM,
        at=late,
    )
    assert desk(rik).get(page).status_code == 404
    assert b"Test study" not in desk(rik).get("/studies/").content
