"""Recordings that a service offers now."""

from uuid import UUID

from allay.records.errors import NotYours
from allay.records.models import Recording


def current() -> list[Recording]:
    """All that are offered, by practice, length and language."""
    return list(
        Recording.objects.filter(removed_at=None).order_by("practice", "minutes", "language", "added_at")
    )


def of_practice(practice: str, language: str) -> list[Recording]:
    """Those of one practice, the shortest first: in the person's language, or in any where there is none in it."""
    found = list(Recording.objects.filter(practice=practice, removed_at=None).order_by("minutes", "added_at"))
    own = [recording for recording in found if recording.language.split("-")[0] == language.split("-")[0]]
    return own or found


def one(recording: UUID) -> Recording:
    """Raises NotYours for one that is not there, or not any more."""
    found = Recording.objects.filter(pk=recording, removed_at=None).first()
    if found is None:
        raise NotYours
    return found
