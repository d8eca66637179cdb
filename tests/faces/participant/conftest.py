"""A participant's phone: signed in, and looking at the service at the cast's own time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client


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
