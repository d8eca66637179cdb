"""What suits some of the sample people, a page of their own, and one in a flare: said by the product's own verbs."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from allay.records.models import Enrolment, Person
from allay.records.services import circumstances, flares, lookingback, ownpractices, sheets


def tell(
    members: Sequence[Enrolment], facilitator: Person, now: datetime, new_id: Callable[[], UUID]
) -> None:
    """The first is whom a visitor of the demo looks through; the second would like a call; the fifth is in a flare."""
    week_ago = now - timedelta(days=7)
    _say(members[0], week_ago, doing="both", touch_sensitive=True, pain_word="ache", skipped_areas=["feet"])
    _mark(members[0], week_ago, "p02-anchor", "favourite")
    _mark(members[0], week_ago, "p03-two-ways-of-noticing", "not-for-me")
    circumstances.understand(
        enrolment=members[0], pain_understanding="mixed", by=facilitator, at=now - timedelta(weeks=4)
    )
    _begin_plan(members[0], week_ago, new_id())
    _look_back(members[0], now - timedelta(days=1), new_id())
    _say(members[1], now - timedelta(days=1), kindness_hard=True)
    flares.declare(
        id=new_id(),
        enrolment=members[4],
        tell_facilitator=True,
        by=members[4].person,
        at=now - timedelta(hours=20),
    )


def _begin_plan(enrolment: Enrolment, at: datetime, id: UUID) -> None:
    content = {"words-for-pain": {"taps": ["the-ache"]}, "matters": {"taps": ["friends", "garden"]}}
    by = enrolment.person
    sheets.keep(
        id=id, enrolment=enrolment, sheet="my-plan", content=content, follows=[], day=at.date(), by=by, at=at
    )
    sheets.share(enrolment=enrolment, sheet="my-plan", item="matters", by=by, at=at)


def _mark(enrolment: Enrolment, at: datetime, practice: str, mark: str) -> None:
    ownpractices.mark(enrolment=enrolment, practice=practice, mark=mark, by=enrolment.person, at=at)


def _look_back(enrolment: Enrolment, at: datetime, id: UUID) -> None:
    who = {"enrolment": enrolment, "by": enrolment.person, "at": at}
    lookingback.choose(on=True, **who)
    lookingback.say(id=id, statement="mood~comfort", says="fits", **who)


def _say(enrolment: Enrolment, at: datetime, **said: object) -> None:
    circumstances.say(enrolment=enrolment, said=said, by=enrolment.person, at=at)
