"""Finding by name what somebody types on the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allay.records.models import Group, Study


def study(name: str) -> "Study":
    """The study of this name, or the only one."""
    from allay.records.models import Study

    return _only(list(Study.objects.filter(name=name) if name else Study.objects.all()), "study", name)


def group(name: str) -> "Group":
    """The group of this name, or the only one."""
    from allay.records.models import Group

    found = Group.objects.select_related("study", "arm")
    return _only(list(found.filter(name=name) if name else found.all()), "group", name)


def _only(found, kind, name):  # type: ignore[no-untyped-def]  # noqa: ANN001
    from allay.records.errors import Invalid

    if len(found) == 1:
        return found[0]
    if not found:
        raise Invalid(f"There is no {kind} called “{name}”." if name else f"There is no {kind} yet.")
    raise Invalid(f"There are several: name the {kind}.")
