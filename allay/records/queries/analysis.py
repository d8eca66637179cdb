"""The analysis table: one row for each participant, timepoint and score. Numbers instead of names.

Only people who agreed to the evaluation, and have not taken it back, stand in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from django.db.models import Count, OuterRef, Subquery

from allay.content import library
from allay.records.models import Arm, Consent, Enrolment, Person, Response, Role, Score, Study, Timepoint
from allay.records.queries import due
from allay.science import schedule

COLUMNS = ("participant", "arm", "group", "timepoint", "score", "value")
Row = tuple[str, str, str, str, str, float | None]


@dataclass(frozen=True)
class Completeness:
    """How many of an arm's consenting people have finished all questions of a timepoint."""

    arm: str
    timepoint: str
    done: int
    of: int


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
    numbers = {pk: f"g{place}" for place, pk in enumerate(_group_ids(study), start=1)}
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


def complete_rows(study: Study, at: datetime) -> Iterator[Row]:
    """As `rows`, and with an empty value a row for everything that could have been answered by now and was not.

    So somebody who answered nothing stands in the table as well: who is missing is part of the result.
    """
    place = {timepoint.key: timepoint.position for timepoint in timepoints(study)}

    def order(row: Row) -> tuple[int, int, str, str]:
        instrument, _dot, key = row[4].partition(".")
        return int(row[0]), place[row[3]], instrument, key

    yield from merge(rows(study), _unanswered(study, at), key=order)


def _unanswered(study: Study, at: datetime) -> Iterator[Row]:
    """Empty rows, in the order of the table, for timepoints whose time has come."""
    numbers = {pk: f"g{place}" for place, pk in enumerate(_group_ids(study), start=1)}
    planned, instruments = timepoints(study), library.load().instruments
    finished = set(
        Response.objects.filter(enrolment__study=study, completed_at__isnull=False).values_list(
            "enrolment_id", "timepoint_id", "instrument"
        )
    )
    for enrolment in consenting(study):
        windows = due.windows(enrolment, planned)
        for timepoint in planned:
            window = windows.get(timepoint.key)
            if window is None or schedule.state(window, at) == "not-yet":
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


def _group_ids(study: Study) -> list[object]:
    return list(study.groups.order_by("created_at", "pk").values_list("pk", flat=True))


def completeness(study: Study) -> list[Completeness]:
    """By arm and timepoint, for everybody who agreed to the evaluation."""
    people = consenting(study)
    done: dict[tuple[object, int], int] = {}
    finished = study.enrolments.filter(responses__completed_at__isnull=False).values_list(
        "pk", "responses__timepoint_id"
    )
    for enrolment_id, timepoint_id in finished:
        done[(enrolment_id, timepoint_id)] = done.get((enrolment_id, timepoint_id), 0) + 1
    lines = []
    for arm in study.arms.all():
        members = [person for person in people if person.arm_id == arm.pk]
        for timepoint in Timepoint.objects.filter(study=study):
            complete = [
                person
                for person in members
                if done.get((person.pk, timepoint.pk), 0) >= len(timepoint.instruments)
            ]
            lines.append(Completeness(arm.name, timepoint.title, len(complete), len(members)))
    return lines
