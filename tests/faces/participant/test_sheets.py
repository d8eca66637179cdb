"""The pages of sheets: nothing sent is lost, however strange; two sizes of paper; the person's own file."""

from uuid import uuid4

import pytest

from allay.records.models import SheetVersion

PLAN = "/plan/my-plan/"


def version(words="The burn", **more):
    return {"id": str(uuid4()), "words-for-pain.words": words, **more}


@pytest.mark.parametrize("words", ["😀 👩🏽‍🦽", "שלום עולם", "<script>alert(1)</script>", "a" * 99_000])
def test_words_of_any_kind_come_back_as_text(ana, words):
    assert ana.post(PLAN, version(words)).status_code == 302
    shown = ana.get(PLAN).content.decode()
    assert "<script>alert" not in shown
    assert SheetVersion.objects.get().content["words-for-pain"]["words"] == words


def test_too_much_is_refused_kindly_and_stands_in_the_form_again(ana):
    answer = ana.post(PLAN, version("z" * 100_500))
    assert answer.status_code == 422
    assert "z" * 100_500 in answer.content.decode()
    assert not SheetVersion.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"words-for-pain.drawing": "{"},
        {"words-for-pain.drawing": "[[1,2,-1,4]]"},
        {"words-for-pain.taps": "no"},
    ],
)
def test_a_broken_form_loses_no_words(ana, sent):
    answer = ana.post(PLAN, version("Kept in the form", **sent))
    assert answer.status_code == 422
    assert "Kept in the form" in answer.content.decode()


def test_the_same_form_sent_twice_is_one_version(ana):
    form = version()
    assert [ana.post(PLAN, form).status_code, ana.post(PLAN, form).status_code] == [302, 302]
    assert SheetVersion.objects.count() == 1


def test_the_session_of_a_week_leads_to_the_lines_that_it_grows(ana):
    page = ana.get("/sessions/4/").content.decode()
    assert "/plan/my-plan/#item-" in page


@pytest.mark.parametrize("size", ["", "?size=large"])
def test_paper_shows_what_is_filled_in_and_nothing_else(ana, size):
    ana.post(PLAN, version("The burn"))
    page = ana.get(f"{PLAN}print/{size}").content.decode()
    assert "The burn" in page
    assert "Nothing here yet" not in page


def test_an_earlier_version_counts_again_without_anything_thrown_away(ana):
    ana.post(PLAN, version("First"))
    first = SheetVersion.objects.get()
    ana.post(PLAN, version("Second", follows=str(first.pk)))
    ana.post(f"{PLAN}versions/{first.pk}/", {"id": str(uuid4())})
    assert SheetVersion.objects.count() == 3


def test_own_data_and_the_readable_file_hold_every_version(ana):
    ana.post(PLAN, version("The burn"))
    assert "The burn" in ana.get("/me/export/").content.decode()
    assert "The burn" in b"".join(ana.get("/me/keep/file/")).decode()


def test_the_flare_plan_stands_first_in_a_flare(ana):
    assert (
        ana.post("/plan/flare-plan/", {"id": str(uuid4()), "after.words": "Slowly back"}).status_code == 302
    )
    assert "Slowly back" in ana.get("/flare/").content.decode()
    assert "Slowly back" not in ana.get("/today/").content.decode()
    ana.post("/flare/begin/", {"id": str(uuid4())})
    assert "Slowly back" in ana.get("/today/").content.decode()
