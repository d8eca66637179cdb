"""The page of a run: how far it is, stopping it, and whose it is."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from allay.faces.researcher import shelf
from allay.records.access import SYSTEM
from allay.records.models import EvaluationRun, Role
from allay.records.services import plans, runs, staff, studies, working
from tests.faces.researcher.working import turn


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def run(rae, asked):
    """The address of a run that waits."""
    return asked(rae)


def claimed():
    return working.claim(worker="test", by=SYSTEM, at=timezone.now())


def test_a_run_that_waits_says_so_and_stands_on_the_studys_page(rae, page, run):
    assert "It waits for its turn." in words(rae.get(run))
    assert run in rae.get(page).content.decode() and "UTC: waiting" in words(rae.get(page))


def test_a_run_at_work_says_its_step_and_its_share(rae, run):
    working.beat(run=claimed(), step="comparing the arms", share=0.42, by=SYSTEM, at=timezone.now())
    answer = rae.get(run).content.decode()
    assert "At work: comparing the arms." in answer and 'value="42"' in answer
    assert 'aria-live="polite"' in answer and "run.js" in answer and "http-equiv" not in answer


def test_a_page_of_a_run_that_is_over_asks_no_more(rae, run):
    turn()
    answer = rae.get(run).content.decode()
    assert 'data-state="over"' in answer and "run.js" not in answer and "<progress" not in answer
    assert "Run it again" in answer


def test_stop_takes_a_waiting_run_back(rae, run):
    assert rae.post(f"{run}stop/")["Location"] == run
    assert "It was stopped. Nothing of it is kept." in words(rae.get(run))


def test_stop_asks_the_worker_of_a_running_one(rae, run):
    claimed()
    rae.post(f"{run}stop/")
    answer = rae.get(run)
    assert "It is being stopped." in words(answer) and "disabled" in answer.content.decode()


def test_where_no_worker_gives_a_sign_of_life_the_page_says_so(rae, run):
    said = "gives no sign of life at the moment"
    assert said in words(rae.get(run))
    shelf.sign_of_life().touch()
    assert said not in words(rae.get(run))


def test_what_went_wrong_is_told_in_one_sentence(rae, run):
    working.fail(run=claimed(), why="What is missing: <b>answers</b>.", by=SYSTEM, at=timezone.now())
    answer = rae.get(run).content.decode()
    assert "What is missing: &lt;b&gt;answers&lt;/b&gt;." in answer


def test_a_full_queue_is_refused_kindly(rae, page, asked):
    for _number in range(runs.MOST_WAITING):
        asked(rae)
    answer = rae.post(f"{page}runs/", {"id": uuid4(), "version": "1"})
    assert answer.status_code == 409 and "waiting already" in words(answer)


@pytest.mark.parametrize(
    "sent", [{}, {"id": "x", "version": "0"}, {"version": "-1"}, {"version": "1e9"}, {"version": "٣"}]
)
def test_a_form_that_is_not_ours_asks_for_nothing(rae, page, sent):
    answer = rae.post(f"{page}runs/", {"id": str(uuid4())} | sent)
    assert answer.status_code == 404 and not EvaluationRun.objects.exists()


def test_another_studys_run_report_and_plan_are_not_there(cast, rae, page, desk, late, run):
    """Through one's own study's address, and for a researcher of another study."""
    other = studies.create(name="Another study", by=SYSTEM, at=late)
    text = cast.study.plans.get().text
    plan = plans.keep(id=uuid4(), study=other, text=text, by=SYSTEM, at=late)
    plan = plans.keep(id=uuid4(), study=other, text=text + "# 2\n", by=SYSTEM, at=late)
    theirs = runs.ask(id=uuid4(), study=other, plan=plan, by=SYSTEM, at=late)
    assert rae.get(f"{page}runs/{theirs.pk}/").status_code == 404
    assert rae.post(f"{page}runs/{theirs.pk}/stop/").status_code == 404
    assert rae.get(f"{page}plan/2/").status_code == 404
    assert rae.post(f"{page}runs/", {"id": theirs.pk, "version": "1"}).status_code == 404
    rik = staff.create(
        name="Rik",
        email="rik@example.org",
        password="a long pass phrase 7",
        kind=Role.Kind.RESEARCHER,
        study=other,
        by=SYSTEM,
        at=late,
    )
    assert desk(rik).get(run).status_code == 404
    assert desk(rik).post(f"{run}stop/").status_code == 404
    assert EvaluationRun.objects.get(pk=theirs.pk).state == "queued"


@pytest.mark.parametrize("polling", [True, False])
def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(rae, run, polling):
    session = rae.session
    before = (timezone.now() - timedelta(minutes=10)).isoformat()
    session["seen_at"] = before
    session.save()
    assert rae.get(run, headers={"X-Allay-Polling": "yes"} if polling else {}).status_code == 200
    assert (rae.session["seen_at"] == before) is polling
