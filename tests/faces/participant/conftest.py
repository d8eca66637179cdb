"""A participant's phone: signed in, and looking at the service at the cast's own time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client

from allay.records.services import codes, enrolments


@pytest.fixture
def as_person(sign_in, at):
    """Signs somebody in, with the demo's clock set so that pages see the day of `at` (or the day before it)."""

    def enter(person, moved: timedelta = timedelta()) -> Client:
        browser = sign_in(person, to=Client())
        session = browser.session
        session["demo_days"] = (at + moved - datetime.now(UTC)).days
        session["renewed_on"] = datetime.now(UTC).date().isoformat()
        session.save()
        return browser

    return enter


@pytest.fixture
def ana(cast, as_person) -> Client:
    return as_person(cast.ana)


@pytest.fixture
def wim(cast, as_person) -> Client:
    """In a waiting group."""
    return as_person(cast.wim)


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


@pytest.fixture
def new(cast, at, as_person) -> Client:
    """Joined, and not decided yet."""
    enrolment = enrolments.enrol(name="Nia", group=cast.group, by=cast.fay, at=at)
    codes.redeem(code=codes.issue(enrolment=enrolment, by=cast.fay, at=at), at=at)
    return as_person(enrolment.person)
