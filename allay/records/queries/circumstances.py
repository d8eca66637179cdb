"""Which circumstances hold for a person, as content names them, and what else was said once about the body."""

from allay.records.models import Circumstances, Enrolment

TICKS = {
    "energy_limited": "energy-limited",
    "touch_sensitive": "touch-sensitive",
    "breath_hard": "breath-hard",
    "go_gently": "go-gently",
    "kindness_hard": "kindness-hard",
}


def said_of(enrolment: Enrolment) -> Circumstances | None:
    """What was said of this person; None when nothing was. A page's enrolment brings it along (`enrolment_of`)."""
    return getattr(enrolment, "circumstances", None)


def circumstances_of(enrolment: Enrolment) -> frozenset[str]:
    """Everything that holds for this person and may ask for other words.

    What is understood of the pain ("unknown" until a facilitator says more), the ticks of the person
    ("energy-limited", "touch-sensitive", "breath-hard", "go-gently", "kindness-hard"), what they tend to
    ("over" or "under", both for "both"), and "online" where the group meets by video.
    """
    said = said_of(enrolment)
    found = {said.pain_understanding if said else Circumstances.PainUnderstanding.UNKNOWN.value}
    if enrolment.group is not None and enrolment.group.online:
        found.add("online")
    if said is not None:
        found |= {name for field, name in TICKS.items() if getattr(said, field)}
        found |= {"over", "under"} if said.doing == Circumstances.Doing.BOTH else {said.doing} - {""}
    return frozenset(str(name) for name in found)


def skipped_areas(enrolment: Enrolment) -> frozenset[str]:
    """Places of the body that practices leave out for this person."""
    said = said_of(enrolment)
    return frozenset(said.skipped_areas) if said else frozenset()
