"""Me → Reminders, with JavaScript off: off until chosen, shown once, ended with a tap."""

import re
from datetime import time, timedelta

import pytest
from django.test import Client

from allay.faces.participant.notes import stop_token
from allay.records.models import AuditEvent, CalendarFeed, EmailReminder
from allay.records.queries import own_data
from allay.records.services import enrolments

PAGE = "/me/reminders/"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def mail(settings):
    settings.EMAIL_READY = True


def made(browser) -> str:
    """The path of a fresh feed, as the page shows it."""
    page = text(browser.post(f"{PAGE}calendar/", {"do": "make"}))
    return re.search(r"https?://[^/]+(/calendar/[\w-]{43}\.ics)", page)[1]


def chosen(**fields):
    sent = {
        "do": "save",
        "mail-address": "ana@example.org",
        "mail-time": "08:30",
        "mail-zone": "Europe/London",
    }
    return {**sent, "mail-weekdays": ["0", "2"], **fields}


def test_it_is_one_tap_from_me(ana):
    assert f'href="{PAGE}"' in text(ana.get("/me/"))


def test_everything_is_off(ana, db):
    page = text(ana.get(PAGE))
    assert "off until you choose" in page
    assert not CalendarFeed.objects.exists() and not EmailReminder.objects.exists()


def test_without_a_mail_server_the_page_says_so_and_keeps_nothing(ana):
    page = text(ana.get(PAGE))
    assert "Your service sends no e-mail" in page and "mail-address" not in page
    ana.post(f"{PAGE}email/", chosen())
    assert not EmailReminder.objects.exists()


def test_the_address_is_shown_once_and_only_its_digest_is_kept(ana):
    path = made(ana)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in text(ana.get(PAGE))
    row = CalendarFeed.objects.get()
    assert len(row.digest) == 64 and secret not in str(vars(row))
    assert secret not in str(list(AuditEvent.objects.values()))


def test_a_new_address_ends_the_one_before(ana):
    first, second = made(ana), made(ana)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_taken_away_it_is_not_found(ana):
    path = made(ana)
    ana.post(f"{PAGE}calendar/", {"do": "end"})
    assert Client().get(path).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_the_calendar_is_ones_own(cast, ana, as_person):
    ana_path = made(ana)
    made(as_person(cast.ben))
    ana.post(f"{PAGE}calendar/", {"do": "save", "calendar-title": "Choir", "calendar-zone": "Europe/London"})
    assert CalendarFeed.objects.get(enrolment=cast.ben_enrolment).title == ""
    assert "SUMMARY:Choir" in text(Client().get(ana_path))


def test_choices_about_the_calendar_are_kept(ana):
    made(ana)
    sent = {"calendar-practice_time": "07:30", "calendar-practice_title": "Tea", "calendar-show_place": "on"}
    ana.post(f"{PAGE}calendar/", {"do": "save", "calendar-zone": "America/New_York", **sent})
    row = CalendarFeed.objects.get()
    assert (row.practice_time, row.practice_title, row.zone) == (time(7, 30), "Tea", "America/New_York")
    assert row.show_place and row.revision == 1


@pytest.mark.parametrize(
    "wrong",
    [{"calendar-zone": "Mars/Olympus"}, {"calendar-title": "x" * 61}, {"calendar-practice_time": "25:00"}],
)
def test_what_does_not_fit_is_said_and_changes_nothing(ana, wrong):
    made(ana)
    answer = ana.post(f"{PAGE}calendar/", {"do": "save", "calendar-zone": "Europe/London", **wrong})
    assert answer.status_code == 422
    assert 'class="field-error' in text(answer) or "errors" in text(answer)
    assert CalendarFeed.objects.get().revision == 0


def test_a_note_a_day_is_chosen(ana, mail):
    answer = ana.post(f"{PAGE}email/", chosen(), follow=True)
    assert "One note comes on each day you chose" in text(answer)
    row = EmailReminder.objects.get()
    assert (row.address, row.time, row.weekdays, row.zone) == (
        "ana@example.org",
        time(8, 30),
        [0, 2],
        "Europe/London",
    )
    assert 'value="ana@example.org"' in text(ana.get(PAGE))


