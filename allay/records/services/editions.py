"""Instrument editions: what was asked is frozen with the answer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content.schema import Instrument
from allay.records.access import Actor, Permission, require
from allay.records.errors import Refused
from allay.records.models import InstrumentEdition
from allay.records.services import audit


class EditionChanged(Refused):
    """A file was changed without a new version number."""

    code, status = "edition-changed", 409


@transaction.atomic
def register(*, instruments: Iterable[Instrument], by: Actor, at: datetime) -> list[InstrumentEdition]:
    """Registers every edition not yet known. Raises EditionChanged where a known version has new content."""
    require(by, Permission.MANAGE)
    return [_register(instrument, by, at) for instrument in instruments]


def _register(instrument: Instrument, by: Actor, at: datetime) -> InstrumentEdition:
    edition = InstrumentEdition.objects.filter(instrument=instrument.id, version=instrument.version).first()
    if edition is None:
        edition = InstrumentEdition.objects.create(
            instrument=instrument.id,
            version=instrument.version,
            fingerprint=instrument.fingerprint,
            definition=instrument.model_dump(mode="json"),
            registered_at=at,
        )
        audit.record("edition.registered", by=by, at=at, on=edition, instrument=instrument.id)
    elif edition.fingerprint != instrument.fingerprint:
        raise EditionChanged(
            _("%(id)s %(version)s was asked with other content before. Give the changed file a new version.")
            % {"id": instrument.id, "version": instrument.version}
        )
    return edition
