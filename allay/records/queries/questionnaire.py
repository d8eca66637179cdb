"""How one questionnaire of one timepoint stands for a person: what is asked, what was given, whether it is open."""

from dataclasses import dataclass
from datetime import date, datetime

from allay.content.schema import Instrument
from allay.records.errors import NotYours
from allay.records.models import Enrolment, Response, Timepoint
from allay.records.queries import due, editions
from allay.science import schedule


@dataclass(frozen=True)
class Standing:
    timepoint: Timepoint
    definition: Instrument  # as frozen: of the response where one was begun, else the edition asked now
    response: Response | None
    given: dict[str, int | None]  # answers so far; None where the person skipped
    state: schedule.WindowState
    opens_on: date | None  # in the group's zone; None while the person is in no group

    @property
    def done(self) -> bool:
        return self.response is not None and self.response.completed_at is not None


def standing(enrolment: Enrolment, timepoint: str, instrument: str, at: datetime) -> Standing:
    """Raises NotYours where the person's study does not ask this instrument at this timepoint."""
    planned = Timepoint.objects.filter(study=enrolment.study_id, key=timepoint).first()
    if planned is None or instrument not in planned.instruments:
        raise NotYours
    response = _response(enrolment, planned, instrument)
    edition = response.edition if response else editions.current(instrument)
    window = due.windows(enrolment, [planned]).get(planned.key)
    return Standing(
        timepoint=planned,
        definition=editions.instrument(edition),
        response=response,
        given={answer.item: answer.value for answer in response.answers.all()} if response else {},
        state="not-yet" if window is None else schedule.state(window, at),
        opens_on=window.opens_on if window else None,
    )


def _response(enrolment: Enrolment, timepoint: Timepoint, instrument: str) -> Response | None:
    return (
        enrolment.responses.filter(timepoint=timepoint, instrument=instrument)
        .select_related("edition")
        .prefetch_related("answers")
        .first()
    )
