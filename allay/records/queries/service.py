"""What an administrator sees: how far the service is set up. Nobody's answers."""

from dataclasses import dataclass

from allay.records.models import Group, HelpNumber, Role, Study


@dataclass(frozen=True)
class Setup:
    numbers: tuple[HelpNumber, ...]
    studies: tuple[Study, ...]
    groups: tuple[Group, ...]
    roles: tuple[Role, ...]


def setup() -> Setup:
    """Numbers, studies, groups, and who holds which role now."""
    return Setup(
        numbers=tuple(HelpNumber.objects.all()),
        studies=tuple(Study.objects.order_by("created_at")),
        groups=tuple(Group.objects.select_related("study", "arm").order_by("weeks_count_from")),
        roles=tuple(
            Role.objects.filter(ended_at=None)
            .select_related("person", "group", "study")
            .order_by("kind", "pk")
        ),
    )
