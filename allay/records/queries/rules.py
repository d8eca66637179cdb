"""What the rules need to know of a person, read in one statement once a request, and what they then do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, CharField, Exists, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from allay.records.models import (
    CheckIn,
    Enrolment,
    Flare,
    OwnPractice,
    PracticeLog,
    Response,
    RuleShown,
    TwoWeekTry,
    UnreviewedAccepted,
)
from allay.records.queries import flares
from allay.records.queries.circumstances import circumstances_of, skipped_areas
from allay.records.queries.days import local_day
from allay.science import rules

SIGNS: tuple[tuple[type[Model], str], ...] = (  # of somebody having been here
    (CheckIn, "received_at"),
    (PracticeLog, "received_at"),
    (Response, "started_at"),
    (Response, "completed_at"),
    (Flare, "received_at"),
    (RuleShown, "at"),
)

Mark = OwnPractice.Mark
SHOWN_ALL_THE_SAME = (Mark.CHOSEN, Mark.FAVOURITE)  # whatever a rule would hide


@dataclass(frozen=True)
class Standing:
    """How a person stands today, as far as pages ask on every visit."""

    situation: rules.Situation
    flare: Flare | None  # that is on now
    checked_in: bool  # there is a daily check-in of this day
    favourites: tuple[str, ...]  # ids of practices the person keeps close
    noted: frozenset[tuple[str, str]]  # rule and place that were noted as shown today
    accepts_unreviewed: bool  # this service shows texts that no clinician here has reviewed
    two_week_try: TwoWeekTry | None  # the last of these weeks that was not stopped; only what `TRY` names


def standing(enrolment: Enrolment, at: datetime) -> Standing:
    """One statement the first time a request asks."""
    known: dict[datetime, Standing] = enrolment.__dict__.setdefault("_standing", {})
    if at not in known:
        known[at] = _read(enrolment, at)
    return known[at]


def mark_of(enrolment: Enrolment, practice: str, at: datetime) -> str:
    """ "favourite", "not-for-me" or nothing."""
    known = standing(enrolment, at)
    if practice in known.favourites:
        return str(Mark.FAVOURITE)
    return str(Mark.NOT_FOR_ME) if practice in known.situation.unwanted else ""


def situation(enrolment: Enrolment, at: datetime) -> rules.Situation:
    """What holds for this person now."""
    return standing(enrolment, at).situation


def effects(enrolment: Enrolment, at: datetime) -> tuple[rules.Effect, ...]:
    """Everything that the rules do for this person now."""
    return rules.applied(situation(enrolment, at))


def _read(enrolment: Enrolment, at: datetime) -> Standing:
    row = _row(enrolment, at)
    flare = _flare(enrolment, row)
    pairs = (tuple(pair.split(" ", 1)) for pair in (row["noted"] or "").split(",") if pair)
    marked = [pair.split(" ", 1) for pair in (row["marks"] or "").split(",") if pair]
    return Standing(
        situation=rules.Situation(
            circumstances=circumstances_of(enrolment),
            had_to_stop=row["had_to_stop"],
            chosen=frozenset(practice for mark, practice in marked if mark in SHOWN_ALL_THE_SAME),
            unwanted=frozenset(practice for mark, practice in marked if mark == Mark.NOT_FOR_ME),
            skipped=skipped_areas(enrolment),
            flare=flare is not None,
            flare_asks=flares.asks_whether_on(flare, at),
            away=away(enrolment, row, at),
            voice_first=enrolment.person.audio_first,
        ),
        flare=flare,
        favourites=tuple(sorted(practice for mark, practice in marked if mark == Mark.FAVOURITE)),
        checked_in=row["checked_in"],
        accepts_unreviewed=row["accepts_unreviewed"],
        noted=frozenset(pairs),  # type: ignore[arg-type]
        two_week_try=_try(enrolment, row),
    )


class Joined(Aggregate):
    """Words of many rows in one, with commas between; none of ours holds a comma."""

    function = "GROUP_CONCAT"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, ',')", **more)


def _row(enrolment: Enrolment, at: datetime) -> dict[str, Any]:
    mine, day = {"enrolment": OuterRef("pk")}, local_day(enrolment, at)
    flare = Flare.objects.filter(**mine, ended_at=None)
    daily = CheckIn.objects.filter(**mine, day=day).exclude(form=enrolment.study.weekly_note)
    recent = day - timedelta(weeks=4)
    tried = TwoWeekTry.objects.filter(**mine, stopped_on=None, began_on__gt=recent).order_by("-began_on")
    return Enrolment.objects.values(
        had_to_stop=Exists(PracticeLog.objects.filter(**mine, after=PracticeLog.After.HAD_TO_STOP)),
        checked_in=Exists(daily),
        accepts_unreviewed=Exists(UnreviewedAccepted.objects.filter(ended_at=None)),
        marks=_all(OwnPractice.objects.filter(**mine), Concat("mark", Value(" "), "practice")),
        noted=_all(RuleShown.objects.filter(**mine, day=day), Concat("rule", Value(" "), "place")),
        **{f"flare_{name}": Subquery(flare.values(name)[:1]) for name in FLARE},
        **{f"try_{name}": Subquery(tried.values(name)[:1]) for name in TRY},
        **signs("pk"),
    ).get(pk=enrolment.pk)


FLARE = ("id", "declared_at", "still_at", "tell_facilitator", "received_at")
TRY = ("id", "first", "second", "outcome", "blocks", "began_on")


def _all(rows: QuerySet[Any], words: object) -> Subquery:
    return Subquery(rows.order_by().values("enrolment").annotate(joined=Joined(words)).values("joined"))


def _flare(enrolment: Enrolment, row: dict[str, Any]) -> Flare | None:
    if row["flare_id"] is None:
        return None
    return Flare(enrolment=enrolment, **{name: row[f"flare_{name}"] for name in FLARE})


def _try(enrolment: Enrolment, row: dict[str, Any]) -> TwoWeekTry | None:
    if row["try_id"] is None:
        return None
    return TwoWeekTry(enrolment=enrolment, **{name: row[f"try_{name}"] for name in TRY})


def signs(whose: str) -> dict[str, Subquery]:
    """Columns with the last of each kind of sign; `whose` names the enrolment in the statement around them."""
    return {f"sign_{number}": _last(*sign, whose) for number, sign in enumerate(SIGNS)}


def _last(model: type[Model], field: str, whose: str) -> Subquery:
    said = model._default_manager.filter(enrolment=OuterRef(whose), **{f"{field}__isnull": False})
    return Subquery(said.order_by(f"-{field}").values(field)[:1])


def away(enrolment: Enrolment, row: Mapping[str, Any], at: datetime) -> timedelta:
    """For how long there has been no sign of somebody; `row` has the columns of `signs`."""
    times = [enrolment.joined_at, *(row[f"sign_{number}"] for number in range(len(SIGNS)))]
    known = [time for time in times if time is not None]
    return max(timedelta(), at - max(known)) if known else timedelta()
