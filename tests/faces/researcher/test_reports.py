"""Reports: made from the study's own rows, kept whole, read under a policy of their own."""

import json
import tomllib
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from allay.faces.researcher import reports
from allay.records.models import AuditEvent


@pytest.fixture
def made(rae, page, answered) -> str:
    """The address of a report that was made."""
    return rae.post(f"{page}reports/")["Location"]


def test_a_report_is_made_and_shown(rae, made):
    shown = rae.get(made).content.decode()
    assert "report.html" in shown and "results.json" in shown and "tables/reliable_change.csv" in shown


def test_its_numbers_come_from_the_rows(rae, made):
    results = json.loads(rae.get(f"{made}results.json").content)
    assert results["people"]["by_arm"] == {"waiting": 4, "programme": 5, "all": 9}
    assert results["change"]["phq-8.total"]["programme"]["n"] == 4


def test_the_report_is_read_under_its_own_policy(rae, made):
    answer = rae.get(f"{made}report.html")
    style = answer.content.partition(b"<style>")[2].partition(b"</style>")[0]
    policy = answer["Content-Security-Policy"]
    assert f"style-src 'sha256-{b64encode(sha256(style).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_other_files_are_downloads(rae, made):
    assert rae.get(f"{made}table.csv")["Content-Disposition"] == 'attachment; filename="table.csv"'


def test_the_table_of_the_report_gives_its_hash(rae, made):
    results = json.loads(rae.get(f"{made}results.json").content)
    assert results["provenance"]["data"]["sha256"] == sha256(rae.get(f"{made}table.csv").content).hexdigest()


def test_the_plan_names_the_study_and_its_arms_the_reference_first(rae, made):
    plan = tomllib.loads(rae.get(f"{made}plan.toml").content.decode())
    assert (plan["study"]["title"], plan["study"]["arms"]) == ("Test study", ["waiting", "programme"])


@pytest.mark.parametrize("name", ['A "quoted" name', "back\\slash", "tab\there", "ünïcode ☂", "line\nbreak"])
def test_any_name_of_a_study_makes_a_plan(cast, name):
    cast.study.name = name
    assert tomllib.loads(reports.plan_of(cast.study))["study"]["title"].replace(" ", "")


def test_the_report_of_a_synthetic_study_says_so(cast, rae, page, answered):
    type(cast.study).objects.update(synthetic=True)
    made = rae.post(f"{page}reports/")["Location"]
    assert b"synthetic data" in rae.get(f"{made}report.html").content


def test_that_a_report_was_made_is_noted(cast, made):
    assert AuditEvent.objects.get(name="report.made").actor == str(cast.rae.pk)


def test_a_double_tap_makes_one_report(rae, page, made):
    assert rae.post(f"{page}reports/")["Location"] == made


def test_a_later_report_stands_beside_the_earlier(cast, desk, rae, page, made, late):
    second = desk(cast.rae, late + timedelta(days=1)).post(f"{page}reports/")["Location"]
    shown = rae.get(page).content.decode()
    assert made in shown and second in shown and made != second


def test_without_answers_there_is_a_kind_sentence(rae, page, cast, settings):
    answer = rae.post(f"{page}reports/")
    assert answer.status_code == 422
    assert "There is not enough for a report yet" in answer.content.decode()
    assert not list((settings.DATA / "reports").rglob("report.html"))


def test_before_the_end_there_is_a_kind_sentence(cast, desk, rae, page, at, answered):
    answer = desk(cast.rae, at).post(f"{page}reports/")
    assert answer.status_code == 422


def test_nothing_half_made_is_left(rae, page, cast, settings):
    rae.post(f"{page}reports/")
    assert not list((settings.DATA / "reports").glob("*/.making-*"))


def test_a_group_in_the_middle_is_not_counted_as_missing(cast, desk, rae, page, late, answered):
    cast.other_group.weeks_count_from = late - timedelta(weeks=4)
    cast.other_group.save()
    made = rae.post(f"{page}reports/")["Location"]
    results = json.loads(rae.get(f"{made}results.json").content)
    assert results["people"]["by_arm"] == {"waiting": 4, "programme": 4, "all": 8}


@pytest.mark.parametrize(
    "name",
    ["../plan.toml", "..%2f..%2fsecret-key", "tables", "tables/../plan.toml", "nothing.csv", "/etc/passwd"],
)
def test_only_files_of_the_report_are_given_out(rae, made, name):
    assert rae.get(f"{made}{name}").status_code == 404


@pytest.mark.parametrize("made", ["20260101t000000z", "x", "making"])
def test_a_report_that_is_not_there_is_not_found(rae, page, made):
    assert rae.get(f"{page}reports/{made}/").status_code == 404


@pytest.mark.parametrize("who", ["fay", "ada", "ana"])
def test_nobody_else_reads_or_makes_reports(cast, desk, page, made, who):
    other = desk(getattr(cast, who))
    asked = [other.get(made), other.get(f"{made}report.html"), other.post(f"{page}reports/")]
    assert [answer.status_code for answer in asked] == [404, 404, 404]
