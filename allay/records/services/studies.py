"""Setting up: a study with its arms, planned occasions and consent text."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid
from allay.records.models import Arm, ConsentText, Study, Timepoint
from allay.records.services import audit, editions

ARMS = {
    "programme": (_("Programme"), Arm.Kind.PROGRAMME),
    "waiting": (_("Waiting group"), Arm.Kind.WAITING),
    "usual-care": (_("Usual care"), Arm.Kind.USUAL_CARE),
}


@transaction.atomic
def create(
    *,
    name: str,
    programme: str = "compassion-12",
    arms: tuple[str, ...] = ("programme", "waiting"),
    synthetic: bool = False,
    by: Actor,
    at: datetime,
) -> Study:
    """A study of one programme, with its schedule copied and its instruments registered."""
    require(by, Permission.MANAGE)
    content = library.load()
    if programme not in content.programmes:
        raise Invalid(_("There is no such programme."), field="programme")
    if not arms or set(arms) - set(ARMS):
        raise Invalid(_("Arms are: %s.") % ", ".join(ARMS), field="arms")
    if Study.objects.filter(name=name).exists():
        raise Invalid(_("There is a study of this name already."), field="name")
    schedule = content.schedules[content.programmes[programme].schedule]
    study = Study.objects.create(
        name=name, programme=programme, schedule=schedule.id, created_at=at, synthetic=synthetic
    )
    Arm.objects.bulk_create(
        Arm(study=study, key=key, name=ARMS[key][0], kind=ARMS[key][1], position=position)
        for position, key in enumerate(arms)
    )
    Timepoint.objects.bulk_create(
        Timepoint(
            study=study,
            key=timepoint.id,
            title=timepoint.title,
            opens=timepoint.opens,
            due=timepoint.due,
            closes=timepoint.closes,
            instruments=list(timepoint.instruments),
            position=position,
        )
        for position, timepoint in enumerate(schedule.timepoints)
    )
    asked = {instrument for timepoint in schedule.timepoints for instrument in timepoint.instruments}
    editions.register(instruments=[content.instruments[id] for id in sorted(asked)], by=by, at=at)
    _register_consent(study, at)
    audit.record("study.created", by=by, at=at, on=study)
    return study


def _register_consent(study: Study, at: datetime) -> None:
    content = library.load()
    text = content.consents[content.programmes[study.programme].consent]
    ConsentText.objects.create(
        study=study,
        version=text.version,
        language="en",
        body=text.model_dump(mode="json"),
        fingerprint=text.fingerprint,
        registered_at=at,
    )
