"""Which sessions and practices participants may see: reviewed by a clinician here, or accepted without.

The help card, the signs that need a doctor, the flare page, privacy and consent are always shown.
"""

from collections.abc import Mapping
from typing import Protocol

from allay.content.schema import Review
from allay.records.models import UnreviewedAccepted
from allay.records.queries.words import wording


class Reviewed(Protocol):
    @property
    def review(self) -> Review: ...


def accepted() -> UnreviewedAccepted | None:
    """The standing decision to show unreviewed texts, with who took it; None where there is none."""
    return UnreviewedAccepted.objects.filter(ended_at=None).select_related("by").order_by("at").first()


def is_ready(text: Mapping[str, Reviewed], language: str, *, accepts_unreviewed: bool) -> bool:
    """Whether somebody may read it in their language."""
    return accepts_unreviewed or wording(text, language).review.reviewed
