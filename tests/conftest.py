"""The cast that every test may use, and a browser found on this machine."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest


@pytest.fixture
def at() -> datetime:
    """A Wednesday in the middle of the cast's fourth week."""
    return datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@dataclass
class Cast:
    """Ana and Ben take part in different groups; Fay runs Ana's, Finn Ben's; Wim is in a waiting group."""

    study: object
    group: object
    other_group: object
    waiting_group: object
    ana: object
    ben: object
    wim: object
    ana_enrolment: object
    ben_enrolment: object
    wim_enrolment: object
    fay: object
    finn: object
    rae: object
    ada: object
    sam: object


def _participant(name, group, by, at, join=True):
    from allay.records.queries import consents
    from allay.records.services import codes, enrolments

    enrolment = enrolments.enrol(name=name, group=group, by=by, at=at)
    if join:
        enrolment = codes.redeem(code=codes.issue(enrolment=enrolment, by=by, at=at), at=at)
        text = consents.current_text(enrolment, "en")
        enrolments.decide(
            enrolment=enrolment, text=text, programme=True, evaluation=True, by=enrolment.person, at=at
        )
    return enrolment


@pytest.fixture
def cast(db, at) -> Cast:
    return make_cast(at)


def make_cast(at: datetime) -> Cast:
    from allay.records.access import SYSTEM
    from allay.records.models import Role
    from allay.records.services import groups, reviewing, staff, studies

    before = at - timedelta(weeks=8)
    first = at - timedelta(weeks=3, days=2)
    study = studies.create(name="Test study", by=SYSTEM, at=before)
    reviewing.accept_unreviewed(by=SYSTEM, at=before)  # as the demo does
    staff.set_help_numbers(numbers=[("emergency", "Emergency", "0 0 0", "")], by=SYSTEM, at=before)

    def person(name, kind, study=None):
        return staff.create(
            name=name,
            email=f"{name.lower()}@example.org",
            password="a long pass phrase 7",
            kind=kind,
            study=study,
            by=SYSTEM,
            at=before,
        )

    fay, finn = person("Fay", Role.Kind.FACILITATOR), person("Finn", Role.Kind.FACILITATOR)
    rae, ada = person("Rae", Role.Kind.RESEARCHER, study), person("Ada", Role.Kind.ADMINISTRATOR)
    sam = person("Sam", Role.Kind.FACILITATOR)

    def group(name, arm, runner):
        made = groups.create(
            study=study,
            arm=arm,
            name=name,
            zone="Europe/London",
            first_meeting=first,
            place="Room 1",
            by=SYSTEM,
            at=before,
        )
        groups.assign(person=runner, group=made, by=SYSTEM, at=before)
        return made

    north, south, waiting = (
        group("North", "programme", fay),
        group("South", "programme", finn),
        group("Waiting", "waiting", finn),
    )
    joined = at - timedelta(weeks=4)
    ana = _participant("Ana", north, fay, joined)
    ben = _participant("Ben", south, finn, joined)
    wim = _participant("Wim", waiting, finn, joined)
    return Cast(
        study=study,
        group=north,
        other_group=south,
        waiting_group=waiting,
        ana=ana.person,
        ben=ben.person,
        wim=wim.person,
        ana_enrolment=ana,
        ben_enrolment=ben,
        wim_enrolment=wim,
        fay=fay,
        finn=finn,
        rae=rae,
        ada=ada,
        sam=sam,
    )


@pytest.fixture
def sign_in(client):
    """Signs the test client in as somebody, with a staff session where they are staff."""

    def enter(person, to=None):
        from allay.records.access import is_staff

        browser = to or client
        browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        if is_staff(person):
            session = browser.session
            now = datetime.now(UTC).isoformat()
            session.update({"staff": True, "started_at": now, "seen_at": now})
            session.save()
        return browser

    return enter


@pytest.fixture
def new_id():
    return uuid4


@pytest.fixture
def own_loop():
    """For a test that runs a loop: the browser of the journeys leaves its own standing in the thread, asleep."""
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome. In CI a missing browser is a failure, elsewhere a skip."""
    names = (os.environ.get("ALLAY_BROWSER", ""), "chromium", "chromium-headless-shell", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium or Chrome was found")
        pytest.skip("no Chromium or Chrome was found: see ./run test")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium) -> dict:
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    return {"executable_path": chromium, "args": quiet}
