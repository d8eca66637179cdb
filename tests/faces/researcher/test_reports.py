"""Reports: made from the study's own rows, kept whole, read under a policy of their own."""

import csv
import io
import json
import tomllib
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from allay.faces.researcher import shelf, shipped
from allay.records.models import AuditEvent, EvaluationReport
from tests.faces.researcher.working import turn


@pytest.fixture
def made(rae, evaluated, answered) -> str:
    """The address of a report that was made."""
    return evaluated(rae)


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


def test_the_record_keeps_the_hashes_of_all_it_was_made_from(rae, made):
    report = EvaluationReport.objects.get()
    for name, mark in (("table.csv", report.data_sha256), ("plan.toml", report.plan_sha256)):
        assert sha256(rae.get(f"{made}{name}").content).hexdigest() == mark
    assert sha256(rae.get(f"{made}report.html").content).hexdigest() == report.report_sha256
    assert report.plan_sha256 == report.plan.sha256


def test_the_plan_names_the_study_and_its_arms_the_reference_first(rae, made):
    plan = tomllib.loads(rae.get(f"{made}plan.toml").content.decode())
    assert (plan["study"]["title"], plan["study"]["arms"]) == ("Test study", ["waiting", "programme"])


@pytest.mark.parametrize("name", ['A "quoted" name', "back\\slash", "tab\there", "ünïcode ☂", "line\nbreak"])
def test_any_name_of_a_study_makes_a_plan(cast, name):
    cast.study.name = name
    assert tomllib.loads(shipped.plan_of(cast.study))["study"]["title"].replace(" ", "")


def test_the_report_of_a_synthetic_study_says_so(cast, rae, page, answered, evaluated):
    type(cast.study).objects.update(synthetic=True)
    made = evaluated(rae)
    assert b"synthetic data" in rae.get(f"{made}report.html").content


def test_who_asked_and_that_it_was_made_is_noted(cast, made):
    assert AuditEvent.objects.get(name="run.asked").actor == str(cast.rae.pk)
    assert AuditEvent.objects.get(name="report.made").details["asked_by"] == str(cast.rae.pk)


def test_a_double_tap_asks_once(rae, asked, answered):
    id = uuid4()
    assert asked(rae, id=id) == asked(rae, id=id)
    assert turn() and not turn()


def test_a_later_report_stands_beside_the_earlier(cast, desk, rae, page, made, evaluated, late):
    second = evaluated(desk(cast.rae, late + timedelta(days=1)))
    shown = rae.get(f"{page}reports/").content.decode()
    assert made in shown and second in shown and made != second


def test_the_same_data_and_plan_give_the_same_result_and_the_list_says_so(rae, page, made, evaluated):
    evaluated(rae)
    one, two = EvaluationReport.objects.all()
    assert (one.results_sha256, one.data_sha256) == (two.results_sha256, two.data_sha256)
    assert "same data, same plan, same result as" in rae.get(f"{page}reports/").content.decode()


def test_the_same_data_with_another_result_is_marked(rae, page, made, evaluated):
    EvaluationReport.objects.update(results_sha256="0" * 64)
    evaluated(rae)
    assert "but another result: computed by other versions" in rae.get(f"{page}reports/").content.decode()


def test_other_data_by_the_same_plan_are_named_so(cast, rae, page, made, evaluated, more, answer):
    answer(more(cast.group, cast.fay, 1)[0], "baseline", 2, -1)
    evaluated(rae)
    assert ", other data" in rae.get(f"{page}reports/").content.decode()


def test_without_answers_there_is_a_kind_sentence(rae, asked, cast, settings):
    address = asked(rae)
    assert turn()
    said = rae.get(address).content.decode()
    assert "No report came of it" in said and "What is missing:" in said
    assert not list((settings.DATA / "reports").rglob("report.html"))


def test_before_the_end_there_is_a_kind_sentence(cast, desk, rae, asked, at, answered):
    address = asked(desk(cast.rae, at))
    turn()
    assert "What is missing:" in rae.get(address).content.decode()


@pytest.mark.parametrize("with_answers", [True, False])
def test_nothing_half_made_is_left(rae, asked, cast, settings, with_answers, request):
    if with_answers:
        request.getfixturevalue("answered")
    asked(rae)
    turn()
    assert not list((settings.DATA / "reports").glob("*/.making-*"))


def test_a_group_in_the_middle_is_not_counted_as_missing(cast, rae, late, answered, evaluated):
    cast.other_group.weeks_count_from = late - timedelta(weeks=4)
    cast.other_group.save()
    results = json.loads(rae.get(f"{evaluated(rae)}results.json").content)
    assert results["people"]["by_arm"] == {"waiting": 4, "programme": 4, "all": 8}


def test_the_flow_counts_people_at_each_step(rae, made, cast):
    rows = list(csv.DictReader(io.StringIO(rae.get(f"{made}flow.csv").content.decode())))
    assert [(row["arm"], row["enrolled"], row["agreed"], row["in_table"]) for row in rows] == [
        ("programme", "5", "5", "5"),
        ("waiting", "4", "4", "4"),
    ]


STRANGE = (
    "../plan.toml",
    "..%2f..%2fsecret-key",
    "tables",
    "tables/../plan.toml",
    "nothing.csv",
    "/etc/passwd",
    "%00",
    "plan.toml%00.csv",
    "//plan.toml",
    "./plan.toml",
    "%252e%252e/plan.toml",
    "a" * 5000,
)


def test_only_files_of_the_report_are_given_out(rae, made):
    assert [name for name in STRANGE if rae.get(f"{made}{name}").status_code != 404] == []


def test_a_file_that_was_changed_on_the_disk_is_not_given_out(rae, made, settings):
    report = EvaluationReport.objects.get()
    path = shelf.shelf(report.study_id) / report.folder / "results.json"
    path.write_text(path.read_text().replace("4", "5"))
    assert rae.get(f"{made}results.json").status_code == 404
    assert "no longer what was made" in rae.get(made).content.decode()


def test_a_link_put_in_its_place_is_not_followed(rae, made, tmp_path):
    report = EvaluationReport.objects.get()
    path = shelf.shelf(report.study_id) / report.folder / "results.json"
    path.unlink()
    (tmp_path / "secret").write_text("secret")
    path.symlink_to(tmp_path / "secret")
    assert rae.get(f"{made}results.json").status_code == 404


@pytest.mark.parametrize("made", ["20260101t000000z", "x", "making", "f0000000-0000-4000-8000-000000000000"])
def test_a_report_that_is_not_there_is_not_found(rae, page, made):
    assert rae.get(f"{page}reports/{made}/").status_code == 404


def test_a_report_is_never_changed_or_removed(made):
    report = EvaluationReport.objects.get()
    with pytest.raises(TypeError):
        report.save()
    with pytest.raises(TypeError):
        report.delete()


def test_nobody_else_reads_or_makes_reports(cast, desk, page, made):
    for who in ("fay", "ada", "ana"):
        other = desk(getattr(cast, who))
        asked = [
            other.get(made),
            other.get(f"{made}report.html"),
            other.get(f"{page}reports/"),
            other.post(f"{page}runs/"),
        ]
        assert [answer.status_code for answer in asked] == [404] * 4, who
