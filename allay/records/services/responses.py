"""Responses: each answer is kept as it is given; finishing makes the scores."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from allay.records.access import Actor
from allay.records.errors import AlreadyAnswered, Invalid, NotYours, WindowClosed
from allay.records.models import Answer, Enrolment, InstrumentEdition, Response, Score, Timepoint
from allay.records.queries import due, editions
from allay.records.services import audit
from allay.records.services.entries import require_open
from allay.science import scoring

Answers = Mapping[str, int | None]


@transaction.atomic
def answer(
    *,
    id: UUID,
    enrolment: Enrolment,
    timepoint: Timepoint,
    instrument: str,
    answers: Answers,
    by: Actor,
    at: datetime,
) -> Response:
    """Keeps answers of a response that is not finished. Sending an answer again changes nothing.

    Returns the response they stand in: the one begun first, if two pages began one each.
    """
    response, _ = _open(id, enrolment, timepoint, instrument, by, at)
    if response.completed_at is not None:
        raise AlreadyAnswered
    _require_fitting(response.edition, answers)
    _keep(response, answers, at)
    return response


@transaction.atomic
def record(
    *,
    id: UUID,
    enrolment: Enrolment,
    timepoint: Timepoint,
    instrument: str,
    answers: Answers,
    by: Actor,
    at: datetime,
) -> tuple[Response, bool]:
    """Finishes a response: answers, scores and audit event together.

    Items not among `answers` keep what was given before; what was never given is kept as skipped.
    Returns the response and whether it was finished now; the same response sent again is the same row.
    """
    response, begun = _open(id, enrolment, timepoint, instrument, by, at)
    _require_fitting(response.edition, answers)
    if response.completed_at is not None:
        if _given(response) | dict(answers) != _given(response):
            raise AlreadyAnswered
        return response, False
    definition = editions.instrument(response.edition)
    everything: dict[str, int | None] = dict.fromkeys(item.id for item in definition.items)
    everything |= ({} if begun else _given(response)) | dict(answers)
    _keep(response, everything, at)
    _score(response, everything)
    response.completed_at = at
    response.save(update_fields=["completed_at"])
    audit.record("response.recorded", by=by, at=at, on=response, enrolment=str(enrolment.pk))
    return response, True


def _open(
    id: UUID, enrolment: Enrolment, timepoint: Timepoint, instrument: str, by: Actor, at: datetime
) -> tuple[Response, bool]:
    """The response of this person, timepoint and instrument, begun now if there is none; whether it was begun now."""
    require_open(enrolment, by)
    if timepoint.study_id != enrolment.study_id or instrument not in timepoint.instruments:
        raise NotYours
    standing = Response.objects.select_related("edition").select_for_update()
    response = standing.filter(enrolment=enrolment, timepoint=timepoint, instrument=instrument).first()
    if response is not None and response.completed_at is not None:
        return response, False
    if due.state(enrolment, timepoint, at) != "open":
        raise WindowClosed
    if response is not None:
        return response, False
    try:
        with transaction.atomic():
            response = Response(
                id=id,
                enrolment=enrolment,
                timepoint=timepoint,
                edition=editions.current(instrument),
                instrument=instrument,
                started_at=at,
            )
            response.save(force_insert=True)
            return response, True
    except IntegrityError:  # the id is somebody else's, or another client began at the same moment
        response = standing.filter(enrolment=enrolment, timepoint=timepoint, instrument=instrument).first()
        if response is None:
            raise NotYours from None
        return response, False


def _require_fitting(edition: InstrumentEdition, answers: Answers) -> None:
    for fault in scoring.faults(editions.instrument(edition), answers):
        raise Invalid(fault.reason, field=fault.item)


def _given(response: Response) -> dict[str, int | None]:
    return {answer.item: answer.value for answer in response.answers.all()}


def _keep(response: Response, answers: Answers, at: datetime) -> None:
    rows = [
        Answer(response=response, item=item, value=value, answered_at=at) for item, value in answers.items()
    ]
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["response", "item"],
        update_fields=["value", "answered_at"],
    )


def _score(response: Response, answers: Answers) -> None:
    Score.objects.bulk_create(
        Score(
            response=response,
            key=score.id,
            value=score.value,
            answered=score.answered,
            of=score.of,
            prorated=score.prorated,
        )
        for score in scoring.score(editions.instrument(response.edition), answers)
    )
