"""The worker: one run at a time, to an end that is told; never the same run twice, never half a report."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from allay.faces.researcher import shelf
from allay.records.access import SYSTEM
from allay.records.errors import NotReady, NotYours
from allay.records.models import AuditEvent, EvaluationReport, EvaluationRun
from allay.records.services import plans, runs, working
from allay.server import evaluating
from allay.server import worker as workers

PLAN = """[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-12"]
[[outcomes]]
score = "phq-8.total"
better = "lower"
"""
RESULTS = {"people": {"by_arm": {"all": 9}}, "provenance": {"lock": None}}


class Child:
    """Stands where the child process stands: gives these exit codes (None: not over yet) one after the other."""

    def __init__(self, *codes, refused="", meanwhile=lambda run: None):
        self.codes, self.refused, self.meanwhile = list(codes), refused, meanwhile
        self.step, self.share, self.killed = "computing", 0.5, False

    def __call__(self, run, folder: Path):
        self.run, self.folder = run, folder
        for name in ("table.csv", "plan.toml", "report.html"):
            (folder / name).write_text(name)
        (folder / "results.json").write_text(json.dumps(RESULTS))
        return self

    def wait(self, seconds):
        code = self.codes.pop(0)
        self.meanwhile(self.run)
        return code

    def kill(self):
        self.killed = True


@pytest.fixture
def plan(cast, at, settings, tmp_path):
    settings.DATA = tmp_path
    return plans.keep(id=uuid4(), study=cast.study, text=PLAN, by=cast.rae, at=at)


@pytest.fixture
def ask(cast, plan, at):
    def verb(**others):
        return runs.ask(
            **{"id": uuid4(), "study": cast.study, "plan": plan, "by": cast.rae, "at": at} | others
        )

    return verb


def work(child, run=None, clock=workers.starting.now):
    """Lets a worker have one turn; gives the run as it stands then."""
    assert workers.Worker(clock=clock, begin=child).turn()
    return EvaluationRun.objects.get(pk=run.pk if run else child.run.pk)


def left(settings) -> list[str]:
    return sorted(path.name for path in (settings.DATA / "reports").glob("*/*"))


# How a run ends


def test_a_run_becomes_a_report_with_the_hashes_of_its_files(ask, settings):
    run = work(Child(None, 0), ask())
    report = EvaluationReport.objects.get()
    assert (run.state, run.share, report.people, report.folder) == ("finished", 1, 9, f"{run.pk}-1")
    assert left(settings) == [report.folder]
    assert report.data_sha256 == report.files["table.csv"][0]


def test_progress_is_told_while_it_works(ask):
    seen = []
    child = Child(None, None, 0, meanwhile=lambda run: seen.append(EvaluationRun.objects.get(pk=run.pk)))
    work(child, ask())
    assert [(row.state, row.step, row.share) for row in seen[1:]] == [("running", "computing", 0.5)] * 2
    assert all(row.beat_at for row in seen)


@pytest.mark.parametrize(
    "code, refused, said",
    [
        (evaluating.REFUSED, "arm waiting is empty.", "What is missing: arm waiting is empty."),
        (evaluating.NO_MEMORY, "", "more memory"),
        (1, "", "Something went wrong on our side"),
    ],
)
def test_a_run_without_a_report_says_why(ask, settings, code, refused, said):
    run = work(Child(code, refused=refused), ask())
    assert run.state == "failed" and said in run.why and run.ended_at
    assert not left(settings)


def test_stop_is_heard(cast, ask, settings, at):
    def stop(run):
        runs.stop(run=run, by=cast.rae, at=at)

    child = Child(None, 0, meanwhile=stop)
    run = work(child, ask())
    assert (run.state, child.killed, left(settings)) == ("stopped", True, [])
    assert not EvaluationReport.objects.exists()


def test_stop_in_the_last_moment_keeps_no_report(cast, ask, settings, at):
    run = work(Child(0, meanwhile=lambda run: runs.stop(run=run, by=cast.rae, at=at)), ask())
    assert (run.state, left(settings), EvaluationReport.objects.count()) == ("stopped", [], 0)


def test_a_waiting_run_is_stopped_at_once_and_never_begun(cast, ask, at):
    run = runs.stop(run=ask(), by=cast.rae, at=at)
    assert run.state == "stopped"
    assert not workers.Worker(begin=Child()).turn()


def test_stopping_what_is_over_changes_nothing(cast, ask, at):
    run = work(Child(0), ask())
    assert runs.stop(run=run, by=cast.rae, at=at).state == "finished"
    assert not AuditEvent.objects.filter(name="run.stop-asked").exists()


def test_what_takes_too_long_is_ended(ask, monkeypatch):
    monkeypatch.setattr(workers, "LONGEST", -1)
    child = Child(None, 0)
    assert "six hours" in work(child, ask()).why and child.killed


def test_a_worker_that_is_told_to_end_leaves_its_run_to_the_next(ask, settings):
    run = ask()
    worker = workers.Worker(begin=(child := Child(None, 0)))
    worker.end()
    worker.turn()
    run.refresh_from_db()
    assert (run.state, run.attempt, child.killed, left(settings)) == ("queued", 0, True, [])
    assert work(Child(0), run).state == "finished"


# Cut off


def test_a_child_that_was_killed_is_tried_again_and_given_up_in_the_end(ask, settings):
    run = ask()
    for attempt in (1, 2):
        run = work(Child(-9), run)
        assert (run.state, run.attempt) == ("queued", attempt)
    run = work(Child(-9), run)
    assert run.state == "failed" and "cut off half-way each time" in run.why
    assert not left(settings) and not workers.Worker(begin=Child()).turn()


def test_a_worker_that_died_loses_its_run_to_the_next_and_its_half_report_is_cleared(ask, settings, at):
    run = ask()
    dead = working.claim(worker="dead", by=SYSTEM, at=at)
    (shelf.workplace(dead) / "report.html").write_text("half")
    (shelf.shelf(run.study_id) / f"{run.pk}-1").mkdir()  # renamed, but its record never came
    later = at + working.SILENT
    assert working.claim(worker="other", by=SYSTEM, at=later) is None  # a sign of life just now
    run = work(Child(0), run, clock=lambda: later + timedelta(seconds=1))
    assert (run.state, run.attempt) == ("finished", 2)
    assert left(settings) == [f"{run.pk}-2"]


def test_a_worker_that_was_given_up_changes_nothing_when_it_wakes(ask, at):
    ask()
    asleep = working.claim(worker="asleep", by=SYSTEM, at=at)
    awake = working.claim(worker="awake", by=SYSTEM, at=at + timedelta(minutes=1))
    made = working.Made(
        "x", dict.fromkeys(("table.csv", "plan.toml", "report.html"), ("0" * 64, 1)), "0" * 64, 1
    )
    late = {"by": SYSTEM, "at": at + timedelta(minutes=2)}
    assert not working.beat(run=asleep, step="", share=0.9, **late)
    assert working.finish(run=asleep, made=made, **late) is None
    assert not working.fail(run=asleep, why="no", **late)
    working.put_back(run=asleep, cut_off=True, **late)
    now = EvaluationRun.objects.get()
    assert (now.worker, now.attempt, now.state) == ("awake", 2, "running")
    assert working.finish(run=awake, made=made, **late)


def test_stop_while_nobody_works_on_it_is_heard_by_the_next_worker(cast, ask, at):
    run = ask()
    working.claim(worker="dead", by=SYSTEM, at=at)
    runs.stop(run=run, by=cast.rae, at=at)
    assert working.claim(worker="next", by=SYSTEM, at=at + timedelta(minutes=1)) is None
    run.refresh_from_db()
    assert run.state == "stopped"


def test_a_database_that_is_held_up_does_not_end_the_worker(ask, monkeypatch):
    from django.db import OperationalError

    def broken(**_any):
        raise OperationalError("database is locked")

    worker = workers.Worker(begin=Child())
    monkeypatch.setattr(working, "claim", broken)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(workers, "IDLE", 0.01)
    ask()
    signs = []
    worker.work(lambda: (signs.append(1), len(signs) > 3 and worker.end()))
    assert len(signs) > 3


# Asking


def test_the_same_id_is_asked_once(cast, ask):
    id = uuid4()
    assert ask(id=id) == ask(id=id)
    assert AuditEvent.objects.filter(name="run.asked").count() == 1


@pytest.mark.parametrize("who", ["ana", "fay", "sam", "ada"])
def test_nobody_but_its_researchers_asks_or_stops(cast, ask, at, who):
    run = ask()
    with pytest.raises(NotYours):
        ask(by=getattr(cast, who))
    with pytest.raises(NotYours):
        runs.stop(run=run, by=getattr(cast, who), at=at)


@pytest.mark.parametrize("who", ["rae", "fay", "ana"])
def test_nobody_signed_in_does_the_workers_part(cast, ask, at, who):
    ask()
    with pytest.raises(NotYours):
        working.claim(worker="me", by=getattr(cast, who), at=at)


def test_a_queue_has_an_end(ask):
    for _number in range(runs.MOST_WAITING):
        ask()
    with pytest.raises(NotReady):
        ask()


def test_a_plan_of_another_study_is_not_there(cast, ask, plan, at):
    from allay.records.services import studies

    other = studies.create(name="Another study", by=SYSTEM, at=at)
    with pytest.raises(NotYours):
        runs.ask(id=uuid4(), study=other, plan=plan, by=SYSTEM, at=at)


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_run(at, settings, tmp_path):
    from tests.conftest import make_cast

    settings.DATA = tmp_path
    cast = make_cast(at)
    plan = plans.keep(id=uuid4(), study=cast.study, text=PLAN, by=SYSTEM, at=at)
    for _number in range(5):
        runs.ask(id=uuid4(), study=cast.study, plan=plan, by=SYSTEM, at=at)
    taken, together = [], threading.Barrier(2)

    def claim_all(name):
        together.wait()
        while run := working.claim(worker=name, by=SYSTEM, at=at):
            taken.append(run.pk)
        connection.close()

    threads = [threading.Thread(target=claim_all, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 5
