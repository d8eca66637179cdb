"""Every address × every role × every method, against the table written by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from allay.faces.participant.notes import stop_token
from allay.faces.researcher import shelf
from allay.records.access import SYSTEM
from allay.records.services import (
    codes,
    enrolments,
    letters,
    plans,
    recordings,
    reminders,
    runs,
    sheets,
    two_week_tries,
    working,
)
from tests.server.access_table import DEMO_ONLY, POSTS_WHILE_BLINDED, ROLES, STAFF, TABLE, WHILE_BLINDED
from tests.sounds import mp3


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
def people(cast, at, sign_in, settings, tmp_path):
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
    cast.feed_secret = reminders.make_feed(enrolment=cast.ana_enrolment, zone="UTC", by=cast.ana, at=at)
    cast.nia, cast.eve = nia.person, eve.person
    cast.plan, cast.run, cast.report = an_evaluation(cast, now)
    settings.RECORDINGS = tmp_path
    cast.recording, _new = recordings.add(
        data=mp3(60), practice="p01-arriving", minutes=1, language="en", voice="Fay", by=cast.ada, at=at
    )
    cast.letter, _new = letters.keep(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        key_id="0" * 32,
        nonce=bytes(12),
        sealed=b"\xff" * 1040,
        by=cast.ana,
        at=at,
    )
    cast.try_id = uuid4()
    two_week_tries.begin(
        id=cast.try_id,
        enrolment=cast.ana_enrolment,
        first="p01-arriving",
        second="",
        outcome="mood",
        by=cast.ana,
        at=at,
    )
    cast.version, _new = sheets.keep(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        sheet="my-plan",
        content={"words-for-pain": {"words": "The burn"}},
        follows=[],
        day=at.date(),
        by=cast.ana,
        at=at,
    )
    return {role: Client() if role == "nobody" else sign_in(getattr(cast, role), Client()) for role in ROLES}


PLAN = """
[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-12"]
[[outcomes]]
score = "phq-8.total"
better = "lower"
"""


def an_evaluation(cast, at):
    """A locked plan, a run and its report, made by the verbs that pages and worker use; its one file is there."""
    plan = plans.keep(id=uuid4(), study=cast.study, text=PLAN, by=cast.rae, at=at)
    plan = plans.lock(plan=plan, by=cast.rae, at=at)
    run = runs.ask(id=uuid4(), study=cast.study, plan=plan, by=cast.rae, at=at)
    taken = working.claim(worker="test", by=SYSTEM, at=at)
    folder = shelf.put_up(taken, shelf.workplace(taken))
    place = shelf.shelf(cast.study.pk) / folder
    for name in ("table.csv", "plan.toml", "report.html", "results.json"):
        (place / name).write_text(name)
    made = working.Made(folder=folder, files=shelf.marks(place), results_sha256="0" * 64, people=2)
    return plan, run, working.finish(run=taken, made=made, by=SYSTEM, at=at)


def arguments(name: str, cast) -> dict:
    of_group = {"group": cast.group.pk}
    of_study = {"study": cast.study.pk}
    of_person = of_group | {"enrolment": cast.ana_enrolment.pk}
    return {
        "session": {"week": 1},
        "practice": {"practice": "p01-arriving"},
        "practice-log": {"practice": "p01-arriving"},
        "practice-choose": {"practice": "p01-arriving"},
        "practice-mark": {"practice": "p01-arriving"},
        "practice-play": {"practice": "p01-arriving", "minutes": 1},
        "questionnaire": {"timepoint": "baseline", "instrument": "phq-8"},
        "answer": {"timepoint": "baseline", "instrument": "phq-8"},
        "calendar-feed": {"secret": cast.feed_secret},
        "reminder-stop": {"token": stop_token(cast.ana_enrolment.pk)},
        "sheet": {"sheet": "my-plan"},
        "sheet-share": {"sheet": "my-plan"},
        "sheet-choose": {"sheet": "my-plan"},
        "sheet-history": {"sheet": "my-plan"},
        "sheet-version": {"sheet": "my-plan", "version": cast.version.pk},
        "sheet-paper": {"sheet": "my-plan"},
        "sheet-pdf": {"sheet": "my-plan"},
        "two-week-try": {"meant": cast.try_id},
        "two-week-stop": {"meant": cast.try_id},
        "letter-sealed": {"letter": cast.letter.pk},
        "letter-delete": {"letter": cast.letter.pk},
        "recording": {"recording": cast.recording.pk},
        "recording-remove": {"recording": cast.recording.pk},
        "group": of_group,
        "attendance": of_group,
        "answer-times": of_group,
        "contact": of_group,
        "group-online": of_group,
        "people-add": of_group,
        "guide": of_group | {"week": 1},
        "meeting": of_group | {"week": 2},
        "person": of_person,
        "code": of_person,
        "understanding": of_person,
        "study-plan-version": of_study | {"version": 1},
        "study-plan-lock": of_study | {"version": 1},
        "study-plan-text": of_study | {"version": 1},
        "study-plan-lock-file": of_study | {"version": 1},
        "study-run": of_study | {"run": cast.run.pk},
        "study-run-stop": of_study | {"run": cast.run.pk},
        "study-report": of_study | {"report": cast.report.pk},
        "study-report-file": of_study | {"report": cast.report.pk, "name": "results.json"},
        "unblinding": of_study,
    }.get(name, of_study if name.startswith("study") and name != "studies" else {})


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


BLINDS = PLAN + '[blinding]\nuntil = "database-lock"\n'


def test_while_the_plan_blinds_every_role_gets_what_the_table_says(people, cast, at):
    plans.keep(id=uuid4(), study=cast.study, text=BLINDS, by=SYSTEM, at=at)
    wrong = []
    for name, row in TABLE.items():
        if not name.startswith("stud"):
            continue
        path = reverse(name, kwargs=arguments(name, cast))
        for role, usual in row.items():
            expected = WHILE_BLINDED.get(name, usual) if role == "rae" else usual
            for method in ("get", "head") if name in WHILE_BLINDED else ("get",):
                response = getattr(people[role], method)(path)
                if not fits(response, expected):
                    wrong.append(f"{method} {name} as {role}: {response.status_code}, not {expected}")
    assert not wrong


@pytest.mark.parametrize("name", POSTS_WHILE_BLINDED)
def test_while_the_plan_blinds_nothing_by_arm_is_done(people, cast, at, name):
    plans.keep(id=uuid4(), study=cast.study, text=BLINDS, by=SYSTEM, at=at)
    path = reverse(name, kwargs=arguments(name, cast))
    for role in ROLES:
        response = people[role].post(path, {"id": uuid4(), "version": "1"})
        usual = 404 if role != "nobody" else "/sign-in/"
        expected = POSTS_WHILE_BLINDED[name] if role == "rae" else usual
        assert fits(response, expected), role


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
