"""What holds for a person: said by people, read in one place."""

import pytest

from allay.content.schema.shape import Circumstance
from allay.records.models import Circumstances
from allay.records.queries.circumstances import circumstances_of, skipped_areas
from allay.records.queries.people import enrolment_of


@pytest.fixture
def said(cast, at):
    """Keeps circumstances of Ana and gives her enrolment as a page gets it."""

    def say(**fields):
        Circumstances.objects.update_or_create(
            enrolment=cast.ana_enrolment, defaults={"changed_at": at, **fields}
        )
        return enrolment_of(cast.ana)

    return say


def test_nothing_said_is_unknown(cast):
    assert circumstances_of(enrolment_of(cast.ana)) == {"unknown"}
    assert skipped_areas(enrolment_of(cast.ana)) == frozenset()


def test_everything_said_is_named_as_content_names_it(said):
    ticks = dict.fromkeys(["energy_limited", "touch_sensitive", "breath_hard"], True)
    found = circumstances_of(said(pain_understanding="primary", **ticks))
    assert found == {"primary", "energy-limited", "touch-sensitive", "breath-hard"}
    assert found <= set(Circumstance.__args__)


def test_a_group_that_meets_by_video(said):
    enrolment = said()
    enrolment.group.online = True
    assert circumstances_of(enrolment) == {"unknown", "online"}


@pytest.mark.parametrize(("doing", "found"), [("", set()), ("over", {"over"}), ("both", {"over", "under"})])
def test_what_somebody_tends_to(said, doing, found):
    assert circumstances_of(said(doing=doing)) == {"unknown"} | found


def test_places_of_the_body_to_leave_out(said):
    assert skipped_areas(said(skipped_areas=["hands", "belly"])) == {"hands", "belly"}


def test_a_page_asks_nothing_more_for_it(said, django_assert_num_queries):
    enrolment = said(energy_limited=True)
    with django_assert_num_queries(0):
        assert circumstances_of(enrolment) and not skipped_areas(enrolment)
