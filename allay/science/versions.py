"""Versions of a page that several phones may change without signal: which stand now, and how to bring them together.

Versions name those they were made from. One that no other follows is a head; two heads wait for a choice.
Nothing here is ever thrown away: a choice is one more version, which follows all the heads it was made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Version:
    """`content` is by item; an item that is not there is empty."""

    id: str
    follows: tuple[str, ...]
    content: Mapping[str, Any]


def heads(versions: Sequence[Version]) -> tuple[Version, ...]:
    """The versions that no other follows, in the order given; the last one where they follow one another in a ring."""
    followed = {name for version in versions for name in version.follows if name != version.id}
    standing = tuple(version for version in versions if version.id not in followed)
    return standing or tuple(versions[-1:])


def in_order(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Each version after those it was made from; otherwise in the order given."""
    left, ordered = list(versions), []
    done: set[str] = set()
    there = {version.id for version in versions}
    while left:
        ready = next((v for v in left if not (set(v.follows) & there) - done - {v.id}), left[0])
        left.remove(ready)
        done.add(ready.id)
        ordered.append(ready)
    return tuple(ordered)


def common(versions: Sequence[Version], several: Sequence[Version]) -> Version | None:
    """The latest version that all of `several` come from; None where there is none."""
    by_id = {version.id: version for version in versions}
    shared = [_made_from(by_id, one) for one in several]
    return next((v for v in reversed(in_order(versions)) if all(v.id in ids for ids in shared)), None)


def _made_from(by_id: Mapping[str, Version], version: Version) -> set[str]:
    """The ids of all that came before it."""
    found: set[str] = set()
    ahead = [*version.follows]
    while ahead:
        name = ahead.pop()
        if name in by_id and name not in found:
            found.add(name)
            ahead += by_id[name].follows
    return found


def differing(several: Sequence[Version]) -> list[str]:
    """The items that do not say the same everywhere, in order of their names."""
    items = sorted({item for version in several for item in version.content})
    return [item for item in items if any(_of(v, item) != _of(several[0], item) for v in several)]


def suggested(versions: Sequence[Version], several: Sequence[Version]) -> dict[str, int]:
    """For each differing item the place of a head to offer first: where only one way was changed, that one.

    Where it was changed in two ways, the last head. It is an offer: the person chooses.
    """
    base = common(versions, several)
    return {item: _offer(several, item, _of(base, item)) for item in differing(several)}


def _offer(several: Sequence[Version], item: str, before: Any) -> int:
    changed = [place for place, version in enumerate(several) if _of(version, item) != before]
    alike = all(_of(several[place], item) == _of(several[changed[0]], item) for place in changed)
    return changed[0] if alike else len(several) - 1


def brought_together(several: Sequence[Version], choice: Mapping[str, int]) -> dict[str, Any]:
    """The content of a choice: each item from the head that was chosen for it, or from the last one."""
    items = sorted({item for version in several for item in version.content})
    chosen = {item: _of(several[choice.get(item, len(several) - 1)], item) for item in items}
    return {item: said for item, said in chosen.items() if said is not None}


def _of(version: Version | None, item: str) -> Any:
    return version.content.get(item) if version else None
