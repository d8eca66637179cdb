"""Which edition of an instrument is asked, and its definition as it was frozen."""

from allay.content import library
from allay.content.schema import Instrument
from allay.records.errors import NotYours
from allay.records.models import InstrumentEdition

_read: dict[str, Instrument] = {}  # by fingerprint, which never means two things


def current(instrument: str) -> InstrumentEdition:
    """The edition registered for the version that the content has now."""
    known = library.load().instruments.get(instrument)
    edition = known and InstrumentEdition.objects.filter(instrument=instrument, version=known.version).first()
    if not edition:
        raise NotYours
    return edition


def instrument(edition: InstrumentEdition) -> Instrument:
    """The definition and wording as they stood when this edition was registered."""
    if edition.fingerprint not in _read:
        _read[edition.fingerprint] = Instrument.model_validate(edition.definition)
    return _read[edition.fingerprint]
