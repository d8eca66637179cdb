"""Everything between the command and the first page: data folder, database, content, static files, server."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

CONNECTIONS = (
    4096  # open at once: browsers keep up to six each; how many requests are worked on is in asgi.py
)


def setup(*, demo: bool = False, data: str | None = None) -> None:
    """Loads Django with the settings of this service. Ends with one sentence where they cannot be used."""
    os.environ["ALLAY_DEMO"] = "1" if demo else ""
    if data:
        os.environ["ALLAY_DATA"] = data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allay.server.settings")
    os.umask(0o077)
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except OSError as error:
        raise SystemExit(f"Allay cannot use {error.filename}: {error.strerror}.") from None
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None


@contextmanager
def readable_database() -> Iterator[None]:
    """Ends with one sentence where the database file is damaged, is something else, or cannot be written."""
    from django.conf import settings
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        name = settings.DATABASES["default"]["NAME"]
        raise SystemExit(
            f"Allay cannot use its database {name}: {error}. If it is damaged, put your newest copy in its place."
        ) from None


def now() -> datetime:
    return datetime.now(UTC)


def migrate() -> None:
    """Brings the database up to date, keeping a copy of it as it was."""
    from django.core.management import call_command

    from allay.server import storage

    storage.protect_files()
    with readable_database():
        _copy_before_migrating()
        call_command("migrate", verbosity=0, interactive=False)
    storage.protect_files()


def prepare() -> None:
    """Brings the database up to date, checks it, registers the content, gathers the static files.

    Raises storage.Unsafe where the ground could lose data; content faults end the start with their list.
    """
    from django.conf import settings
    from django.core.management import call_command

    from allay.content import library
    from allay.records.access import SYSTEM
    from allay.records.services import editions
    from allay.server import storage

    migrate()
    with readable_database():
        storage.require_safe()
        editions.register(instruments=library.load().instruments.values(), by=SYSTEM, at=now())
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def _copy_before_migrating() -> None:
    """A whole copy of the database beside it, before a new version changes its tables."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    path = Path(str(settings.DATABASES["default"]["NAME"]))
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if path.exists() and pending and executor.loader.applied_migrations:
        copy = path.with_name(f"{path.name}.before-{pending[0][0].name}")
        copy.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        print(f"Kept a copy of the database before changing it: {copy.name}", file=sys.stderr)


def serve(host: str, port: int, ready: Callable[[], None]) -> int:
    """Runs the web server until it is told to stop. `ready` is called once it listens."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from allay.server.worker import Beside

    _room_for_connections()
    os.environ["DJANGO_SETTINGS_MODULE"] = "allay.server.settings"
    server = Granian(
        "allay.server.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_enabled=False,
        websockets=False,
        backlog=2048,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(
            header_read_timeout=10_000
        ),  # milliseconds; a quiet connection ends then
    )
    beside = Beside()
    server.on_startup(beside.start)  # after the web process was forked: it must not hold the worker's pipes
    server.on_startup(ready)
    try:
        server.serve()
    finally:
        beside.stop()
    return 0


def _room_for_connections() -> None:
    """Every connection is an open file; many systems begin with too few of them for a busy morning."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(4 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def clear(data: Path) -> None:
    """Empties a demo's data folder; refuses any folder that a demo did not make."""
    mark = data / "demo"
    if data.exists() and any(data.iterdir()) and not mark.exists():
        raise SystemExit(f"{data} was not made by a demo and is left alone. Choose another with --data.")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    mark.touch()
