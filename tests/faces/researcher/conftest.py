"""A researcher's desk at a chosen time, and a study with answers in it."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from allay.content import library
from allay.faces.researcher import shipped
from allay.records.queries import consents
from allay.records.services import codes, enrolments, responses
from tests.faces.researcher.working import turn

FROM_ONE = ("global-change", "scs-sf")  # their scales have no nought


def answers_to(instrument: str, level: int) -> dict[str, int]:
    items = library.load().instruments[instrument].items
    return dict.fromkeys((item.id for item in items), max(level, 1) if instrument in FROM_ONE else level)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The shipped plan with its simplest model: what these tests ask is not how well a model fits four people."""
    real = shipped.plan_of
    monkeypatch.setattr(shipped, "plan_of", lambda study: real(study) + '\n[model]\nkind = "ancova"\n')


@pytest.fixture
def late(at) -> datetime:
    """When every group has reached the end: two months after the cast's own time."""
    return at + timedelta(weeks=10)


@pytest.fixture
def desk(sign_in, late):
    def enter(person, moment: datetime = late) -> Client:
        client = sign_in(person, to=Client())
        session = client.session
        session["demo_days"] = (moment - datetime.now(UTC)) / timedelta(days=1)
        session.save()
        return client

    return enter


@pytest.fixture
def rae(cast, desk, settings, tmp_path) -> Client:
    settings.DATA = tmp_path
    return desk(cast.rae)


@pytest.fixture
def page(cast) -> str:
    return f"/studies/{cast.study.pk}/"


@pytest.fixture
def asked(page):
    """Asks for a run as the study's page does; returns the run's address."""

    def ask(client, version=0, id=None) -> str:
        sent = {"id": str(id or uuid4()), "version": str(version)}
        answer = client.post(f"{page}runs/", sent)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return ask


@pytest.fixture
def evaluated(asked):
    """Asks for a run, works it off, returns the report's address."""

    def evaluate(client, version=0) -> str:
        address = asked(client, version)
        assert turn()
        said = client.get(address).content.decode()
        return re.search(r'href="(/studies/[^"]+/reports/[0-9a-f-]{36}/)"', said)[1]

    return evaluate


@pytest.fixture
def answer(cast):
    """Everything asked of one person at a timepoint."""

    def give(enrolment, timepoint, level, week):
        moment = cast.group.weeks_count_from + timedelta(weeks=week)
        planned = cast.study.timepoints.get(key=timepoint)
        for instrument in planned.instruments:
            responses.record(
                id=uuid4(),
                enrolment=enrolment,
                timepoint=planned,
                instrument=instrument,
                answers=answers_to(instrument, level),
                by=enrolment.person,
                at=moment,
            )

    return give


@pytest.fixture
def more(cast, at):
    """Adds people who agreed to the evaluation."""

    def add(group, by, number):
        made = []
        for place in range(number):
            moment = at - timedelta(weeks=4)
            row = enrolments.enrol(name=f"Name {place}", group=group, by=by, at=moment)
            row = codes.redeem(code=codes.issue(enrolment=row, by=by, at=moment), at=moment)
            text = consents.current_text(row, "en")
            enrolments.decide(
                enrolment=row, text=text, programme=True, evaluation=True, by=row.person, at=moment
            )
            made.append(row)
        return made

    return add


@pytest.fixture
def answered(cast, answer, more):
    """Four people in each arm, measured before and at the end; one of the waiting group before only."""
    programme = [cast.ana_enrolment, *more(cast.group, cast.fay, 3)]
    waiting = [cast.wim_enrolment, *more(cast.waiting_group, cast.finn, 3)]
    for place, enrolment in enumerate([*programme, *waiting]):
        answer(enrolment, "baseline", 1 + place % 3, -1)
        if enrolment is not waiting[-1]:
            answer(enrolment, "week-12", place % 3, 12)
    return programme, waiting
