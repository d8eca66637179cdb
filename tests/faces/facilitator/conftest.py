"""A facilitator's desk at the cast's own time, and ways to fill a group."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client

from allay.records.queries import consents
from allay.records.services import codes, enrolments


@pytest.fixture
def desk(sign_in, at):
    """Signs somebody in; pages then see the time `at`, moved by `moved`."""

    def enter(person, moved: timedelta = timedelta()) -> Client:
        client = sign_in(person, to=Client())
        session = client.session
        session["demo_days"] = (at + moved - datetime.now(UTC)) / timedelta(days=1)
        session.save()
        return client

    return enter


@pytest.fixture
def fay(cast, desk) -> Client:
    return desk(cast.fay)


@pytest.fixture
def finn(cast, desk) -> Client:
    return desk(cast.finn)


@pytest.fixture
def north(cast) -> str:
    """The address of Ana's group."""
    return f"/groups/{cast.group.pk}/"


@pytest.fixture
def join(cast, at):
    """Adds somebody to Ana's group who has joined and agreed."""

    def add(name, moment=None):
        moment = moment or at - timedelta(days=1)
        row = enrolments.enrol(name=name, group=cast.group, by=cast.fay, at=moment)
        row = codes.redeem(code=codes.issue(enrolment=row, by=cast.fay, at=moment), at=moment)
        text = consents.current_text(row, "en")
        enrolments.decide(enrolment=row, text=text, programme=True, evaluation=True, by=row.person, at=moment)
        return row

    return add


@pytest.fixture(autouse=True)
def no_statement_while_rendering(monkeypatch):
    """Templates are given what they show: a statement while one renders fails the test."""
    render = Template._render

    def watched(template, context):
        with connection.execute_wrapper(_refuse):
            return render(template, context)

    monkeypatch.setattr(Template, "_render", watched)


def _refuse(execute, sql, params, many, context):
    raise AssertionError(f"a statement while rendering: {sql[:200]}")
