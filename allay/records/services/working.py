"""The worker's side of runs: taking one, saying how far it is, and how it ended.

Every write asks for the run with its worker and attempt. A worker that was given up (it slept, or its machine did)
finds its run gone and changes nothing: two never work on the same one, and none ends it twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.models import EvaluationPlan, EvaluationReport, EvaluationRun
from allay.records.queries import runs
from allay.records.services import audit

State = EvaluationRun.State
SILENT = timedelta(seconds=30)  # without a sign of life a run is anybody's
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Made:
    """What came of a run: a folder that is whole and in its place."""

    folder: str
    files: Mapping[str, tuple[str, int]]  # name: SHA-256, bytes
    results_sha256: str
    people: int
    locked: EvaluationPlan | None = None
    departures: list[str] = field(default_factory=list)


@transaction.atomic
def claim(*, worker: str, by: Actor, at: datetime) -> EvaluationRun | None:
    """The next run that waits, or whose worker has been silent; None where there is none to be had."""
    require(by, Permission.MANAGE)
    for run in runs.to_do(at - SILENT):
        if run.stop_asked_at is not None:
            _end(_held(run), run, State.STOPPED, "", by, at)
        elif run.attempt >= MOST_ATTEMPTS:
            _end(_held(run), run, State.FAILED, _given_up(), by, at)
        elif (
            _held(run)
            .filter(beat_at=run.beat_at)
            .update(state=State.RUNNING, worker=worker, attempt=run.attempt + 1, beat_at=at, step="", share=0)
        ):
            return EvaluationRun.objects.select_related("study", "plan").get(pk=run.pk)
    return None


def _given_up() -> str:
    return _("It was cut off half-way each time it was tried. The machine may have too little memory for it.")


def _held(run: EvaluationRun) -> QuerySet[EvaluationRun]:
    """The run, as long as it is still as it was read."""
    return EvaluationRun.objects.filter(
        pk=run.pk, state=run.state, worker=run.worker, attempt=run.attempt, ended_at=None
    )


def _end(
    held: QuerySet[EvaluationRun], run: EvaluationRun, state: str, why: str, by: Actor, at: datetime
) -> bool:
    ended = held.update(state=state, why=why[:500], ended_at=at, beat_at=None)
    if ended:
        audit.record(f"run.{state}", by=by, at=at, on=run, study=str(run.study_id))
    return bool(ended)


@transaction.atomic
def beat(*, run: EvaluationRun, step: str, share: float, by: Actor, at: datetime) -> bool:
    """A sign of life with the step and the share done. False: leave it, somebody asked to stop or it is not yours.

    Written every few seconds, so it leaves no audit event.
    """
    require(by, Permission.MANAGE)
    alive = _held(run).filter(stop_asked_at=None)
    return bool(alive.update(step=step[:80], share=min(1.0, max(0.0, share)), beat_at=at))


@transaction.atomic
def put_back(*, run: EvaluationRun, cut_off: bool, by: Actor, at: datetime) -> None:
    """Leaves a run for the next worker: the evaluation was cut off, or this worker was told to end.

    A run that somebody asked to stop, or that was cut off too often, ends here.
    """
    require(by, Permission.MANAGE)
    asked = _held(run).filter(stop_asked_at__isnull=False)
    if _end(asked, run, State.STOPPED, "", by, at):
        return
    if cut_off and run.attempt >= MOST_ATTEMPTS:
        _end(_held(run), run, State.FAILED, _given_up(), by, at)
        return
    spent = run.attempt if cut_off else run.attempt - 1
    back = _held(run).update(state=State.QUEUED, worker="", beat_at=None, step="", share=0, attempt=spent)
    if back:
        audit.record("run.put-back", by=by, at=at, on=run, study=str(run.study_id))


@transaction.atomic
def fail(*, run: EvaluationRun, why: str, by: Actor, at: datetime) -> bool:
    """Ends a run with the reason, in one sentence for the person who asked."""
    require(by, Permission.MANAGE)
    return _end(_held(run), run, State.FAILED, why, by, at)


@transaction.atomic
def finish(*, run: EvaluationRun, made: Made, by: Actor, at: datetime) -> EvaluationReport | None:
    """Keeps the report. None where the run is no longer this worker's, or somebody asked to stop it."""
    require(by, Permission.MANAGE)
    held = _held(run).filter(stop_asked_at=None)
    if not held.update(state=State.FINISHED, share=1, step="", ended_at=at, beat_at=None):
        return None
    report = EvaluationReport.objects.create(
        study_id=run.study_id,
        run=run,
        plan_id=run.plan_id,
        folder=made.folder,
        blind=run.blind,
        made_at=run.asked_at,
        files={name: list(mark) for name, mark in made.files.items()},
        data_sha256=made.files["table.csv"][0],
        plan_sha256=made.files["plan.toml"][0],
        report_sha256=made.files["report.html"][0],
        results_sha256=made.results_sha256,
        people=made.people,
        locked=made.locked,
        departures=made.departures,
    )
    audit.record(
        "report.made", by=by, at=at, on=report, run=str(run.pk), asked_by=str(run.asked_by_id or "system")
    )
    return report
