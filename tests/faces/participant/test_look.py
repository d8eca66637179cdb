"""How pages look, sound and speak: kept for the person, shown on every page, chosen with or without JavaScript."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from allay.content import library
from allay.records.models import AuditEvent
from allay.records.services import checkins, enrolments

ATTRIBUTES = {
    "theme": ("theme", "dark"),
    "text_size": ("text", "largest"),
    "contrast": ("contrast", "more"),
    "motion": ("motion", "still"),
    "hand": ("hand", "left"),
}


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_what_is_chosen_shows_on_every_page_and_on_the_form(ana, name):
    attribute, value = ATTRIBUTES[name]
    ana.post("/me/settings/", {name: value})
    for path in ("/today/", "/help/", "/flare/", "/not-there/"):
        assert f'data-{attribute}="{value}"' in text(ana.get(path)), path
    assert f'id="{name}-{value}" value="{value}" checked' in text(ana.get("/me/look/"))


def test_the_voice_first(ana, cast):
    ana.post("/me/settings/", {"audio_first": "yes"})
    cast.ana.refresh_from_db()
    assert cast.ana.audio_first
    ana.post("/me/settings/", {"audio_first": "no"})
    cast.ana.refresh_from_db()
    assert not cast.ana.audio_first


def test_what_is_not_named_stays(ana):
    ana.post("/me/settings/", {"theme": "dark", "hand": "right"})
    ana.post("/me/settings/", {"text_size": "large"})
    page = text(ana.get("/me/"))
    assert 'data-theme="dark" data-text="large"' in page
    assert 'data-hand="right"' in page


@pytest.mark.parametrize(
    "sent",
    [{}, {"theme": "red"}, {"text_size": "\x00"}, {"contrast": "less"}, {"language": "xx"}, {"hand": ""}],
)
def test_a_look_that_is_not_there_is_refused(ana, sent):
    assert ana.post("/me/settings/", sent).status_code == 422


def test_nothing_else_of_a_person_can_be_set(cast, at):
    for name in ("is_active", "email", "name"):
        with pytest.raises(enrolments.Invalid):
            enrolments.set_preferences(person=cast.ana, chosen={name: "x"}, by=cast.ana, at=at)
    with pytest.raises(enrolments.Invalid):
        enrolments.set_preferences(person=cast.ana, chosen={"theme": "dark"}, by=cast.fay, at=at)


def test_every_choice_of_the_verb_is_on_the_page(ana):
    page = text(ana.get("/me/look/"))
    for name, choices in enrolments.LOOK.items():
        assert page.count(f'name="{name}"') == len(choices), name
    assert page.count('name="language"') == len(library.load().languages)


def test_chosen_without_signal_it_comes_later_and_counts_once(ana, cast):
    entry = {
        "id": str(uuid4()),
        "kind": "preferences",
        "content": {"theme": "dark", "audio_first": True},
        "device_time": None,
    }
    results = [
        json.loads(ana.post("/sync/", {"entries": [entry]}, content_type="application/json").content)
        for _ in range(2)
    ]
    assert [one["results"][0]["status"] for one in results] == ["kept", "already"]
    cast.ana.refresh_from_db()
    assert (cast.ana.theme, cast.ana.audio_first) == ("dark", True)
    assert AuditEvent.objects.filter(name="preferences.set").count() == 1


def test_the_words_of_a_picture_grow_with_the_page(cast, ana, at):
    for back in range(3):
        day = at - timedelta(days=back)
        checkins.record(id=uuid4(), enrolment=cast.ana_enrolment, day=day.date(), mood=5, by=cast.ana, at=day)
    widths = {}
    for size in ("normal", "large", "largest"):
        ana.post("/me/settings/", {"text_size": size})
        widths[size] = float(re.search(r'class="chart"[^>]*viewBox="0 0 ([\d.]+) ', text(ana.get("/me/")))[1])
    assert widths["normal"] / widths["large"] == pytest.approx(1.18, abs=0.01)
    assert widths["normal"] / widths["largest"] == pytest.approx(1.4, abs=0.01)
