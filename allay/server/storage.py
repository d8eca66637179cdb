"""The settings that keep what was saved, asserted at every start and shown by `allay doctor`."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

SAFE_SINCE = (3, 51, 3)  # earlier libraries can lose committed writes in write-ahead mode
BACKPORTED = {(3, 50): 7, (3, 44): 6}
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 10000,
}


class Unsafe(Exception):
    """The service does not start on ground that could lose what people save."""


def findings() -> Iterator[tuple[str, str, bool]]:
    """Name, value and whether it is as it must be, for each setting."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        yield "SQLite version", version, _safe(version)
        for name, expected in EXPECTED.items():
            value = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            yield name, str(value), value == expected
        state = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]  # damaged pages would spread from here
        yield "quick_check", "ok" if state == "ok" else "damaged", state == "ok"
    mode = connection.settings_dict["OPTIONS"].get("transaction_mode")
    yield "transaction_mode", str(mode), mode == "IMMEDIATE"
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    if path.exists():
        yield "file mode", oct(path.stat().st_mode & 0o777), path.stat().st_mode & 0o077 == 0
        kind = file_system(path)
        yield "file system", kind, kind not in NETWORK


def _safe(version: str) -> bool:
    numbers = tuple(int(part) for part in version.split("."))
    return numbers >= SAFE_SINCE or numbers[2] >= BACKPORTED.get(numbers[:2], 10**6)


def file_system(path: Path, mounts: str = "/proc/mounts") -> str:
    """The kind of file system that holds `path`; "unknown" where the system does not say."""
    try:
        lines = Path(mounts).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    points = [line.split()[1:3] for line in lines]
    inside = [(point, kind) for point, kind in points if str(path.resolve()).startswith(point)]
    return max(inside, key=lambda pair: len(pair[0]), default=("", "unknown"))[1]


def require_safe() -> None:
    """Raises Unsafe with every finding that is not as it must be."""
    wrong = [f"{name} is {value}" for name, value, good in findings() if not good]
    if wrong:
        raise Unsafe("; ".join(wrong))


def protect_files() -> None:
    """Data folder and database can be read by their owner alone."""
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.umask(0o077)
    for path in settings.DATA.glob("allay.sqlite3*"):
        path.chmod(0o600)
