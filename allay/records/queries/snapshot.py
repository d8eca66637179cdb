"""Many reads as of one moment, without holding up anybody who writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Whatever is read inside is as it stood at the first read, although people go on answering.

    Django's own transactions would begin as writers here (IMMEDIATE) and keep every phone waiting meanwhile.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor != "sqlite":
        with transaction.atomic():
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")  # nothing was written
