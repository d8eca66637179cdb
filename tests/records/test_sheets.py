"""Sheets: versions that are never lost, two phones that disagree, sharing line by line."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allay.records.errors import DifferentContent, Invalid, NotYours
from allay.records.models import AuditEvent, SheetVersion
from allay.records.queries import sheets as queries
from allay.records.services import sheets
from allay.science.versions import Version, brought_together, heads, suggested

PLAN = "my-plan"


@pytest.fixture
def keep(cast, at):
    def kept(content, *, follows=(), by=None, enrolment=None, id=None, sheet=PLAN):
        row, _new = sheets.keep(
            id=id or uuid4(),
            enrolment=enrolment or cast.ana_enrolment,
            sheet=sheet,
            content=content,
            follows=[str(one.pk) for one in follows],
            day=at.date(),
            by=by or cast.ana,
            at=at,
        )
        return row

    return kept


def standing(cast, at, sheet=PLAN):
    return queries.standing(cast.ana_enrolment, sheet, at)


def test_a_version_is_kept_once_and_another_content_under_its_id_is_refused(cast, at, keep):
    own = uuid4()
    first = keep({"words-for-pain": {"words": "The burn"}}, id=own)
    assert keep({"words-for-pain": {"words": "The burn"}}, id=own).pk == first.pk
    with pytest.raises(DifferentContent):
        keep({"words-for-pain": {"words": "Something else"}}, id=own)
    assert SheetVersion.objects.count() == 1


def test_nobody_else_keeps_a_version_there(cast, keep):
    with pytest.raises(NotYours):
        keep({"words-for-pain": {"words": "x"}}, by=cast.ben)
    with pytest.raises(NotYours):
        keep({"words-for-pain": {"words": "x"}}, by=cast.fay)


@pytest.mark.parametrize(
    "content",
    [
        {"no-such-line": {"words": "x"}},
        {"words-for-pain": {"unknown": 1}},
        {"words-for-pain": {"taps": ["no-such-tap"]}},
        {"words-for-pain": {"drawing": [[1, 2, -5, 4]]}},
        {"words-for-pain": {"drawing": "<svg>"}},
        {"words-for-pain": ["words"]},
        {"words-for-pain": {"words": "x" * 100_001}},
    ],
)
def test_what_does_not_fit_is_refused_with_the_line_and_a_sentence(keep, content):
    with pytest.raises(Invalid) as refused:
        keep(content)
    assert str(refused.value.sentence)
    assert SheetVersion.objects.count() == 0


def test_long_and_strange_words_come_back_as_they_were(cast, at, keep):
    said = "😀 👩🏽‍🦽 שלום <b>&amp;</b> " + "a" * 90_000
    keep({"words-for-pain": {"words": said}})
    line = next(line for line in standing(cast, at).lines if line.id == "words-for-pain")
    assert line.words == said


def test_two_phones_that_changed_it_apart_leave_both_versions_until_one_is_chosen(cast, at, keep):
    first = keep({"words-for-pain": {"words": "It"}})
    one = keep({"words-for-pain": {"words": "The burn"}}, follows=[first])
    other = keep({"words-for-pain": {"words": "It"}, "looked-at": {"words": "New numbness"}}, follows=[first])
    assert {head.id for head in standing(cast, at).heads} == {str(one.pk), str(other.pk)}
    keep(
        {"words-for-pain": {"words": "The burn"}, "looked-at": {"words": "New numbness"}},
        follows=[one, other],
    )
    assert len(standing(cast, at).heads) == 1
    assert standing(cast, at).versions == 4


def test_the_word_of_a_line_is_in_no_audit_event(cast, keep):
    keep({"words-for-pain": {"words": "zebra-striped"}})
    assert "zebra" not in str(list(AuditEvent.objects.values()))


def test_facilitators_read_what_is_shared_until_it_is_taken_back(cast, at, keep):
    keep({"words-for-pain": {"words": "The burn"}, "looked-at": {"words": "Only mine"}})
    assert queries.shared_lines(cast.ana_enrolment, cast.fay) == []
    share = {"enrolment": cast.ana_enrolment, "sheet": PLAN, "item": "words-for-pain", "by": cast.ana}
    sheets.share(**share, at=at)
    sheets.share(**share, at=at)
    [(_title, lines)] = queries.shared_lines(cast.ana_enrolment, cast.fay)
    assert [line.words for line in lines] == ["The burn"]
    for stranger in (cast.finn, cast.ben, cast.rae, cast.ada):
        with pytest.raises(NotYours):
            queries.shared_lines(cast.ana_enrolment, stranger)
    sheets.unshare(**share, at=at + timedelta(minutes=1))
    assert queries.shared_lines(cast.ana_enrolment, cast.fay) == []


def test_nobody_else_shares_for_somebody(cast, at):
    with pytest.raises(NotYours):
        sheets.share(enrolment=cast.ana_enrolment, sheet=PLAN, item="words-for-pain", by=cast.fay, at=at)


ITEMS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3"]).map(lambda w: {"words": w}))


@given(base=ITEMS, one=ITEMS, other=ITEMS)
def test_bringing_two_versions_together_loses_no_line_that_only_one_of_them_changed(base, one, other):
    versions = [Version("0", (), base), Version("1", ("0",), one), Version("2", ("0",), other)]
    several = heads(versions)
    assert [head.id for head in several] == ["1", "2"]
    whole = brought_together(several, suggested(versions, several))
    for item in {*base, *one, *other}:
        if one.get(item) == base.get(item):
            assert whole.get(item) == other.get(item)
        elif other.get(item) == base.get(item):
            assert whole.get(item) == one.get(item)
        else:
            assert whole.get(item) in (one.get(item), other.get(item))
