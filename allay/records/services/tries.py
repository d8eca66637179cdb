"""Slowing guesses: failed tries are counted by account and by address, under keyed digests."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

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
    kinds += [("address:" + _network(address), PER_ADDRESS)] if address else []
    return [(_digest(text), limit) for text, limit in kinds]


def _network(address: str) -> str:
    """The address; of IPv6 the first 64 bits, because one household has all the others to itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


def _digest(text: str) -> str:
    return salted_hmac("allay.try", text, settings.SECRET_KEY, algorithm="sha256").hexdigest()


@transaction.atomic
def begin(*, key: str, address: str, at: datetime) -> list[int]:
    """Counts one try before it is looked at, so that many at once are counted as well. Returns what to forgive.

    Raises TooManyTries after too many failures in a quarter of an hour. Sessions that exist go on.
    """
    Try.objects.filter(at__lt=at - WINDOW).delete()
    counted = []
    for digest, limit in _keys(key, address):
        if Try.objects.filter(key=digest, at__gt=at - WINDOW).count() >= limit:
            raise TooManyTries
        counted.append(Try.objects.create(key=digest, at=at).pk)
    return counted


def forgive(counted: list[int]) -> None:
    """Takes back a try that was right."""
    Try.objects.filter(pk__in=counted).delete()
