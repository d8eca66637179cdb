"""Sealed letters: bytes in the form that a phone seals them, kept once, deleted for good, and nobody's but the writer's."""

import os
from uuid import uuid4

import pytest

from allay.records.access import SYSTEM
from allay.records.errors import DifferentContent, Invalid, NotConsented, NotYours, Withdrawn
from allay.records.models import AuditEvent, SealedLetter
from allay.records.queries import letters as queries
from allay.records.services import codes, enrolments, letters

SEALED = b"\xff" * 1040  # random bytes never read as text; these never do either


@pytest.fixture
def keep(cast, at):
    def call(enrolment=None, **changes):
        enrolment = enrolment or cast.ana_enrolment
        given = {
            "id": uuid4(),
            "key_id": "ab" * 16,
            "nonce": bytes(12),
            "sealed": SEALED,
            "by": enrolment.person,
        }
        return letters.keep(**{**given, "enrolment": enrolment, "at": at, **changes})

    return call


def test_a_letter_is_kept_as_it_came(keep, cast, at):
    row, new = keep(nonce=b"0123456789ab", sealed=b"\xfe" * 1040)
    assert new
    row = SealedLetter.objects.get(pk=row.pk)
    assert (bytes(row.nonce), bytes(row.sealed)) == (b"0123456789ab", b"\xfe" * 1040)
    assert (row.enrolment_id, row.key_id, row.received_at) == (cast.ana_enrolment.pk, "ab" * 16, at)


def test_sending_twice_keeps_one(keep):
    id = uuid4()
    assert [keep(id=id)[1], keep(id=id)[1]] == [True, False]
    assert SealedLetter.objects.count() == 1


@pytest.mark.parametrize("change", [{"sealed": b"\xfe" * 1040}, {"nonce": b"x" * 12}, {"key_id": "cd" * 16}])
def test_the_same_id_with_other_bytes_is_a_conflict(keep, change):
    id = uuid4()
    keep(id=id)
    with pytest.raises(DifferentContent):
        keep(id=id, **change)


def test_an_id_of_somebody_else_tells_nothing(keep, cast):
    id = uuid4()
    keep(id=id)
    with pytest.raises(NotYours):
        keep(cast.ben_enrolment, id=id)


TEXTS = {
    "words": b"I know this has been hard. " * 60,
    "JSON": b'{"words": "I know"}' + b" " * 1021,
    "emoji": "💛".encode() * 260,
    "nothing": bytes(1040),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_what_reads_as_text_is_not_kept(keep, text):
    with pytest.raises(Invalid) as refused:
        keep(sealed=text[:1040])
    assert refused.value.field == "sealed"
    assert SealedLetter.objects.count() == 0


@pytest.mark.parametrize("size", [0, 16, 1024, 1041, letters.LARGEST + 16, 5_000_000])
def test_a_size_that_no_sealed_letter_has_is_refused(keep, size):
    with pytest.raises(Invalid):
        keep(sealed=b"\xff" * size)


def test_the_largest_letter_fits(keep):
    assert keep(sealed=os.urandom(letters.LARGEST - 1024 + 16))[1]


@pytest.mark.parametrize("key_id", ["", "ab", "AB" * 16, "ab" * 17, "dear you " * 4, "ab" * 16 + "\n"])
def test_a_key_has_a_name_in_its_form(keep, key_id):
    with pytest.raises(Invalid) as refused:
        keep(key_id=key_id)
    assert refused.value.field == "key_id"


def test_there_is_an_end_to_how_many(keep, monkeypatch):
    monkeypatch.setattr(letters, "MOST", 2)
    keep(), keep()
    with pytest.raises(Invalid, match="no room"):
        keep()


@pytest.mark.parametrize("who", ["fay", "rae", "ada", "ben"])
def test_nobody_else_may_keep_or_delete(keep, cast, at, who):
    with pytest.raises(NotYours):
        keep(by=getattr(cast, who))
    row, _new = keep()
    with pytest.raises(NotYours):
        letters.delete(letter=row.pk, enrolment=cast.ana_enrolment, by=getattr(cast, who), at=at)


def test_not_before_consent_and_not_after_leaving(keep, cast, at):
    nia = enrolments.enrol(name="Nia", group=cast.group, by=SYSTEM, at=at)
    codes.redeem(code=codes.issue(enrolment=nia, by=cast.fay, at=at), at=at)
    with pytest.raises(NotConsented):
        keep(nia)
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    with pytest.raises(Withdrawn):
        keep(cast.ana_enrolment)


def test_deleting_is_for_good_and_twice_is_harmless(keep, cast, at):
    row, _new = keep()
    act = {"letter": row.pk, "enrolment": cast.ana_enrolment, "by": cast.ana, "at": at}
    assert [letters.delete(**act), letters.delete(**act)] == [True, False]
    assert SealedLetter.objects.count() == 0


def test_a_late_copy_does_not_bring_a_deleted_letter_back(keep, cast, at):
    id = uuid4()
    keep(id=id)
    letters.delete(letter=id, enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    assert keep(id=id) == (None, False)
    assert SealedLetter.objects.count() == 0


def test_somebody_elses_letter_cannot_be_deleted(keep, cast, at):
    row, _new = keep()
    with pytest.raises(NotYours):
        letters.delete(letter=row.pk, enrolment=cast.ben_enrolment, by=cast.ben, at=at)


def test_letters_can_be_deleted_after_leaving(keep, cast, at):
    row, _new = keep()
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert letters.delete(letter=row.pk, enrolment=cast.ana_enrolment, by=cast.ana, at=at)


def test_the_audit_names_the_act_and_nothing_of_the_letter(keep, cast):
    row, _new = keep()
    event = AuditEvent.objects.get(name="letter.kept")
    assert (event.subject, event.details) == (
        f"sealedletter:{row.pk}",
        {"enrolment": str(cast.ana_enrolment.pk)},
    )


def test_own_letters_the_newest_first(keep, cast, at):
    from datetime import timedelta

    old, new = keep()[0], keep(at=at + timedelta(days=1))[0]
    keep(cast.ben_enrolment)
    assert [line.id for line in queries.lines(cast.ana_enrolment)] == [new.pk, old.pk]
