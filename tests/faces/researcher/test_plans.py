"""The plan of a study: versions kept word for word, refusals that lose nothing, locks."""

import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from allay.records.errors import DifferentContent, NotYours, PlanFault
from allay.records.models import AuditEvent, EvaluationPlan
from allay.records.services import plans

PLAN = """[study]
title = "Our question"
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-12"]

[[outcomes]]
score = "phq-8.total"
better = "lower"

[model]
kind = "ancova"
"""


@pytest.fixture
def keep(cast, late):
    def verb(text=PLAN, **others):
        given = {"id": uuid4(), "study": cast.study, "text": text, "by": cast.rae, "at": late} | others
        return plans.keep(**given)

    return verb


@pytest.fixture
def send(rae, page):
    """Sends the form of a new version."""

    def post(text=PLAN, **more):
        return rae.post(f"{page}plan/new/", {"id": str(uuid4()), "text": text, **more})

    return post


def test_before_there_is_a_plan_the_shipped_one_is_shown(rae, page):
    said = rae.get(f"{page}plan/").content.decode()
    assert "The plan that Allay ships" in said and "Low mood (PHQ-8)" in said


def test_a_plan_is_kept_and_read_in_words(rae, page, send):
    assert send()["Location"] == f"{page}plan/1/"
    said = rae.get(f"{page}plan/1/").content.decode()
    assert "Our question" in said and "Programme with Waiting group" in said and "lower is better" in said


def test_every_version_stays(rae, page, send):
    send()
    send(PLAN.replace("Our question", "Another question"))
    assert "Our question" in rae.get(f"{page}plan/1/").content.decode()
    assert "Another question" in rae.get(f"{page}plan/").content.decode()


def test_the_text_has_the_hash_that_the_page_shows(rae, page, send):
    send(PLAN.replace("\n", "\r\n"))  # as browsers send it
    downloaded = rae.get(f"{page}plan/1/plan.toml").content
    assert downloaded == PLAN.encode()
    assert sha256(downloaded).hexdigest() in rae.get(f"{page}plan/1/").content.decode()


def test_a_file_can_be_chosen_instead(rae, page, send):
    send("", file=SimpleUploadedFile("plan.toml", b"\xef\xbb\xbf" + PLAN.encode()))
    assert EvaluationPlan.objects.get().text == PLAN


def test_a_fault_is_said_with_its_line_and_nothing_is_lost(send):
    typed = PLAN.replace("lower", "down") + "# <b>a remark</b>\n"
    answer = send(typed)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 8:" in said and "outcomes[1].better" in said
    assert "# &lt;b&gt;a remark&lt;/b&gt;" in said and 'aria-invalid="true"' in said
    assert not EvaluationPlan.objects.exists()


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"programme"]', '"__class__"]', "this study has no “__class__”. It has: programme, waiting"),
        ('"week-12"]', '"week-13"]', "this study has no “week-13”"),
        ("phq-8.total", "phq8", "this study has no “phq8”"),
        (
            "[model]",
            '[diary]\nvariables = ["pain"]\n[model]',
            "this study has no “pain”. It has: comfort, mood, week_acceptance",
        ),
    ],
)
def test_a_plan_names_what_the_study_has(keep, old, new, said):
    with pytest.raises(PlanFault) as caught:
        keep(PLAN.replace(old, new))
    assert said in str(caught.value.sentence) and caught.value.line


def test_checking_keeps_nothing(send):
    assert "This plan can be used. It is not kept yet." in send(check="yes").content.decode()
    assert not EvaluationPlan.objects.exists()


HOSTILE = {
    "a megabyte": "# " + "x" * 990_000,
    "one long key": "a" + ".a" * 40_000 + " = 1",
    "nested": "x = " + "[" * 90_000,
    "a long number": "x = " + "9" * 5_000,
    "script": "<script>alert(1)</script>\"'",
    "control characters": "\x00\x1b[31m",
    "half a character": "\ud800",
    "nothing": "",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_plans_are_refused_kindly(send, kind):
    answer = send(HOSTILE[kind].encode("utf-8", "replace").decode())
    said = answer.content.decode()
    assert answer.status_code in (400, 413, 422)
    assert "Traceback" not in said and "<script>alert" not in said
    assert not EvaluationPlan.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"x" * 900_000])
def test_hostile_files_are_refused_and_the_typed_plan_stays(send, content):
    answer = send(PLAN, file=SimpleUploadedFile("../../plan.toml", content))
    assert answer.status_code == 422
    assert "Our question" in answer.content.decode()


