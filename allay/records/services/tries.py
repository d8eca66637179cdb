"""Slowing guesses: failed tries are counted by account and by address, under keyed digests."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from allay.records.errors import TooManyTries
from allay.records.models import Try

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 60  # a clinic may share one address


def _keys(key: str, address: str) -> list[tuple[str, int]]:
    kinds = [("account:" + key, PER_ACCOUNT)] if key else []
    kinds += [("address:" + address, PER_ADDRESS)] if address else []
    return [(_digest(text), limit) for text, limit in kinds]


def _digest(text: str) -> str:
    return salted_hmac("allay.try", text, settings.SECRET_KEY, algorithm="sha256").hexdigest()


def require_few(*, key: str, address: str, at: datetime) -> None:
    """Raises TooManyTries after too many failures in a quarter of an hour. Sessions that exist go on."""
    for digest, limit in _keys(key, address):
        if Try.objects.filter(key=digest, at__gt=at - WINDOW).count() >= limit:
            raise TooManyTries


@transaction.atomic
def note(*, key: str, address: str, at: datetime) -> None:
    """Counts one failure, and forgets those that no longer matter."""
    Try.objects.filter(at__lt=at - WINDOW).delete()
    Try.objects.bulk_create(Try(key=digest, at=at) for digest, _limit in _keys(key, address))
