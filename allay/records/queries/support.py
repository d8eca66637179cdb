"""Who of the staff is there for a group, and when they look."""

from dataclasses import dataclass

from allay.records.models import Group, Role


@dataclass(frozen=True)
class LookingIn:
    """Who runs somebody's group, and when they look in: "on Mondays and Thursdays", or "" where nobody said."""

    names: tuple[str, ...]
    times: str


def looking_in(group: Group) -> LookingIn | None:
    """One statement. None where nobody runs the group."""
    roles = Role.objects.filter(
        kind=Role.Kind.FACILITATOR, group=group, ended_at=None, person__is_active=True
    )
    names = tuple(dict.fromkeys(roles.order_by("granted_at").values_list("person__name", flat=True)))
    return LookingIn(names, group.answer_times) if names else None
