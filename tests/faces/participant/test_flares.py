"""The flare page and Today while a flare is on, as ordinary pages."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.models import Flare
from allay.records.services import flares


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def on(cast, at):
    """A flare declared three days ago, for the clock of these pages."""
    flare, _ = flares.declare(
        id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at - timedelta(days=3)
    )
    return flare


def test_a_stranger_reads_the_page_and_is_asked_nothing(client, db):
    page = text(client.get("/flare/"))
    assert "A flare" in page
    assert "This is a flare" not in page.split("<ol")[0]
    assert "Let my facilitator know" not in page


def test_staff_and_those_who_have_left_declare_nothing(cast, sign_in, as_person, at):
    assert 'id="flare"' not in text(sign_in(cast.fay).get("/flare/"))
    assert as_person(cast.ana).get("/flare/begin/").status_code == 405


def test_the_first_question_is_whether_something_is_new(ana):
    form = text(ana.get("/flare/")).split('id="flare"')[1].split("</form>")[0]
    assert form.index("is anything new, changed or unlike your usual?") < form.index('href="/help/signs/"')
    assert form.index('href="/help/signs/"') < form.index("This is a flare")


def test_telling_the_facilitator_is_off_until_it_is_tapped(ana):
    assert re.search(r'name="tell_facilitator" value="yes">', text(ana.get("/flare/")))
    ana.post("/flare/begin/", {"id": str(uuid4())})
    assert Flare.objects.get().tell_facilitator is False


def test_it_begins_and_ends_by_ordinary_forms(ana):
    began = ana.post("/flare/begin/", {"id": str(uuid4()), "tell_facilitator": "yes"}, follow=True)
    assert began.redirect_chain == [("/today/", 302)]
    assert "A flare is on." in text(began)
    flare = Flare.objects.get()
    assert flare.tell_facilitator
    ended = ana.post("/flare/eased/", {"id": str(uuid4()), "flare": str(flare.pk)}, follow=True)
    assert "A flare is on." not in text(ended).split("data-while-kept")[0]


def test_while_it_is_on_today_is_quiet_and_short(ana, on):
    page = text(ana.get("/today/"))
    assert page.index("A flare is on.") < page.index('id="check-in"')
    assert re.findall(r'class="button" href="/practices/[a-z0-9-]+/(\d+)/"', page) == ["1"]
    assert page.index("All the rest, when you like") < page.index('href="/sessions/4/"')


def test_a_practice_offers_its_minute_and_folds_the_longer_ones_away(ana, on):
    page = text(ana.get("/practices/p01-arriving/"))
    first, folded = page.split("Longer, if you like")
    assert re.findall(r'href="/practices/p01-arriving/(\d+)/"', first) == ["1"]
    assert re.findall(r'href="/practices/p01-arriving/(\d+)/"', folded) == ["3", "10"]
    assert "You said that a flare is on." in page


def test_after_two_days_one_tap_answers_whether_it_is_still_on(ana, on):
    assert "Is it still a flare?" in text(ana.get("/today/"))
    page = ana.post("/flare/still/", {"id": str(uuid4()), "flare": str(on.pk)}, follow=True)
    assert "Is it still a flare?" not in text(page)
    assert "A flare is on." in text(page)


def test_the_phone_shows_it_by_itself_until_the_service_knows(ana):
    assert re.search(
        r'<section class="card card-flare stack" data-while-kept="flare" hidden>', text(ana.get("/today/"))
    )


@pytest.mark.parametrize("path", ["begin", "eased", "still"])
def test_a_form_that_is_not_whole_is_refused(ana, path):
    assert ana.post(f"/flare/{path}/", {"id": "7"}).status_code == 422


def test_the_facilitator_sees_a_quiet_line_only_where_it_was_wished(cast, at, sign_in):
    fay = sign_in(cast.fay)
    flare, _ = flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    for path in (f"/groups/{cast.group.pk}/", f"/groups/{cast.group.pk}/people/{cast.ana_enrolment.pk}/"):
        assert "wished you to know" not in text(fay.get(path))
    flares.ease(id=uuid4(), enrolment=cast.ana_enrolment, flare=flare.pk, by=cast.ana, at=at)
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, tell_facilitator=True, by=cast.ana, at=at)
    for path in (f"/groups/{cast.group.pk}/", f"/groups/{cast.group.pk}/people/{cast.ana_enrolment.pk}/"):
        assert "wished you to know" in text(fay.get(path))
