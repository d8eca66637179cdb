"""Two-week tries of whom a visitor of the demo looks through: one that is over, one that is on. By the product's own verbs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from allay.records.models import Enrolment
from allay.records.services import two_week_tries


def tell(enrolment: Enrolment, now: datetime, new_id: Callable[[], UUID]) -> None:
    """What came out of the first is read from the days as they were made up: nobody chose it."""
    _begin(enrolment, "", now - timedelta(days=19), new_id(), seed=1)
    _begin(enrolment, "p02-anchor", now - timedelta(days=4), new_id(), seed=4)


def _begin(enrolment: Enrolment, second: str, at: datetime, id: UUID, seed: int) -> None:
    two_week_tries.begin(
        id=id,
        enrolment=enrolment,
        first="p01-arriving",
        second=second,
        outcome="mood",
        seed=seed,
        by=enrolment.person,
        at=at,
    )
