"""The worker as a process: kill -9 of it and of its child leaves a run that is taken up again, never half a report."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.server.live import ALLAY

pytestmark = pytest.mark.server

SCENE = """
import os, sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from allay.server import starting
starting.setup()
starting.migrate()
from allay.records.access import SYSTEM
from allay.records.models import EvaluationRun
from allay.records.services import plans, responses, runs
from tests.conftest import make_cast
at = datetime(2026, 3, 4, 15, tzinfo=UTC)
cast = make_cast(at)
planned = {one.key: one for one in cast.study.timepoints.all()}
for enrolment in (cast.ana_enrolment, cast.ben_enrolment, cast.wim_enrolment):
    for key, week, level in (("baseline", -1, 2), ("week-12", 12, 1)):
        responses.record(
            id=uuid4(), enrolment=enrolment, timepoint=planned[key], instrument="phq-8",
            answers={f"phq{item}": level for item in range(1, 9)}, by=enrolment.person,
            at=cast.group.weeks_count_from + timedelta(weeks=week),
        )
plan = plans.keep(id=uuid4(), study=cast.study, text=sys.argv[1], by=SYSTEM, at=at)
for _number in range(2):
    runs.ask(id=uuid4(), study=cast.study, plan=plan, by=SYSTEM, at=at + timedelta(weeks=10))
"""
PLAN = """[study]
timepoints = ["baseline", "week-12"]
[[outcomes]]
score = "phq-8.total"
better = "lower"
"""


class Service:
    """A data folder with two runs that wait, and the processes a test starts on it."""

    def __init__(self, data: Path) -> None:
        self.data, self.started = data, []
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("ALLAY_", "DJANGO_"))
        }
        self.environment = kept | {"ALLAY_DATA": str(data), "PYTHONPATH": os.getcwd()}
        made = subprocess.run(
            [sys.executable, "-c", SCENE, PLAN], env=self.environment, capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr

    def worker(self, *more: str) -> subprocess.Popen:
        process = subprocess.Popen([*ALLAY, "worker", *more], env=self.environment)
        self.started.append(process)
        return process

    def sql(self, statement: str) -> list[tuple]:
        from sqlcipher3 import dbapi2

        connection = dbapi2.connect(self.data / "allay.sqlite3", timeout=30)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def states(self) -> list[tuple[str, int]]:
        return self.sql("SELECT state, attempt FROM records_evaluationrun ORDER BY asked_at, id")

    def until(self, true, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.states()
            time.sleep(0.02)


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    if not Path("/proc/self/task").is_dir():
        pytest.skip("tells children from /proc")
    made = Service(tmp_path_factory.mktemp("worked") / "data")
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_kill_9_of_child_and_worker(service):
    first = service.worker()
    service.until(lambda: ("running", 1) in service.states() and children(first.pid))
    os.kill(children(first.pid)[0], signal.SIGKILL)
    service.until(lambda: ("running", 2) in service.states() and children(first.pid))  # taken up again
    orphan = children(first.pid)[0]
    first.kill()
    first.wait()
    assert ("running", 2) in service.states()
    service.until(
        lambda: not Path(f"/proc/{orphan}").exists() or _dead(orphan)
    )  # it does not outlive its worker
    service.sql("UPDATE records_evaluationrun SET beat_at = '2026-01-01 00:00:00' WHERE state = 'running'")
    second, third = service.worker("--once"), service.worker("--once")
    assert second.wait(240) == 0 and third.wait(240) == 0
    assert sorted(service.states()) == [("finished", 1), ("finished", 3)]
    folders = sorted(path.name for path in (service.data / "reports").glob("*/*"))
    kept = sorted(name for (name,) in service.sql("SELECT folder FROM records_evaluationreport"))
    assert folders == kept and len(kept) == 2
    assert all((path / "results.json").is_file() for path in (service.data / "reports").glob("*/*"))


def _dead(pid: int) -> bool:
    """Ended, and only waiting for somebody to hear of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_worker_ends_when_it_is_told_and_when_its_service_is_gone(service):
    (service.data / "worker").unlink(missing_ok=True)
    told = service.worker()
    service.until((service.data / "worker").exists)
    told.send_signal(signal.SIGTERM)
    assert told.wait(60) == 0
    command = [*ALLAY, "worker"]
    starter = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", starter, *command],
        env=service.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    orphan = int(parent.stdout.readline())
    (service.data / "worker").unlink()
    service.until((service.data / "worker").exists)
    parent.kill()
    parent.communicate()
    service.until(lambda: not Path(f"/proc/{orphan}").exists() or _dead(orphan))
