"""Whom the plan blinds sees nothing by arm: each role, each page, and how it ends."""

import csv
import io
import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from allay.records.access import SYSTEM, Permission, can, is_blinded
from allay.records.errors import Blinded, Invalid, NotReady, NotYours
from allay.records.models import Arm, AuditEvent, EvaluationReport, EvaluationRun, Person, Role, Unblinding
from allay.records.queries import blinding
from allay.records.services import blinding as verbs
from allay.records.services import checkins, plans, runs, staff
from tests.faces.researcher.working import turn

BY_ARM = """[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-12"]
[[outcomes]]
score = "phq-8.total"
better = "lower"
[model]
kind = "ancova"
"""
TOGETHER = BY_ARM.replace('arms = ["waiting", "programme"]\n', "")
ROLES = '[blinding]\nuntil = "database-lock"\nroles = '


def blinds(until='"database-lock"', plan=BY_ARM) -> str:
    return f"{plan}[blinding]\nuntil = {until}\n"


@pytest.fixture
def keep(cast, at):
    def verb(text):
        return plans.keep(id=uuid4(), study=cast.study, text=text, by=SYSTEM, at=at)

    return verb


@pytest.fixture
def blinded(rae, keep):
    """Rae, while the plan blinds her."""
    keep(blinds())
    return rae


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# What is seen


def test_the_study_page_tells_no_arm_from_another(blinded, page, answered):
    said = words(blinded.get(page))
    assert "The plan blinds you. You see everybody together and nothing by arm" in said
    assert "Everybody 9 8 of 9 (89 %)" in said
    assert "Waiting group" not in said and "Programme" not in said


