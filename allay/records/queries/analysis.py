"""The analysis table: one row for each participant, timepoint and score. Numbers instead of names.

Only people who agreed to the evaluation, and have not taken it back, stand in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from django.db.models import Count, OuterRef, Subquery

from allay.content import library
from allay.records.models import (
    Arm,
    Consent,
    Enrolment,
    Group,
    Person,
    Response,
    Role,
    Score,
    Study,
    Timepoint,
)
from allay.records.queries import due
from allay.science import schedule

COLUMNS = ("participant", "arm", "group", "timepoint", "score", "value")
Row = tuple[str, str, str, str, str, float | None]


@dataclass(frozen=True)
class Completeness:
    """How many of an arm's consenting people have finished all questions of a timepoint."""

    arm: str
    people: int
    timepoint: str
    done: int
    of: int  # those for whom it has opened


@dataclass(frozen=True)
class Overview:
    """A study in one line."""

    study: Study
    arms: tuple[str, ...]
    groups: int
    people: int  # all who were enrolled
    agreed: int  # to the evaluation, and have not taken it back


def overviews(person: Person) -> list[Overview]:
    """The studies that a researcher may read, in one line each."""
    return [
        Overview(
            study=study,
            arms=tuple(arm.name for arm in study.arms.all()),
            groups=study.groups.count(),
            people=study.enrolments.count(),
            agreed=len(consenting(study)),
        )
        for study in studies_of(person)
    ]


def arms(study: Study) -> list[Arm]:
    """Arms with `groups_n` and `people_n`, in their order."""
    return list(
        study.arms.annotate(
            groups_n=Count("groups", distinct=True), people_n=Count("enrolments", distinct=True)
        ).order_by("position")
    )


def timepoints(study: Study) -> list[Timepoint]:
    return list(Timepoint.objects.filter(study=study).order_by("position"))


def studies_of(person: Person) -> list[Study]:
    """The studies that a researcher may read."""
    return list(
        Study.objects.filter(
            roles__person=person, roles__kind=Role.Kind.RESEARCHER, roles__ended_at=None
        ).distinct()
    )


def consenting(study: Study) -> "list[Enrolment]":
    """Enrolments whose latest decision about the evaluation is yes."""
    latest = Consent.objects.filter(enrolment=OuterRef("pk"), purpose=Consent.Purpose.EVALUATION).order_by(
        "-decided_at", "-pk"
    )
    return list(
        Enrolment.objects.filter(study=study)
        .annotate(agreed=Subquery(latest.values("given")[:1]))
        .filter(agreed=True)
        .select_related("arm", "group")
        .order_by("number")
    )


def rows(study: Study) -> Iterator[Row]:
    """The long table, a few thousand rows at a time. Group names stay out: a group is its number."""
    people = {enrolment.pk: enrolment for enrolment in consenting(study)}
    numbers = _group_numbers(study)
    scores = (
        Score.objects.filter(response__enrolment__in=list(people), response__completed_at__isnull=False)
        .order_by(
            "response__enrolment__number", "response__timepoint__position", "response__instrument", "key"
        )
        .values_list(
            "response__enrolment_id", "response__timepoint__key", "response__instrument", "key", "value"
        )
    )
    for enrolment_id, timepoint, instrument, key, value in scores.iterator(chunk_size=5000):
        enrolment = people[enrolment_id]
        group = numbers.get(enrolment.group_id, "")
        yield f"{enrolment.number:04d}", enrolment.arm.key, group, timepoint, f"{instrument}.{key}", value


def complete_rows(study: Study, at: datetime, reached: str = "") -> Iterator[Row]:
    """As `rows`, and with an empty value a row for everything that could have been answered by now and was not.

    So somebody who answered nothing stands in the table as well: who is missing is part of the result.
    With `reached` only groups stand in it for which this timepoint has opened: a report on the end of the
    programme must not count people as missing who are in the middle of it.
    """
    planned = timepoints(study)
    place = {timepoint.key: timepoint.position for timepoint in planned}
    opened = {group.pk: _opened(group, planned, at) for group in study.groups.all()}
    kept = {pk for pk, keys in opened.items() if not reached or reached in keys}
    numbers = {number for pk, number in _group_numbers(study).items() if pk in kept}

    def order(row: Row) -> tuple[int, int, str, str]:
        instrument, _dot, key = row[4].partition(".")
        return int(row[0]), place[row[3]], instrument, key

    for row in merge(rows(study), _unanswered(study, opened), key=order):
        if not reached or row[2] in numbers:
            yield row


def size(study: Study) -> int:
    """How many rows a complete table would have, roughly: enough to tell how far a reader is."""
    instruments = library.load().instruments
    scores = sum(
        len(instruments[key].scores)
        for timepoint in timepoints(study)
        for key in timepoint.instruments
        if key in instruments
    )
    return scores * study.enrolments.count()


def _unanswered(study: Study, opened: Mapping[object, set[str]]) -> Iterator[Row]:
    """Empty rows, in the order of the table, for timepoints whose time has come."""
    numbers, instruments, finished = _group_numbers(study), library.load().instruments, set(_finished(study))
    planned = timepoints(study)
    for enrolment in consenting(study):
        for timepoint in planned:
            if timepoint.key not in opened.get(enrolment.group_id, ()):
                continue
            scores = sorted(
                (instrument, rule.id)
                for instrument in timepoint.instruments
                if (enrolment.pk, timepoint.pk, instrument) not in finished and instrument in instruments
                for rule in instruments[instrument].scores
            )
            for instrument, key in scores:
                group, name = numbers.get(enrolment.group_id, ""), f"{instrument}.{key}"
                yield f"{enrolment.number:04d}", enrolment.arm.key, group, timepoint.key, name, None


def _group_numbers(study: Study) -> dict[object, str]:
    """Groups as they stand in the table: by number, in the order in which they were made."""
    ids = study.groups.order_by("created_at", "pk").values_list("pk", flat=True)
    return {pk: f"g{place}" for place, pk in enumerate(ids, start=1)}


def completeness(study: Study, at: datetime) -> list[Completeness]:
    """By arm and timepoint, for everybody who agreed to the evaluation."""
    people, planned = consenting(study), timepoints(study)
    finished: dict[tuple[object, int], set[str]] = defaultdict(set)
    for enrolment_id, timepoint_id, instrument in _finished(study):
        finished[enrolment_id, timepoint_id].add(instrument)
    opened = {group.pk: _opened(group, planned, at) for group in study.groups.all()}
    lines = []
    for arm in study.arms.all():
        members = [person for person in people if person.arm_id == arm.pk]
        for timepoint in planned:
            due_now = [person for person in members if timepoint.key in opened.get(person.group_id, ())]
            asked = set(timepoint.instruments)
            done = sum(asked <= finished[person.pk, timepoint.pk] for person in due_now)
            lines.append(Completeness(arm.name, len(members), timepoint.title, done, len(due_now)))
    return lines


def _finished(study: Study) -> Iterable[tuple[object, int, str]]:
    return Response.objects.filter(enrolment__study=study, completed_at__isnull=False).values_list(
        "enrolment_id", "timepoint_id", "instrument"
    )


def _opened(group: Group, planned: list[Timepoint], at: datetime) -> set[str]:
    """The timepoints whose time has come for a group."""
    windows = due.group_windows(group, planned)
    return {window.timepoint for window in windows if schedule.state(window, at) != "not-yet"}
