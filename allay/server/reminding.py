"""Sends the notes that people asked for, beside the evaluations: a long run never makes a note late."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from allay.faces.participant.notes import note
from allay.records.access import SYSTEM
from allay.records.queries import reminders as queries
from allay.records.queries.reminders import Due
from allay.records.services import reminders
from allay.server import starting

LOG = logging.getLogger(__name__)
LOOK = 30.0  # seconds between looks


class Reminding:
    """`start` and `stop` for a thread of its own; `turn` is one look."""

    def __init__(self, clock: Callable[[], datetime] = starting.now) -> None:
        self.clock, self.ending = clock, threading.Event()
        self.thread = threading.Thread(target=self._keep_going, daemon=True)

    def start(self) -> None:
        if settings.EMAIL_READY:
            self.thread.start()

    def stop(self) -> None:
        self.ending.set()
        if self.thread.is_alive():
            self.thread.join(5)

    def _keep_going(self) -> None:
        while not self.ending.is_set():
            try:
                self.turn()
            except (
                Exception
            ):  # a full disk, somebody holding the database: later again, and never the end of all notes
                LOG.exception("a look at the notes failed")
            finally:
                connection.close()
            self.ending.wait(LOOK)

    def turn(self) -> int:
        """Sends what is due now; gives how many went out. Where no mail server answers, nothing is taken as sent."""
        due = queries.due(self.clock()) if settings.EMAIL_READY else []
        if not due:
            return 0
        post = get_connection()
        try:
            post.open()
        except OSError as error:
            LOG.warning("the mail server does not answer: %s", type(error).__name__)
            return 0
        try:
            return self._send(post, due)
        finally:
            post.close()

    def _send(self, post: BaseEmailBackend, due: list[Due]) -> int:
        sent = 0
        for one in due:
            if self.ending.is_set():
                break
            if not reminders.claim(reminder=one.reminder, day=one.day, by=SYSTEM, at=self.clock()):
                continue
            try:
                sent += post.send_messages([note(one)]) or 0
            except (
                OSError,
                ValueError,
            ) as error:  # every fault of smtplib is an OSError; a bad header a ValueError
                refused = isinstance(error, SMTPException | ValueError)
                refused = refused and not isinstance(error, SMTPServerDisconnected)
                LOG.warning("a note was not taken: %s", type(error).__name__)
                if (
                    not refused
                ):  # the server is gone; what it refuses is this one address, and others get theirs
                    break
        return sent