def test_the_table_has_neither_arms_nor_groups_nor_numbers(blinded, page, answered):
    body = b"".join(blinded.get(f"{page}table.csv").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert list(rows[0]) == ["participant", "timepoint", "score", "value"]
    assert len({row["participant"] for row in rows}) == 9
    assert all(re.fullmatch("[0-9a-f]{12}", row["participant"]) for row in rows)
    assert "programme" not in body and "waiting" not in body
    assert [row["participant"] for row in rows] == sorted(row["participant"] for row in rows)
    assert AuditEvent.objects.get(name="study.table-taken").details == {"blind": True}


def test_the_blind_table_has_the_same_values(cast, rae, page, keep, answered):
    def values(body):
        return sorted(
            (row["timepoint"], row["score"], row["value"]) for row in csv.DictReader(io.StringIO(body))
        )

    before = b"".join(rae.get(f"{page}table.csv").streaming_content).decode()
    keep(blinds())
    assert values(b"".join(rae.get(f"{page}table.csv").streaming_content).decode()) == values(before)


def test_reports_and_runs_made_before_are_kept_from_whom_the_plan_blinds(
    rae, page, answered, evaluated, keep
):
    made = evaluated(rae)
    run = f"{page}runs/{EvaluationRun.objects.get().pk}/"
    keep(blinds())
    for address in (made, f"{made}report.html", f"{made}results.json", f"{made}table.csv", run):
        answer = rae.get(address)
        assert answer.status_code == 403
        assert "until an administrator declares the data complete" in words(answer)
        assert "programme" not in answer.content.decode().lower().replace("allay", "")
    listed = words(rae.get(f"{page}reports/"))
    assert "1 report by arm is kept from you until" in listed
    assert made not in rae.get(f"{page}reports/").content.decode()
    assert made not in rae.get(page).content.decode()


def test_a_run_by_arm_is_refused_and_its_button_is_not_shown(blinded, page, answered):
    assert "Run the evaluation" not in words(blinded.get(page))
    answer = blinded.post(f"{page}runs/", {"id": uuid4(), "version": "1"})
    assert answer.status_code == 403
    assert not EvaluationRun.objects.exists()


def test_a_run_by_arm_that_went_wrong_says_nothing_to_the_blinded(cast, rae, page, asked, keep):
    run = asked(rae)
    turn()
    keep(blinds())
    assert rae.get(run).status_code == 403
    assert "came to nothing" not in words(rae.get(page))


def test_a_plan_without_arms_runs_on_a_table_without_them(cast, blinded, page, keep, answered, evaluated):
    keep(blinds(plan=TOGETHER))
    made = evaluated(blinded, version=2)
    assert EvaluationReport.objects.get().blind
    results = json.loads(blinded.get(f"{made}results.json").content)
    assert results["people"]["by_arm"] == {"all": 9}
    for name in EvaluationReport.objects.get().files:
        content = blinded.get(f"{made}{name}").content.decode()
        assert "waiting" not in content.lower(), name
    assert "all arms together" in words(blinded.get(made))


def test_the_diary_goes_in_where_the_plan_asks_and_blinded_without_arms_and_calendar(
    cast, rae, page, keep, answered, evaluated, late
):
    for day in range(3):
        moment = cast.group.weeks_count_from + timedelta(days=day)
        content = {"mood": 5 + day, "comfort": 4}
        checkins.record(
            id=uuid4(), enrolment=cast.ana_enrolment, day=moment.date(), **content, by=cast.ana, at=moment
        )
    text = TOGETHER + '[diary]\nvariables = ["mood", "comfort"]\nnot_today = "not_today"\ndraws = 100\n'
    keep(text + "days = 84\n")
    open_rows = rae.get(f"{evaluated(rae, version=1)}diary.csv").content.decode().splitlines()
    outcomes = "mood,outlook,acceptance,comfort,connection"
    weekly = "week_mood,week_outlook,week_acceptance,week_comfort,week_connection"
    assert open_rows[0] == f"participant,day,arm,not_today,{outcomes},{weekly}"
    assert f"0001,{cast.group.weeks_count_from.date()},programme,false,5,,,4,,,,,," in open_rows
    keep(text + "[blinding]\nuntil = 2099-01-01\n")
    blind = rae.get(f"{evaluated(rae, version=2)}diary.csv").content.decode().splitlines()
    assert blind[0] == f"participant,day,not_today,{outcomes},{weekly}"
    assert sum(row.endswith(",2000-01-02,false,6,,,4,,,,,,") for row in blind) == 1
    assert "programme" not in "".join(blind) and len(blind) == len(open_rows)


def test_a_study_whose_arms_have_strange_names_is_evaluated(cast, rae, page, answered, keep, evaluated):
    Arm.objects.filter(study=cast.study, key="programme").update(key="__class__")
    keep(BY_ARM.replace("programme", "__class__"))
    results = json.loads(rae.get(f"{evaluated(rae, version=1)}results.json").content)
    assert results["people"]["by_arm"]["__class__"] == 5


# Whom


@pytest.fixture
def both(cast, late):
    """A researcher of the study who runs one of its groups as well."""
    person = staff.create(
        name="Bo",
        email="bo@example.org",
        password="a long pass phrase 7",
        kind=Role.Kind.RESEARCHER,
        study=cast.study,
        by=SYSTEM,
        at=late,
    )
    Role.objects.create(person=person, kind="facilitator", group=cast.group, granted_at=late)
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize(
    "roles, kept_from",
    [
        ('["researcher"]', {"rae", "both"}),
        ('["facilitator"]', {"both", "fay", "finn"}),
        ('["researcher", "facilitator"]', {"rae", "both", "fay", "finn"}),
    ],
)
def test_each_role_is_blinded_by_its_name(cast, both, keep, late, roles, kept_from):
    keep(BY_ARM + ROLES + roles)
    arms = blinding.arms_of(cast.study, late)
    people = {name: getattr(cast, name) for name in ("ana", "fay", "finn", "sam", "rae", "ada")} | {
        "both": both
    }
    assert {name for name, person in people.items() if is_blinded(person, arms)} == kept_from
    reads = {name for name, person in people.items() if can(person, Permission.READ_ARMS, arms)}
    assert reads == {"rae", "both"} - kept_from


def test_a_facilitator_who_researches_is_kept_from_reports(
    cast, desk, both, page, rae, keep, answered, evaluated
):
    made = evaluated(rae)
    keep(BY_ARM + ROLES + '["facilitator"]')
    assert desk(both).get(made).status_code == 403
    assert rae.get(made).status_code == 200


def test_another_studys_blinding_is_nobodys_here(cast, rae, page, late, answered):
    from allay.records.services import studies

    other = studies.create(name="Another study", by=SYSTEM, at=late)
    plans.keep(id=uuid4(), study=other, text=blinds(), by=SYSTEM, at=late)
    assert "The plan blinds you" not in words(rae.get(page))


def test_verbs_refuse_as_pages_do(cast, keep, late):
    kept = keep(blinds())
    with pytest.raises(Blinded):
        runs.ask(id=uuid4(), study=cast.study, plan=kept, by=cast.rae, at=late)


# Until when


def test_a_later_version_without_the_lines_opens_nothing(blinded, page, keep):
    keep(BY_ARM)
    assert "The plan blinds you" in words(blinded.get(page))


def test_a_date_ends_it(cast, keep):
    keep(blinds("2026-06-30"))
    one = date(2026, 6, 29)
    seen = [bool(blinding.arms_of(cast.study, _noon(one + timedelta(days=day))).blinded) for day in range(3)]
    assert seen == [True, False, False]


def _noon(day):
    from datetime import UTC, datetime

    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_timepoint_ends_it_when_it_has_closed_for_every_group(cast, rae, page, keep, late):
    keep(blinds('"week-12"'))
    closes = blinding.closing(cast.study, "week-12")
    assert "have closed for every group" in words(rae.get(page))
    assert blinding.arms_of(cast.study, closes - timedelta(seconds=1)).blinded
    assert not blinding.arms_of(cast.study, closes).blinded


def test_a_study_without_groups_stays_blinded(cast, late):
    from allay.records.services import studies

    other = studies.create(name="Another study", by=SYSTEM, at=late)
    plans.keep(id=uuid4(), study=other, text=blinds('"week-12"'), by=SYSTEM, at=late)
    assert blinding.arms_of(other, late + timedelta(days=9999)).blinded


def test_keeping_a_plan_that_blinds_is_asked_about_first(cast, rae, page):
    form = {"id": str(uuid4()), "text": blinds()}
    answer = rae.post(f"{page}plan/new/", form)
    assert "This plan blinds." in words(answer) and not cast.study.plans.exists()
    rae.post(f"{page}plan/new/", form | {"blind": "yes"})
    assert cast.study.plans.get().blinds_until == "database-lock"


# Ending it


@pytest.fixture
def end(cast, late):
    def verb(**others):
        given = {"kind": "complete", "reason": "All forms are in.", "by": cast.ada, "at": late} | others
        return verbs.end(id=uuid4(), study=cast.study, **given)

    return verb


def test_an_administrator_ends_it_on_a_page(cast, desk, blinded, page, answered):
    ada = desk(cast.ada)
    address = f"/service/unblinding/{cast.study.pk}/"
    assert address in ada.get("/service/").content.decode()
    assert "until an administrator declares the data complete" in words(ada.get(address))
    answer = ada.post(address, {"id": uuid4(), "kind": "complete", "reason": "All forms are in."})
    assert answer["Location"] == "/service/"
    assert "All forms are in." in words(ada.get(address))
    assert "Waiting group" in words(blinded.get(page))
    event = AuditEvent.objects.get(name="study.unblinded")
    assert event.actor == str(cast.ada.pk) and event.details["kind"] == "complete"


def test_it_ends_once_and_for_good(cast, keep, end, late):
    keep(blinds())
    assert end() == end(reason="Again.")
    keep(blinds("2099-01-01"))
    assert not blinding.arms_of(cast.study, late).blinded
    assert Unblinding.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"reason": "x" * 501}, {"kind": "because"}])
