"""`allay study`: what a study asks about the day and the week, by command."""

import pytest

from tests.server.live import Live

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    return Live(tmp_path_factory.mktemp("studies") / "data")


def asked(live) -> list[tuple[str, str, str]]:
    from sqlcipher3 import dbapi2

    with dbapi2.connect(live.data / "allay.sqlite3") as connection:
        return connection.execute(
            "SELECT name, check_in, weekly_note FROM records_study ORDER BY name"
        ).fetchall()


def test_it_asks_what_the_programme_names_until_it_is_told_otherwise(live):
    assert live.allay("study", "Ours").returncode == 0
    assert asked(live) == [("Ours", "daily", "weekly")]
    changed = live.allay("study", "Ours", "--weekly-note", "none")
    assert (changed.returncode, changed.stdout) == (0, "Study “Ours” asks: daily, no weekly note.\n")
    assert live.allay("study", "Ours", "--weekly-note", "weekly").returncode == 0
    assert asked(live) == [("Ours", "daily", "weekly")]


def test_a_form_that_is_not_there_is_refused_with_those_that_are(live):
    for words in (("Ours", "--check-in", "nightly"), ("New", "--check-in", "weekly")):
        refused = live.allay("study", *words)
        assert refused.returncode == 1 and "There are: daily" in refused.stderr
    assert [name for name, *_forms in asked(live)] == ["Ours"]


def test_the_same_name_again_without_a_form_is_still_refused(live):
    again = live.allay("study", "Ours")
    assert again.returncode == 1 and "already" in again.stderr
