"""A real service from nothing: by command to the first person inside; none of the demo's doors."""

import pytest

from tests.server.live import Live, Phone, joined, set_up

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    server = Live(tmp_path_factory.mktemp("empty") / "data")
    server.start()
    yield server
    server.stop()


def test_an_empty_service_lets_nobody_in_and_has_no_demo_door(live):
    for path in ("/demo/", "/demo/as/participant/", "/demo/as/administrator/", "/style/"):
        assert live.visit("GET", path)[0] == 404
    assert live.visit("GET", "/today/")[0] == 302


def test_nobody_is_invited_before_the_help_card_has_numbers(live):
    refused = live.allay("invite", "Somebody")
    assert refused.returncode == 1


def test_by_command_to_the_first_person_inside(live):
    code, _other = set_up(live)
    phone = joined(live, code)
    status, _headers, body = phone.visit("GET", "/today/")
    assert status == 200
    assert b"One" in body
    again = Phone(live)
    assert again.form("/join/", code=code)[0] == 400


def test_the_administrator_signs_in_by_password(live):
    office = Phone(live)
    assert office.form("/sign-in/", email="ada@example.org", password="wrong wrong wrong")[0] == 200
    status, headers, _body = office.form(
        "/sign-in/", email="ada@example.org", password="a long pass phrase 7"
    )
    assert (status, headers["Location"]) == (302, "/service/")
    assert office.visit("GET", "/service/")[0] == 200


def test_the_doctor_finds_nothing_wrong(live):
    seen = live.allay("doctor")
    assert seen.returncode == 0, seen.stdout
    assert "WRONG" not in seen.stdout


def test_a_new_service_says_at_the_start_and_to_the_doctor_that_texts_wait_for_a_clinician(live):
    waiting = "not reviewed by a clinician here; participants see such sessions and practices by name only"
    assert waiting in live.allay("doctor").stdout
    assert waiting in (live.data.parent / "data.log").read_text()


def test_logs_name_nobody(live):
    log = (live.data.parent / "data.log").read_text()
    assert "ada@example.org" not in log
    assert "One" not in log
