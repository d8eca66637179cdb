"""The analysis table: one row for each participant, timepoint and score. Numbers instead of names.

Only people who agreed to the evaluation, and have not taken it back, stand in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from allay.records.models import Consent, Enrolment, Person, Role, Score, Study, Timepoint

COLUMNS = ("participant", "arm", "group", "timepoint", "score", "value")
Row = tuple[str, str, str, str, str, float | None]


@dataclass(frozen=True)
class Completeness:
    """How many of an arm's consenting people have finished all questions of a timepoint."""

    arm: str
    timepoint: str
    done: int
    of: int


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
