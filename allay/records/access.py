"""Who may do what. Every view and every verb asks here; whatever is not said is refused.

A participant may use their own enrolment. A facilitator may run the groups they hold a role for.
A researcher may read the studies they hold a role for, under numbers instead of names.
An administrator sets the service up and sees nobody's answers.

Whom the plan of a study blinds may see its researchers' pages, but nothing there by arm.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from allay.records.errors import Blinded, NotYours
from allay.records.models import Enrolment, Group, Person, Role, Study


class Permission(StrEnum):
    """What can be asked for, with the thing it is asked about."""

    TAKE_PART = "take part"  # Enrolment: see the programme, check in, answer
    OWN_DATA = "own data"  # Enrolment: export, withdraw; also after leaving
    RUN_GROUP = "run a group"  # Group: roster, attendance, guide, contacts, codes
    READ_SHARED = (
        "read what is shared"  # Enrolment: lines that somebody who takes part lets their facilitators read
    )
    READ_GUIDE = "read guides"  # None: the facilitator's side of sessions
    READ_STUDY = "read a study"  # Study: completeness, analysis table, report
    EVALUATE = "evaluate a study"  # Study: keep and lock its plan, ask for runs and stop them
    READ_ARMS = "read results by arm"  # Arms: whatever tells one arm from another
    UNBLIND = "end the blinding"  # Arms: somebody who is not blinded themself
    MANAGE = "manage the service"  # None: people, roles, groups, settings


class System:
    """The person at the machine's own command line; trusted with set-up, recorded as "system"."""

    id = "system"


SYSTEM: Final = System()
Actor = Person | System


@dataclass(frozen=True)
class Arms:
    """The arms of a study and whom its plan keeps from them now: `queries.blinding.arms_of` gives it."""

    study: Study
    blinded: frozenset[str] = frozenset()  # kinds of roles
    until: str = ""  # in words that go on from "until"


def can(actor: object, permission: Permission, thing: object = None) -> bool:
    """Whether `actor` may do this with `thing`. Anything unexpected is a no."""
    if isinstance(actor, System):
        return permission not in (Permission.TAKE_PART, Permission.READ_SHARED)
    if not isinstance(actor, Person) or not actor.is_active:
        return False
    match permission, thing:
        case Permission.TAKE_PART, Enrolment():
            return thing.person_id == actor.id and thing.withdrawn_at is None
        case Permission.OWN_DATA, Enrolment():
            return thing.person_id == actor.id
        case Permission.RUN_GROUP, Group():
            return _holds(actor, Role.Kind.FACILITATOR, group_id=thing.pk)
        case Permission.READ_SHARED, Enrolment():
            here = thing.withdrawn_at is None and thing.group_id is not None
            return here and _holds(actor, Role.Kind.FACILITATOR, group_id=thing.group_id)
        case Permission.READ_STUDY | Permission.EVALUATE, Study():
            return _holds(actor, Role.Kind.RESEARCHER, study_id=thing.pk)
        case Permission.READ_ARMS, Arms():
            return can(actor, Permission.READ_STUDY, thing.study) and not is_blinded(actor, thing)
        case Permission.UNBLIND, Arms():
            return can(actor, Permission.MANAGE) and not is_blinded(actor, thing)
        case Permission.READ_GUIDE, None:
            return any(role.ended_at is None for role in _roles(actor))
        case Permission.MANAGE, None:
            return _holds(actor, Role.Kind.ADMINISTRATOR)
    return False


def require(actor: object, permission: Permission, thing: object = None) -> None:
    """Raises NotYours, which looks the same as "there is no such thing"; Blinded for whom the plan blinds."""
    if can(actor, permission, thing):
        return
    if isinstance(thing, Arms) and is_blinded(actor, thing):
        raise Blinded(until=thing.until)
    raise NotYours


def is_blinded(actor: object, arms: Arms) -> bool:
    """Whether one of somebody's roles in this study is blinded: the roles they hold elsewhere do not count."""
    if not isinstance(actor, Person):
        return False
    return any(
        role.kind in arms.blinded and arms.study.pk in (role.study_id, role.group and role.group.study_id)
        for role in _roles(actor)
        if role.ended_at is None
    )


def is_staff(person: object) -> bool:
    return can(person, Permission.READ_GUIDE)


def holds(person: Person, kind: Role.Kind) -> bool:
    """Whether somebody holds a role of this kind anywhere: for menus, never instead of `require`."""
    return any(role.kind == kind and role.ended_at is None for role in _roles(person))


def _roles(person: Person) -> list[Role]:
    """The person's roles, read once a request: a role that ends is gone with the next one."""
    if not hasattr(person, "_roles_now"):
        person._roles_now = list(person.roles.select_related("group"))  # type: ignore[attr-defined]
    return person._roles_now  # type: ignore[attr-defined, no-any-return]


def _holds(person: Person, kind: Role.Kind, **place: object) -> bool:
    return any(
        role.kind == kind
        and role.ended_at is None
        and all(getattr(role, field) == value for field, value in place.items())
        for role in _roles(person)
    )
