"""The worker: works off the runs that researchers ask for, one at a time, beside the web process; and sends the
notes that people asked for (server/reminding.py).

No broker and no further service: a run is a row, claimed by a conditional update (records/services/working.py). Each
is evaluated in a child process (server/evaluating.py), so that numerical libraries, their memory and their crashes
stay away from the pages. The folder of a report gets its name when it is whole; its record follows in one transaction.
"""

import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from allay.faces.researcher import shelf
from allay.records.access import SYSTEM
from allay.records.models import EvaluationRun
from allay.records.queries import plans, runs
from allay.records.services import working
from allay.server import evaluating, starting
from allay.server.reminding import Reminding

LOG = logging.getLogger(__name__)
IDLE = 1.0  # seconds between looks at the queue
BEAT = 2.0  # seconds between signs of life
LONGEST = 6 * 3600  # seconds of one evaluation


class Evaluation(Protocol):
    """A child at work: how far it is, and how it ended."""

    step: str
    share: float
    refused: str

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None if it is not over by then."""

    def kill(self) -> None: ...


class Child:
    """An evaluation in a process of its own."""

    def __init__(self, run: EvaluationRun, folder: Path) -> None:
        self.step, self.share, self.refused = "", 0.0, ""
        command = [sys.executable, "-m", "allay.server.evaluating", str(run.pk), str(folder)]
        self.process = subprocess.Popen(  # noqa: S603  # our own module, our own ids
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        self.listener = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self.listener.start()

    def _listen(self, said: IO[bytes]) -> None:
        for line in said:
            try:
                news = json.loads(line)
                self.step, self.share = str(news.get("step", self.step)), float(news.get("share", self.share))
                self.refused = str(news.get("refused", ""))
            except (ValueError, AttributeError, TypeError):
                continue  # a library that prints is no news

    def wait(self, seconds: float) -> int | None:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.listener.join(5)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Worker:
    """`work` until `end` is called; `turn` takes one run. `clock` and `begin` can be given by tests."""

    def __init__(
        self,
        clock: Callable[[], datetime] = starting.now,
        begin: Callable[[EvaluationRun, Path], Evaluation] = Child,
    ) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(6)}"
        self.clock, self.begin, self.ending = clock, begin, threading.Event()

    def end(self, *_signal: object) -> None:
        self.ending.set()

    def work(self, sign: Callable[[], None] = lambda: None) -> None:
        """Works off what comes. `sign` is called again and again while the worker is alive."""
        while not self.ending.is_set():
            sign()
            try:
                busy = self.turn(sign)
            except (DatabaseError, OSError):  # a full disk, somebody holding the database: later again
                LOG.exception("a turn of the worker failed")
                connection.close()
                busy = False
            if not busy:
                self.ending.wait(IDLE)

    def turn(self, sign: Callable[[], None] = lambda: None) -> bool:
        """Takes one run, if there is one, and sees it to its end. Whether there was one."""
        at = self.clock()
        if not runs.to_do(at - working.SILENT):  # a look costs no write
            return False
        run = working.claim(worker=self.name, by=SYSTEM, at=at)
        if run is None:
            return False
        work = shelf.workplace(run)
        try:
            self._evaluate(run, work, sign)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return True

    def _evaluate(self, run: EvaluationRun, work: Path, sign: Callable[[], None]) -> None:
        child = self.begin(run, work)
        until = time.monotonic() + LONGEST
        while (code := child.wait(BEAT)) is None:
            sign()
            if self.ending.is_set() or not self._beat(run, child):
                child.kill()
                return self._put_back(run, cut_off=False)
            if time.monotonic() > until:
                child.kill()
                return self._fail(run, _("It took longer than six hours and was ended."))
        if code == 0:
            return self._keep(run, work)
        if code < 0 or code == evaluating.WORKERS_GONE:  # cut off: by the system, or by somebody
            return self._put_back(run, cut_off=True)
        return self._fail(run, _why(code, child.refused))

    def _beat(self, run: EvaluationRun, child: Evaluation) -> bool:
        try:
            return working.beat(run=run, step=child.step, share=child.share, by=SYSTEM, at=self.clock())
        except DatabaseError:  # the next beat may come through; until then the run is ours
            connection.close()
            return True

    def _keep(self, run: EvaluationRun, work: Path) -> None:
        results = json.loads((work / "results.json").read_text(encoding="utf-8"))
        lock = results["provenance"].get("lock") or {}
        files = shelf.marks(work)
        made = working.Made(
            folder=shelf.put_up(run, work),
            files=files,
            results_sha256=shelf.mark_of_results(results),
            people=results["people"]["by_arm"]["all"],
            locked=plans.locked(run.study, run.asked_at),
            departures=list(lock.get("departures", ())),
        )
        if working.finish(run=run, made=made, by=SYSTEM, at=self.clock()) is None:
            shutil.rmtree(shelf.shelf(run.study_id) / made.folder, ignore_errors=True)
            self._put_back(
                run, cut_off=False
            )  # stopped in the last moment; where it is not ours, nothing happens

    def _put_back(self, run: EvaluationRun, cut_off: bool) -> None:
        working.put_back(run=run, cut_off=cut_off, by=SYSTEM, at=self.clock())

    def _fail(self, run: EvaluationRun, why: str) -> None:
        working.fail(run=run, why=why, by=SYSTEM, at=self.clock())


def _why(code: int, refused: str) -> str:
    if code == evaluating.REFUSED and refused:
        return _("What is missing: %s.") % refused.rstrip(".")
    if code == evaluating.NO_MEMORY:
        return _("It needs more memory than an evaluation may take here.")
    return _("Something went wrong on our side. It is noted in the service's log.")


def run(once: bool = False) -> int:
    """The whole life of a worker process: until it is told to end, or whoever started it is gone."""
    worker = Worker()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, worker.end)
    notes = Reminding()
    if once:
        notes.turn()
        while worker.turn():
            pass
        return 0
    parent = os.getppid()
    notes.start()

    def sign() -> None:
        shelf.sign_of_life().touch(mode=0o600)
        if os.getppid() != parent:
            worker.end()

    worker.work(sign)
    notes.stop()
    return 0


class Beside:
    """Keeps a worker process going beside the web server, and starts another where one has ended."""

    def __init__(self) -> None:
        self.stopping, self.process = threading.Event(), None  # type: ignore[var-annotated]

    def start(self) -> None:
        threading.Thread(target=self._keep_going, daemon=True).start()

    def _keep_going(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            began = time.monotonic()
            command = [sys.executable, "-m", "allay.server.cli", "worker"]
            self.process: Any = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603
            self.process.wait()
            pause = 1.0 if time.monotonic() - began > 60 else min(30.0, 2 * pause)
            self.stopping.wait(pause)

    def stop(self) -> None:
        """Tells the worker to end, and waits for it."""
        self.stopping.set()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
