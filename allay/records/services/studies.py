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
    check_in: str | None = None,
    weekly_note: str | None = None,
    synthetic: bool = False,
    by: Actor,
    at: datetime,
) -> Study:
    """A study of one programme, with its schedule copied and its instruments registered.

    Without `check_in` and `weekly_note` it asks what the programme names; a blank weekly note asks none.
    """
    require(by, Permission.MANAGE)
    content = library.load()
    if programme not in content.programmes:
        raise Invalid(_("There is no such programme."), field="programme")
    if not arms or set(arms) - set(ARMS):
        raise Invalid(_("Arms are: %s.") % ", ".join(ARMS), field="arms")
    if Study.objects.filter(name=name).exists():
        raise Invalid(_("There is a study of this name already."), field="name")
    chosen = content.programmes[programme]
    schedule = content.schedules[chosen.schedule]
    daily = chosen.check_in if check_in is None else check_in
    weekly = (chosen.weekly_note or "") if weekly_note is None else weekly_note
    _require_forms(daily, weekly)
    study = Study.objects.create(
        name=name,
        programme=programme,
        schedule=schedule.id,
        check_in=daily,
        weekly_note=weekly,
        created_at=at,
        synthetic=synthetic,
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


@transaction.atomic
def ask(
    *, study: Study, check_in: str | None = None, weekly_note: str | None = None, by: Actor, at: datetime
) -> Study:
    """Changes what is asked about the day, about the week, or both. What was answered before stays as it is."""
    require(by, Permission.MANAGE)
    daily = study.check_in if check_in is None else check_in
    weekly = study.weekly_note if weekly_note is None else weekly_note
    _require_forms(daily, weekly)
    if (daily, weekly) != (study.check_in, study.weekly_note):
        study.check_in, study.weekly_note = daily, weekly
        study.save(update_fields=["check_in", "weekly_note"])
        audit.record("study.questions-changed", by=by, at=at, on=study, check_in=daily, weekly_note=weekly)
    return study


def _require_forms(daily: str, weekly: str) -> None:
    for field, name, about in (("check_in", daily, "day"), ("weekly_note", weekly, "week")):
        forms = {form.id for form in library.load().checkins.values() if form.about == about}
        if name not in forms and not (field == "weekly_note" and name == ""):
            raise Invalid(_("There is no such form. There are: %s.") % ", ".join(sorted(forms)), field=field)


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
