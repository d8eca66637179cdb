"""A plan that is locked before the data are seen, and what departs from it afterwards.

The lock is a JSON file: when, by which version, the SHA-256 of the plan file, the whole plan as it was understood, and
a SHA-256 over all that, so that a lock that was edited by hand is found out. It does not prove when it was made: put
it where others see it (a registry, a signed commit) on the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from allay.science.evaluation.errors import BadInput, one_line
from allay.science.evaluation.plan import Plan

FORMAT = 1
LARGEST_LOCK = 4_000_000  # bytes
ABSENT = "nothing"


@dataclass(frozen=True)
class Locked:
    """A plan's lock as it stands in the results. departures: in words, empty where the plan was kept."""

    locked_at: str
    plan_sha256: str
    lock_sha256: str
    departures: list[str]


def lock_text(plan: Plan, plan_sha256: str, at: str, version: str) -> str:
    """The lock of a plan. at: the time in ISO 8601."""
    content = {
        "format": FORMAT,
        "locked_at": at,
        "version": version,
        "plan_sha256": plan_sha256,
        "plan": plan.model_dump(mode="json", exclude_none=True),
    }
    return json.dumps(content | {"sha256": _digest(content)}, indent=1, ensure_ascii=False) + "\n"


def _digest(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_lock(text: str, name: str) -> dict[str, Any]:
    """The lock's content. Raises BadInput for anything that `lock_text` did not write."""
    try:
        found = json.loads(text) if len(text) <= LARGEST_LOCK else None
    except (ValueError, RecursionError):
        found = None
    keys = {"format", "locked_at", "version", "plan_sha256", "plan", "sha256"}
    if not isinstance(found, dict) or set(found) != keys or found["format"] != FORMAT:
        raise BadInput(name, "is no lock of a plan")
    content = {key: value for key, value in found.items() if key != "sha256"}
    if _digest(content) != found["sha256"]:
        raise BadInput(name, "was changed after the plan was locked: its SHA-256 does not fit")
    return content


def lock_path(plan: Path) -> Path:
    """Where the lock of a plan lies: plan.toml has plan.lock.json beside it."""
    return plan.with_name(f"{plan.stem}.lock.json")


def lock_beside(path: Path, plan: Plan) -> Locked | None:
    """A plan file's lock with what departs from it; None where it was not locked. Raises BadInput."""
    place = lock_path(path)
    try:
        if not place.exists():
            return None
        if place.stat().st_size > LARGEST_LOCK:
            raise BadInput(str(place), "is no lock of a plan")
        content = place.read_bytes()
    except OSError as error:
        raise BadInput(str(place), f"cannot be read: {error.strerror}") from None
    text = content.decode("utf-8", errors="replace")
    return compared(read_lock(text, str(place)), sha256(content).hexdigest(), plan)


def compared(lock: Mapping[str, Any], lock_sha256: str, plan: Plan) -> Locked:
    """A plan against its lock."""
    now = plan.model_dump(mode="json", exclude_none=True)
    return Locked(
        str(lock["locked_at"]), str(lock["plan_sha256"]), lock_sha256, list(departures(lock["plan"], now))
    )


def departures(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Every key whose value is another than when the plan was locked, in words."""
    was, is_now = dict(_flat(before)), dict(_flat(now))
    for key in sorted(was.keys() | is_now.keys()):
        old, new = was.get(key, ABSENT), is_now.get(key, ABSENT)
        if old != new:
            yield f"{key}: locked as {one_line(str(old), 200)}, used as {one_line(str(new), 200)}"


def _flat(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf with its key, counted as people count: outcomes[1].better."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        for place, part in enumerate(value, start=1):
            yield from _flat(part, f"{key}[{place}]")
    else:
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else value
