"""A service's own review marks: who read which words, and that a mark falls when the words change."""

from datetime import date

import pytest

from allay.content import library
from allay.content.errors import ContentError
from allay.content.loading.shelf import BUILT_IN
from allay.server import cli

NAME = "practices/p01-arriving/en"
WORDS = ("--by", 'Test "reader" \\ nobody', "--on", "2027-01-12")


def review(*words, folder):
    status = cli.main(["content", "review", *words, "--content", str(folder)])
    library._load.cache_clear()  # as another process would read it
    return status


def test_a_mark_is_kept_with_name_day_and_edition(tmp_path, capsys):
    assert review(NAME, *WORDS, folder=tmp_path) == 0
    mark = library.load(tmp_path).reviews[NAME]
    assert (mark.by, mark.on, mark.edition, mark.reviewed) == (
        'Test "reader" \\ nobody',
        date(2027, 1, 12),
        "1",
        True,
    )
    assert NAME not in library.load(tmp_path).unreviewed
    assert library.check(tmp_path) == []


def test_a_pattern_marks_many_and_keeps_what_stood(tmp_path):
    review("help/*", *WORDS, folder=tmp_path)
    review("programme/*", "consent/*", "checkins/daily/en", *WORDS, folder=tmp_path)
    reviews = library.load(tmp_path).reviews
    marked = {name.split("/")[0] for name, mark in reviews.items() if mark.reviewed}
    assert marked == {"help", "programme", "consent", "checkins"}


def test_when_the_words_change_the_mark_falls(tmp_path):
    review(NAME, *WORDS, folder=tmp_path)
    own = tmp_path / "practices" / "p01-arriving"
    own.mkdir(parents=True)
    source = (BUILT_IN / "practices" / "p01-arriving" / "text.en.toml").read_text()
    (own / "text.en.toml").write_text(source.replace('name = "Arriving"', 'name = "Landing"'))
    library._load.cache_clear()
    assert not library.load(tmp_path).reviews[NAME].reviewed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((NAME,), "who has read it"),
        ((NAME, "--by", " ", "--on", "2027-01-12"), "who has read it"),
        (("practices/nothing/en", *WORDS), "no text is called practices/nothing/en"),
    ],
)
def test_what_is_not_whole_marks_nothing(tmp_path, capsys, words, said):
    assert review(*words, folder=tmp_path) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "reviews.toml").exists()


def test_without_a_folder_of_its_own_it_says_what_to_do(tmp_path, capsys):
    assert review(NAME, *WORDS, folder=tmp_path / "missing") == 1
    assert "make one" in capsys.readouterr().err


def test_a_broken_file_of_marks_names_file_and_key(tmp_path):
    (tmp_path / "reviews.toml").write_text(f'["{NAME}"]\nedition = "1"\n')
    with pytest.raises(ContentError, match=r"reviews\.toml"):
        library.load(tmp_path)