def test_half_a_character_is_refused_by_the_verb(keep):
    with pytest.raises(PlanFault):
        keep('x = "\ud800"')


def test_the_same_id_is_kept_once(keep):
    id = uuid4()
    assert keep(id=id) == keep(id=id)
    with pytest.raises(DifferentContent):
        keep(PLAN + "# more", id=id)
    assert AuditEvent.objects.filter(name="plan.kept").count() == 1


def test_the_same_words_are_no_new_version(keep):
    assert keep() == keep()


def test_an_id_of_another_study_is_not_there(cast, keep, late):
    from allay.records.access import SYSTEM
    from allay.records.services import studies

    id = uuid4()
    other = studies.create(name="Another study", by=SYSTEM, at=late)
    plans.keep(id=id, study=other, text=PLAN, by=SYSTEM, at=late)
    with pytest.raises(NotYours):
        keep(id=id)


@pytest.mark.parametrize("who", ["fay", "ada", "ana", "sam"])
def test_nobody_but_its_researchers_keeps_or_locks(cast, keep, late, who):
    kept = keep()
    with pytest.raises(NotYours):
        keep(by=getattr(cast, who))
    with pytest.raises(NotYours):
        plans.lock(plan=kept, by=getattr(cast, who), at=late)


def test_a_kept_plan_is_never_changed_or_removed(keep):
    kept = keep()
    kept.text = "another"
    with pytest.raises(TypeError):
        kept.save()
    with pytest.raises(TypeError):
        kept.delete()


def test_a_lock_holds_hash_time_and_content_and_is_the_commands_own(cast, rae, page, keep):
    from allay.science.evaluation.plan.lock import read_lock

    kept = keep()
    assert "Lock version 1" in rae.get(f"{page}plan/1/lock/").content.decode()
    rae.post(f"{page}plan/1/lock/")
    lock = read_lock(rae.get(f"{page}plan/1/plan.lock.json").content.decode(), "plan.lock")
    assert lock["plan_sha256"] == kept.sha256
    assert lock["plan"]["study"]["title"] == "Our question"
    assert "Locked on" in rae.get(f"{page}plan/1/").content.decode()
    assert AuditEvent.objects.get(name="plan.locked").details["sha256"] == kept.sha256


def test_locking_twice_changes_nothing(cast, keep, late):
    first = plans.lock(plan=keep(), by=cast.rae, at=late)
    second = plans.lock(plan=first, by=cast.rae, at=late + timedelta(days=1))
    assert (second.locked_at, second.lock) == (first.locked_at, first.lock)
    assert AuditEvent.objects.filter(name="plan.locked").count() == 1


def test_a_lock_after_a_report_by_arm_is_warned_of(rae, page, answered, evaluated):
    evaluated(rae)
    assert "1 report by arm was made before" in rae.get(f"{page}plan/1/lock/").content.decode()


def test_what_departs_from_the_locked_plan_stands_in_the_list(
    cast, rae, page, keep, answered, evaluated, late
):
    plans.lock(plan=keep(), by=cast.rae, at=late - timedelta(hours=1))
    evaluated(rae, version=1)
    assert "none from version 1" in rae.get(f"{page}reports/").content.decode()
    keep(PLAN.replace("phq-8.total", "pain-ratings.average"))
    made = evaluated(rae, version=2)
    assert "1 from version 1" in rae.get(f"{page}reports/").content.decode()
    assert "outcomes[1].score: locked as phq-8.total" in rae.get(made).content.decode()
    results = json.loads(rae.get(f"{made}results.json").content)
    assert len(results["provenance"]["lock"]["departures"]) == 1


def test_a_plan_that_can_no_longer_be_read_says_so(rae, page, keep):
    keep()
    EvaluationPlan.objects.update(text="[old]\nshape = 1\n")
    said = rae.get(f"{page}plan/1/").content.decode()
    assert "can no longer be evaluated" in said and "[old]" in said


@pytest.mark.parametrize("version", ["0", "2", "99999999999999999999999999"])
def test_a_version_that_is_not_there_is_not_found(rae, page, keep, version):
    keep()
    assert rae.get(f"{page}plan/{version}/lock/").status_code == 404
    assert rae.post(f"{page}runs/", {"id": uuid4(), "version": version or "x"}).status_code in (302, 404)


def test_keeping_and_locking_a_plan_loads_no_numerical_library():
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "import allay.server.urls, allay.faces.researcher.plan_words;"
        "from allay.science.evaluation import parse_plan; from allay.science.evaluation.plan.lock import lock_text;"
        "print([name for name in ('numpy', 'scipy', 'duckdb') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
