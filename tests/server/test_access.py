"""Every address × every role × every method, against the table written by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from allay.records.access import SYSTEM
from allay.records.services import codes, enrolments
from tests.server.access_table import DEMO_ONLY, ROLES, STAFF, TABLE


def addresses(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from addresses(pattern)


def test_every_address_stands_in_the_table():
    names = {pattern.name for pattern in addresses()}
    assert None not in names
    assert names - DEMO_ONLY == set(TABLE)


@pytest.fixture
def people(cast, at, sign_in, settings):
    """A browser for each role, and the things of Ana's that addresses name."""
    from django.utils import timezone

    now = timezone.now()
    type(cast.group).objects.filter(pk=cast.group.pk).update(weeks_count_from=now - timedelta(days=2))
    type(cast.group).objects.filter(pk=cast.other_group.pk).update(weeks_count_from=now - timedelta(days=2))
    nia = enrolments.enrol(name="Nia", group=cast.group, by=SYSTEM, at=at)
    eve = enrolments.enrol(name="Eve", group=cast.group, by=SYSTEM, at=at)
    for enrolment in (nia, eve):
        codes.redeem(code=codes.issue(enrolment=enrolment, by=cast.fay, at=at), at=at)
    enrolments.withdraw(enrolment=eve, evaluation_only=False, by=eve.person, at=at)
    cast.nia, cast.eve = nia.person, eve.person
    return {role: Client() if role == "nobody" else sign_in(getattr(cast, role), Client()) for role in ROLES}


def arguments(name: str, cast) -> dict:
    of_group = {"group": cast.group.pk}
    of_person = of_group | {"enrolment": cast.ana_enrolment.pk}
    return {
        "session": {"week": 1},
        "practice": {"practice": "p01-arriving"},
        "practice-log": {"practice": "p01-arriving"},
        "practice-play": {"practice": "p01-arriving", "minutes": 1},
        "questionnaire": {"timepoint": "baseline", "instrument": "phq-8"},
        "answer": {"timepoint": "baseline", "instrument": "phq-8"},
        "group": of_group,
        "attendance": of_group,
        "contact": of_group,
        "people-add": of_group,
        "guide": of_group | {"week": 1},
        "meeting": of_group | {"week": 2},
        "person": of_person,
        "code": of_person,
        "study": {"study": cast.study.pk},
        "study-table": {"study": cast.study.pk},
        "study-report-make": {"study": cast.study.pk},
        "study-report": {"study": cast.study.pk, "made": "2026-01-01"},
        "study-report-file": {"study": cast.study.pk, "made": "2026-01-01", "name": "results.json"},
    }.get(name, {})


def fits(response, expected) -> bool:
    if isinstance(expected, tuple):
        return any(fits(response, one) for one in expected)
    if isinstance(expected, str):
        return response.status_code == 302 and response["Location"].partition("?")[0] == expected
    return response.status_code == expected


def test_every_role_gets_what_the_table_says(people, cast):
    wrong = []
    for name, row in TABLE.items():
        path = reverse(name, kwargs=arguments(name, cast))
        for role, expected in row.items():
            response = people[role].get(path)
            if not fits(response, expected):
                wrong.append(f"GET {name} as {role}: {response.status_code}, not {expected}")
    assert not wrong


@pytest.mark.parametrize("method", ["head", "options", "post", "put", "patch", "delete"])
def test_whoever_may_not_look_may_do_nothing_else_either(people, cast, method):
    wrong = []
    for name, row in TABLE.items():
        path = reverse(name, kwargs=arguments(name, cast))
        for role, expected in row.items():
            if expected in (200, 405) or isinstance(expected, tuple) or name == "welcome":
                continue
            response = getattr(people[role], method)(path)
            if not fits(response, expected):
                wrong.append(f"{method} {name} as {role}: {response.status_code}, not {expected}")
    assert not wrong


@pytest.mark.parametrize("role", STAFF)
def test_a_thing_that_does_not_exist_looks_like_one_that_is_not_yours(people, role):
    for name, thing in (("group", "group"), ("study", "study")):
        nothing = people[role].get(reverse(name, kwargs={thing: uuid4()}))
        assert nothing.status_code == 404


def test_another_groups_person_is_not_found_through_ones_own_group(people, cast):
    path = reverse("person", kwargs={"group": cast.group.pk, "enrolment": cast.ben_enrolment.pk})
    assert people["fay"].get(path).status_code == 404
    path = reverse("code", kwargs={"group": cast.group.pk, "enrolment": cast.ben_enrolment.pk})
    assert people["fay"].post(path).status_code == 404


DISGUISES = ["{}/", "{}%00", "{}%2e", "{}?id=1", "//{}", "{};x=1", "{}%252f", "{}../"]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_opens_a_group_to_a_stranger(people, cast, disguise):
    path = disguise.format(reverse("group", kwargs={"group": cast.group.pk}))
    for role in ("nobody", "ana", "finn", "sam", "rae", "ada"):
        response = people[role].get(
            path, headers={"X-HTTP-Method-Override": "PUT", "X-Forwarded-For": "127.0.0.1"}
        )
        assert response.status_code in (301, 302, 400, 404)
        assert b"Ana" not in response.content
