"""Everything between the command and the first page: data folder, database, content, static files, server."""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


def setup(*, demo: bool = False, data: str | None = None) -> None:
    """Loads Django with the settings of this service."""
    os.environ["ALLAY_DEMO"] = "1" if demo else ""
    if data:
        os.environ["ALLAY_DATA"] = data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allay.server.settings")
    os.umask(0o077)
    import django

    django.setup()


def now() -> datetime:
    return datetime.now(UTC)


def migrate() -> None:
    """Brings the database up to date, keeping a copy of it as it was."""
    from django.core.management import call_command

    from allay.server import storage

    storage.protect_files()
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
        backpressure=1024,  # hanging uploads wait here without holding anybody up
    )
    server.on_startup(ready)
    try:
        server.serve()
    except OSError as error:
        print(f"Port {port} is taken: {error.strerror}. Choose another: --port 8001", file=sys.stderr)
        return 1
    return 0


def clear(data: Path) -> None:
    """Empties a demo's data folder; refuses any folder that a demo did not make."""
    mark = data / "demo"
    if data.exists() and any(data.iterdir()) and not mark.exists():
        raise SystemExit(f"{data} was not made by a demo and is left alone. Choose another with --data.")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    mark.touch()
