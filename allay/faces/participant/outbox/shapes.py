"""Shapes that every entry of an outbox is read with: strict, extra fields refused, the first fault named."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from allay.records.errors import Invalid


def _day(sent: object) -> date:
    return date.fromisoformat(sent if isinstance(sent, str) else "")


def _moment(sent: object) -> datetime:
    """A time with its offset; one that has no place in the calendar of UTC could not be kept."""
    time = datetime.fromisoformat(sent if isinstance(sent, str) else "")
    if time.tzinfo is None:
        raise ValueError("has no offset from UTC")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Short = Annotated[str, StringConstraints(max_length=60)]
Row = Annotated[int, Field(ge=0, le=10)]


class EntryShape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


ShapeT = TypeVar("ShapeT", bound=EntryShape)


def shaped(shape: type[ShapeT], sent: object) -> ShapeT:
    """Raises Invalid with the name of the first field at fault."""
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        raise Invalid(field=str(place[0])[:60] if place else "entry") from None
