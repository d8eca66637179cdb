"""Ids made on the phone (or by the server where JavaScript is off): random UUIDs, version 4, nothing else."""

import re
from uuid import UUID

RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)


def random_id(sent: object) -> UUID | None:
    """The id as it was sent, in either case; None for anything that is not a random UUID in its usual form."""
    return UUID(sent) if isinstance(sent, str) and RANDOM.fullmatch(sent) else None
