"""The service refuses ground that could lose data."""

import pytest
from django.db import connection

from allay.server import storage


def test_every_setting_is_as_it_must_be(transactional_db):
    found = {name: good for name, _value, good in storage.findings()}
    elsewhere = {"file mode"}  # the tests do not start a service
    assert set(storage.EXPECTED) | {"SQLite version", "transaction_mode"} <= set(found)
    assert all(good for name, good in found.items() if name not in elsewhere)


@pytest.mark.parametrize("pragma", ["synchronous=NORMAL", "foreign_keys=OFF", "trusted_schema=ON"])
def test_a_weaker_setting_is_found(transactional_db, pragma):
    name = pragma.partition("=")[0]
    with connection.cursor() as cursor:
        before = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        cursor.execute(f"PRAGMA {pragma}")
        try:
            assert not {n: good for n, _v, good in storage.findings()}[name]
            with pytest.raises(storage.Unsafe, match=name):
                storage.require_safe()
        finally:
            cursor.execute(f"PRAGMA {name}={before}")


@pytest.mark.parametrize(
    "version, safe",
    [
        ("3.40.1", False),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.50.7", True),
        ("3.50.6", False),
        ("3.53.4", True),
    ],
)
def test_versions_with_the_bug_are_refused(version, safe):
    assert storage._safe(version) is safe


def test_a_network_file_system_is_recognised(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert storage.file_system(tmp_path / "allay.sqlite3", str(mounts)) == "nfs4"
    assert storage.file_system(tmp_path, "/nowhere") == "unknown"


def test_a_keyed_database_cannot_be_read_without_its_key(tmp_path):
    import subprocess
    import sys

    from sqlcipher3 import dbapi2

    make = "import django; django.setup(); from django.core.management import call_command as c; c('migrate', verbosity=0)"
    environment = {
        "ALLAY_DATA": str(tmp_path),
        "ALLAY_DATABASE_KEY": "0f" * 32,
        "DJANGO_SETTINGS_MODULE": "allay.server.settings",
        "PATH": "/usr/bin:/bin",
    }
    made = subprocess.run([sys.executable, "-c", make], env=environment, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert b"SQLite format" not in (tmp_path / "allay.sqlite3").read_bytes()[:100]
    with dbapi2.connect(tmp_path / "allay.sqlite3") as plain, pytest.raises(dbapi2.DatabaseError):
        plain.execute("SELECT count(*) FROM sqlite_master").fetchone()
