"""Notes by e-mail: one a day at the person's own time, with nothing about health, whatever is restarted."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import OperationalError, connections
from django.test import Client

from allay.records.access import SYSTEM
from allay.records.models import EmailReminder, Flare, ReminderSent
from allay.records.services import enrolments, reminders
from allay.server import reminding
from allay.server.reminding import Reminding

NINE = datetime(2026, 3, 4, 9, 10, tzinfo=UTC)  # a Wednesday, ten minutes after the time that Ana chose
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def ready(settings):
    settings.EMAIL_READY, settings.DEFAULT_FROM_EMAIL = True, "Allay <allay@example.org>"
    settings.URL = "https://allay.example.org"


@pytest.fixture
def choose(cast):
    def verb(enrolment=None, at=NINE - 2 * DAY, **fields):
        enrolment = enrolment or cast.ana_enrolment
        usual = {
            "address": "ana@example.org",
            "zone": "Europe/London",
            "clock": time(9),
            "weekdays": range(7),
        }
        return reminders.choose_email(enrolment=enrolment, **{**usual, **fields}, by=enrolment.person, at=at)

    return verb


def turn(at=NINE) -> int:
    return Reminding(clock=lambda: at).turn()


def test_one_comes_at_the_chosen_time_and_no_second_one(choose):
    choose()
    assert turn(NINE - timedelta(minutes=11)) == 0
    assert [turn(), turn(), turn(NINE + timedelta(hours=1))] == [1, 0, 0]
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    assert str(ReminderSent.objects.get().day) == "2026-03-04"


def test_the_next_day_has_its_own(choose):
    choose()
    assert [turn(NINE), turn(NINE + DAY)] == [1, 1]


def test_whoever_chose_other_days_hears_nothing(choose):
    choose(weekdays=[0, 1, 3])
    assert turn() == 0


def test_a_worker_that_slept_through_the_time_stays_quiet(choose):
    choose()
    assert turn(NINE + timedelta(hours=4)) == 0


def test_the_time_is_the_persons_own_wherever_the_machine_stands(choose):
    choose(zone="Pacific/Auckland", clock=time(7))
    assert turn(datetime(2026, 3, 3, 17, 55, tzinfo=UTC)) == 0
    assert turn(datetime(2026, 3, 3, 18, 5, tzinfo=UTC)) == 1
    assert str(ReminderSent.objects.get().day) == "2026-03-04"


def test_choosing_anew_on_the_same_day_brings_no_second_one(choose):
    choose()
    turn()
    choose(clock=time(10), address="other@example.org")
    assert turn(NINE + timedelta(hours=1)) == 0


def test_whoever_picks_a_time_that_has_passed_begins_the_next_day(choose):
    choose(at=NINE - timedelta(minutes=5))
    assert [turn(), turn(NINE + DAY)] == [0, 1]


def test_after_three_without_a_visit_it_is_quiet_and_the_third_says_so(choose):
    choose()
    assert [turn(NINE + DAY * number) for number in range(6)] == [1, 1, 1, 0, 0, 0]
    said = ["quiet now" in message.body for message in mail.outbox]
    assert said == [False, False, True]


def test_it_begins_again_when_the_person_comes_by(choose, cast, sign_in):
    choose()
    for number in range(4):
        turn(NINE + DAY * number)
    sign_in(cast.ana, Client()).get("/today/")
    assert turn(NINE + DAY * 5) == 1


def test_where_nothing_can_be_written_the_page_is_shown_all_the_same(choose, cast, sign_in, monkeypatch):
    choose()
    turn()

    def full(**_who):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(reminders, "returned", full)
    assert sign_in(cast.ana, Client()).get("/today/").status_code == 200


def test_a_visit_between_is_no_silence(choose, cast):
    choose()
    for number in range(6):
        assert turn(NINE + DAY * number) == 1
        reminders.returned(person=cast.ana, by=cast.ana, at=NINE)


def test_it_begins_again_when_the_person_asks(choose):
    choose()
    for number in range(4):
        turn(NINE + DAY * number)
    choose()
    assert turn(NINE + DAY * 5) == 1


def test_nothing_comes_in_a_flare_and_something_after_it(choose, cast):
    choose()
    flare = Flare.objects.create(
        id=uuid4(), enrolment=cast.ana_enrolment, declared_at=NINE - DAY, received_at=NINE
    )
    assert turn() == 0
    flare.ended_at = NINE
    flare.save()
    assert turn(NINE + DAY) == 1


def test_a_flare_of_somebody_else_silences_nobody(choose, cast):
    choose()
    Flare.objects.create(id=uuid4(), enrolment=cast.ben_enrolment, declared_at=NINE, received_at=NINE)
    assert turn() == 1


def test_whoever_left_or_stopped_hears_nothing(choose, cast):
    choose()
    choose(cast.ben_enrolment, address="ben@example.org")
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=NINE)
    reminders.stop_email(enrolment=cast.ben_enrolment, by=cast.ben, at=NINE)
    assert turn() == 0


def test_stopped_in_the_last_moment_it_is_not_sent(choose, cast):
    reminder = choose()
    EmailReminder.objects.all().delete()
    assert not reminders.claim(reminder=reminder, day=NINE.date(), by=SYSTEM, at=NINE)


@pytest.mark.parametrize(
    "zone, day, clock", [("Europe/London", 29, time(1, 30)), ("Africa/Cairo", 24, time(0, 30))]
)
def test_a_time_that_is_left_out_in_spring_brings_one(choose, zone, day, clock):
    choose(zone=zone, clock=clock)
    month = 3 if zone == "Europe/London" else 4
    start = datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=12)
    looks = [turn(start + timedelta(minutes=10 * number)) for number in range(6 * 24)]
    assert sum(looks) == 1
    assert ReminderSent.objects.get().day.day == day


def test_a_time_that_comes_twice_in_autumn_brings_one(choose):
    choose(clock=time(1, 30))
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    looks = [turn(start + timedelta(minutes=10 * number)) for number in range(6 * 12)]
    assert sum(looks) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_send_one(choose):
    choose()

    def work(_number):
        try:
            return turn()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(work, range(10))) == 1
    assert len(mail.outbox) == 1


def test_two_statements_find_what_is_due_however_many_there_are(choose, cast, django_assert_num_queries):
    from allay.records.queries import reminders as queries

    choose()
    choose(cast.ben_enrolment, address="ben@example.org")
    with django_assert_num_queries(2):
        assert len(queries.due(NINE)) == 2


def test_without_a_mail_server_nobody_looks(choose, settings):
    choose()
    settings.EMAIL_READY = False
    assert turn() == 0 and not mail.outbox


# What stands in it

HEALTH = r"pain|mood|compassion|therapy|health|clinic|hospital|session|practice|group|flare|check-?in|questions|ana\b|north"


def test_it_says_nothing_about_health_and_nobodys_name(choose):
    choose()
    for number in range(3):
        turn(NINE + DAY * number)
    for message in mail.outbox:
        whole = message.message().as_string().replace("ana@example.org", "")
        whole = re.sub(r"reminders/stop/\S+", "", whole)
        assert not re.findall(HEALTH, whole, re.IGNORECASE)
        assert (message.subject, message.from_email) == ("A note from Allay", "Allay <allay@example.org>")


def test_its_link_opens_today_and_signs_nobody_in(choose):
    choose()
    turn()
    links = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert links[0] == "https://allay.example.org/today/" and len(links) == 2
    assert Client().get("/today/")["Location"] == "/sign-in/"


def test_one_click_in_the_mail_program_stops_it(choose):
    choose()
    turn()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("https://allay.example.org")
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert turn(NINE + DAY) == 0


def test_its_id_names_the_service_and_not_the_machine(choose):
    choose()
    turn()
    assert mail.outbox[0].extra_headers["Message-ID"].endswith("@allay.example.org>")


# A real server


class Post:
    """What a mail server on this machine got; it refuses some addresses."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses, self.messages = refuses, []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses and address.startswith(self.refuses):
            return "550 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def smtp(settings):
    started = []

    def start(**kinds) -> Post:
        post = Post(**kinds)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(post, hostname="127.0.0.1", port=port)
        controller.start()
        started.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
        return post

    yield start
    for controller in started:
        controller.stop()


