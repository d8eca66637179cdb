"""Finding the person's own place here."""

from allay.records.models import Enrolment, Person


def enrolment_of(person: Person) -> Enrolment | None:
    """The enrolment that a participant's pages are about: the newest, with what every page needs."""
    return (
        Enrolment.objects.filter(person=person)
        .select_related("group", "study", "arm", "person", "circumstances")
        .prefetch_related("consents")
        .order_by("-enrolled_at")
        .first()
    )
