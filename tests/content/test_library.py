"""The library: everything loads once, and a local folder overrides or adds."""

import shutil
from pathlib import Path

import pytest

from allay.content import library
from allay.content.errors import ContentError
from allay.content.loading.shelf import BUILT_IN


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def borrow(folder: Path, name: str, old: str = "", new: str = "") -> None:
    """A copy of a built-in file in the local folder, with one change."""
    text = (BUILT_IN / name).read_text(encoding="utf-8")
    assert old in text
    put(folder, name, text.replace(old, new, 1))


def test_shipped_content_has_no_fault():
    assert library.check() == []


def test_loads_once():
    assert library.load() is library.load()


def test_has_the_ids_other_rooms_ask_for():
    content = library.load()
    assert {"phq-8", "pain-ratings", "global-change"} <= set(content.instruments)
    assert set(content.help) == {"card", "signs", "flare", "privacy"}
    assert set(content.checkins) == {"daily", "weekly"}
    assert set(content.consents) == set(content.programmes) == set(content.schedules) == {"compassion-12"}


def test_cannot_be_changed():
    with pytest.raises(TypeError):
        library.load().help["card"] = None


def test_all_texts_wait_for_a_review():
    content = library.load()
    assert len(content.unreviewed) == len(content.reviews)
    assert {"help/signs/en", "practices/p01-arriving/en", "phrases/en"} <= set(content.reviews)


def test_local_file_replaces_its_namesake(tmp_path):
    borrow(tmp_path, "help/card.en.md", 'title = "Who to call"', 'title = "Whom to ring"')
    assert library.load(tmp_path).help["card"].title == "Whom to ring"


def test_a_service_names_its_local_folder_once(tmp_path):
    borrow(tmp_path, "help/card.en.md", 'title = "Who to call"', 'title = "Whom to ring"')
    library.use(tmp_path)
    try:
        assert library.load().help["card"].title == "Whom to ring"
    finally:
        library.use(None)


def test_local_folder_leaves_the_rest_alone(tmp_path):
    borrow(tmp_path, "help/card.en.md")
    assert library.load(tmp_path).help["flare"] == library.load().help["flare"]


def test_local_phrases_replace_single_sentences(tmp_path):
    put(tmp_path, "phrases/en.toml", '[review]\nedition = "2"\n[phrases.today]\nempty = "Rest."\n')
    phrases = library.load(tmp_path).phrases
    assert (phrases["today.empty"], phrases["practice.easier"]) == ("Rest.", "Easier")


def test_local_wording_adds_a_language(tmp_path):
    wording = (BUILT_IN / "instruments/pain-ratings/text.en.toml").read_text(encoding="utf-8")
    put(tmp_path, "instruments/pain-ratings/text.cy.toml", wording)
    instrument = library.load(tmp_path).instruments["pain-ratings"]
    assert set(instrument.wording) == {"en", "cy"}
    assert instrument.fingerprint != library.load().instruments["pain-ratings"].fingerprint


def test_local_instrument_needs_no_code(tmp_path):
    for name in ("definition", "text.en", "examples"):
        text = (BUILT_IN / f"instruments/global-change/{name}.toml").read_text(encoding="utf-8")
        put(tmp_path, f"instruments/new-change/{name}.toml", text.replace('"global-change"', '"new-change"'))
    assert "new-change" in library.load(tmp_path).instruments


def test_local_practice_needs_no_code(tmp_path):
    shutil.copytree(BUILT_IN / "practices/p01-arriving", tmp_path / "practices/p25-tea")
    entry = '[[practices]]\nid = "p25-tea"\nnumber = 25\nname = "Tea"\nstep = "support"\n'
    put(tmp_path, "practices/index.toml", entry + 'mechanisms = ["self-care"]\nevidence = "D"\n')
    content = library.load(tmp_path)
    assert "p25-tea" in content.practices
    assert len(content.practice_index) == 25


def test_review_marks_do_not_change_a_fingerprint(tmp_path):
    borrow(
        tmp_path,
        "instruments/pain-ratings/text.en.toml",
        'by = ""\non = ""',
        'by = "A clinician"\non = 2026-12-01',
    )
    content = library.load(tmp_path)
    assert content.reviews["instruments/pain-ratings/en"].reviewed
    assert (
        content.instruments["pain-ratings"].fingerprint
        == library.load().instruments["pain-ratings"].fingerprint
    )


def test_changed_words_change_the_fingerprint(tmp_path):
    borrow(tmp_path, "instruments/pain-ratings/text.en.toml", "right now?", "at this moment?")
    changed = library.load(tmp_path).instruments["pain-ratings"]
    assert changed.fingerprint != library.load().instruments["pain-ratings"].fingerprint


def test_changed_consent_changes_its_fingerprint(tmp_path):
    borrow(tmp_path, "consent/compassion-12.en.md", "twelve weekly", "12 weekly")
    changed = library.load(tmp_path).consents["compassion-12"]
    assert changed.fingerprint != library.load().consents["compassion-12"].fingerprint


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    text = (BUILT_IN / "help/card.en.md").read_text(encoding="utf-8")
    path = tmp_path / "help/card.en.md"
    path.parent.mkdir()
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert library.load(tmp_path).help["card"] == library.load().help["card"]


def test_load_raises_the_first_fault(tmp_path):
    borrow(tmp_path, "help/card.en.md", "title = ", "titel = ")
    with pytest.raises(ContentError, match=r"card\.en\.md: title: is missing"):
        library.load(tmp_path)


def test_consent_to_the_evaluation_never_blocks_the_programme():
    choices = {choice.id: choice for choice in library.load().consents["compassion-12"].choices}
    assert set(choices) == {"programme", "evaluation"}
    assert choices["programme"].needed
    assert not choices["evaluation"].needed


def test_schedule_counts_from_the_first_meeting():
    timepoints = library.load().schedules["compassion-12"].timepoints
    days = {timepoint.id: (timepoint.opens, timepoint.due, timepoint.closes) for timepoint in timepoints}
    assert days == {
        "baseline": (-28, -7, 6),
        "week-6": (35, 42, 55),
        "week-12": (77, 84, 104),
        "month-3": (168, 175, 203),
    }


def test_change_is_not_asked_at_the_start():
    asked = {
        timepoint.id: timepoint.instruments
        for timepoint in library.load().schedules["compassion-12"].timepoints
    }
    assert "global-change" not in asked["baseline"]
    assert "global-change" in asked["week-12"] and "global-change" in asked["month-3"]


def test_a_sitting_takes_ten_minutes_at_most():
    content = library.load()
    for timepoint in content.schedules["compassion-12"].timepoints:
        assert sum(content.instruments[name].wording["en"].minutes for name in timepoint.instruments) <= 10


def test_check_in_asks_three_things():
    items = library.load().checkins["daily"].items
    assert [(item.id, item.kind) for item in items] == [
        ("mood", "row"),
        ("comfort", "row"),
        ("helped", "choice"),
    ]
    assert "nothing-today" in items[-1].choices