BAD_ADDRESSES = [
    "",
    "ana",
    "ana@",
    "ana@example.org\nBcc: all@example.org",
    "ana@example.org\r\nSubject: pain",
    "ana@example.org, ben@example.org",
    "Ana <ana@example.org>",
    "ana@example.org\x00",
    '"ana\n"@example.org',
    "ana@ex\u202eample.org",
    "a" * 250 + "@example.org",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_could_be_more_than_one_is_refused(ana, mail, address):
    assert ana.post(f"{PAGE}email/", chosen(**{"mail-address": address})).status_code == 422
    assert not EmailReminder.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"mail-weekdays": []}, {"mail-weekdays": ["7"]}, {"mail-zone": "nowhere"}, {"mail-time": "8"}]
)
def test_a_time_that_is_none_is_refused_and_the_rest_stays_on_the_page(ana, mail, wrong):
    answer = ana.post(f"{PAGE}email/", chosen(**wrong))
    assert answer.status_code == 422
    assert 'value="ana@example.org"' in text(answer)


def test_stopped_with_a_tap_the_address_is_gone(ana, mail):
    ana.post(f"{PAGE}email/", chosen())
    ana.post(f"{PAGE}email/", {"do": "stop"})
    assert not EmailReminder.objects.exists()


def test_a_quiet_one_says_so(cast, ana, mail):
    ana.get("/today/")
    ana.post(f"{PAGE}email/", chosen())
    EmailReminder.objects.update(ignored=3)
    assert "Notes are quiet now" in text(ana.get(PAGE))


def test_leaving_ends_both(cast, ana, mail, at):
    path = made(ana)
    ana.post(f"{PAGE}email/", chosen())
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert Client().get(path).status_code == 404
    assert not CalendarFeed.objects.exists() and not EmailReminder.objects.exists()


def test_the_own_file_says_what_was_chosen(cast, ana, mail, at):
    made(ana)
    ana.post(f"{PAGE}email/", chosen())
    (taking_part,) = own_data.own_data(cast.ana, at)["taking_part"]
    assert taking_part["reminders"]["e-mail"]["address"] == "ana@example.org"
    assert "digest" not in taking_part["reminders"]["calendar"]


def test_no_address_stands_in_the_audit_log(ana, mail):
    ana.post(f"{PAGE}email/", chosen())
    assert "example.org" not in str(list(AuditEvent.objects.values()))


# the way out of an e-mail


def test_a_look_ends_nothing_and_a_tap_without_a_sign_in_does(cast, ana, mail):
    ana.post(f"{PAGE}email/", chosen())
    path = f"/reminders/stop/{stop_token(cast.ana_enrolment.pk)}/"
    stranger = Client(enforce_csrf_checks=True)  # mail programs send no token of a page
    assert stranger.get(path).status_code == 200 and EmailReminder.objects.exists()
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not EmailReminder.objects.exists()
    assert "have stopped" in text(stranger.post(path))


def test_a_token_stops_its_own_notes_and_can_do_nothing_else(cast, ana, mail, as_person):
    ana.post(f"{PAGE}email/", chosen())
    as_person(cast.ben).post(f"{PAGE}email/", chosen(**{"mail-address": "ben@example.org"}))
    stranger = Client()
    stranger.post(f"/reminders/stop/{stop_token(cast.ana_enrolment.pk)}/")
    assert EmailReminder.objects.get().address == "ben@example.org"
    assert stranger.get("/today/").status_code == 302 and "sessionid" not in stranger.cookies


def test_a_made_up_token_is_not_found(cast, client):
    good = stop_token(cast.ana_enrolment.pk)
    id, _dot, mark = good.partition(".")
    guesses = [
        id,
        f"{id}.",
        f"{id}.{mark[:-1]}x",
        f"{cast.ben_enrolment.pk.hex}.{mark}",
        f"{id}:{mark}",
        "x" * 4000,
    ]
    for guess in guesses:
        assert client.get(f"/reminders/stop/{guess}/").status_code == 404
        assert client.post(f"/reminders/stop/{guess}/").status_code == 404


def test_coming_by_ends_the_quiet(cast, sign_in, mail, at):
    EmailReminder.objects.create(
        enrolment=cast.ana_enrolment, address="a@example.org", zone="UTC", time=time(9), weekdays=[0],
        ignored=3, changed_at=at - timedelta(days=5),
    )  # fmt: skip
    sign_in(cast.ana, Client()).get("/me/")
    assert EmailReminder.objects.get().ignored == 0