def test_a_real_mail_server_gets_it_once(choose, smtp):
    post = smtp()
    choose()
    assert [turn(), turn()] == [1, 0]
    ((to, message),) = post.messages
    assert to == ["ana@example.org"]
    assert message["Subject"] == "A note from Allay"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"


def test_an_address_that_is_refused_keeps_nobody_else_from_theirs(choose, cast, smtp):
    post = smtp(refuses="ana")
    choose()
    choose(cast.ben_enrolment, address="ben@example.org")
    assert turn() == 1
    assert [to for to, _message in post.messages] == [["ben@example.org"]]


def test_while_no_server_answers_nothing_counts_as_sent(choose, smtp, settings, caplog):
    post = smtp()
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    choose()
    assert turn() == 0 and not ReminderSent.objects.exists()
    assert "example.org" not in caplog.text
    settings.EMAIL_PORT = right
    assert turn(NINE + timedelta(hours=1)) == 1 and len(post.messages) == 1


def test_a_server_that_goes_away_in_the_middle_never_leads_to_two(choose, smtp, monkeypatch):
    post = smtp()
    choose()
    real = reminding.note

    def gone(due):
        raise ConnectionResetError

    monkeypatch.setattr(reminding, "note", gone)
    assert turn() == 0
    monkeypatch.setattr(reminding, "note", real)
    assert turn() == 0 and post.messages == []  # taken, and lost: one is never sent twice


def test_one_that_cannot_be_written_keeps_nobody_else_from_theirs(choose, cast, smtp):
    post = smtp()
    broken = choose()
    choose(cast.ben_enrolment, address="ben@example.org")
    EmailReminder.objects.filter(pk=broken.pk).update(address="ana@example.org\nBcc: all@example.org")
    assert turn() == 1
    assert [to for to, _message in post.messages] == [["ben@example.org"]]


def test_a_look_that_fails_is_not_the_last(transactional_db, choose, monkeypatch):
    looks = []

    def fails(_at):
        looks.append(1)
        raise RuntimeError

    monkeypatch.setattr(reminding.queries, "due", fails)
    monkeypatch.setattr(reminding, "LOOK", 0.01)
    notes = Reminding(clock=lambda: NINE)
    notes.start()
    for _look in range(200):
        if len(looks) > 1:
            break
        notes.ending.wait(0.02)
    notes.stop()
    assert len(looks) > 1


def test_a_thread_of_the_worker_sends_it(transactional_db, choose, monkeypatch):
    choose()
    notes = Reminding(clock=lambda: NINE)
    monkeypatch.setattr(reminding, "LOOK", 0.01)
    notes.start()
    try:
        for _look in range(500):
            if mail.outbox:
                break
            notes.ending.wait(0.02)
    finally:
        notes.stop()
    assert len(mail.outbox) == 1