def test_without_a_reason_it_does_not_end(cast, desk, keep, end, wrong):
    keep(blinds())
    with pytest.raises(Invalid):
        end(**wrong)
    address = f"/service/unblinding/{cast.study.pk}/"
    sent = {"id": uuid4(), "kind": "early", "reason": "A reason"} | wrong
    assert desk(cast.ada).post(address, sent).status_code == 422
    assert not Unblinding.objects.exists()


def test_where_nobody_is_blinded_there_is_nothing_to_end(end):
    with pytest.raises(NotReady):
        end()


@pytest.mark.parametrize("who", ["rae", "fay", "ana", "sam"])
def test_nobody_else_ends_it(cast, desk, keep, end, who):
    keep(blinds())
    person = getattr(cast, who)
    with pytest.raises((NotYours, Blinded)):
        end(by=person)
    assert desk(person).post(f"/service/unblinding/{cast.study.pk}/").status_code == 404


def test_an_administrator_who_is_blinded_does_not_end_it(cast, desk, keep, end, late):
    keep(blinds())
    Role.objects.create(person=cast.ada, kind="researcher", study=cast.study, granted_at=late)
    ada = Person.objects.get(pk=cast.ada.pk)
    with pytest.raises(Blinded):
        end(by=ada)
    assert desk(ada).get(f"/service/unblinding/{cast.study.pk}/").status_code == 403
