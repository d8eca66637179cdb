"""Which consent stands now."""

from allay.records.errors import NotConsented
from allay.records.models import Consent, ConsentText, Enrolment


def standing(enrolment: Enrolment) -> dict[str, bool]:
    """The latest decision for each purpose that was decided at all."""
    return {consent.purpose: consent.given for consent in enrolment.consents.all()}


def require_programme(enrolment: Enrolment) -> None:
    if not standing(enrolment).get(Consent.Purpose.PROGRAMME, False):
        raise NotConsented


def current_text(enrolment: Enrolment, language: str) -> ConsentText | None:
    """The newest consent text of the study in this language, or else in English."""
    texts = list(ConsentText.objects.filter(study=enrolment.study_id).order_by("-registered_at", "-pk"))
    return next((text for text in texts if text.language == language), None) or next(
        (text for text in texts if text.language == "en"), None
    )
