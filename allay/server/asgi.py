"""The ASGI application: Django, behind a limit on how large and how slow a request may be."""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allay.server.settings")

from django.core.asgi import get_asgi_application

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SLOWEST = 60  # seconds without a byte of the body, after which a hanging upload is let go
LARGEST = 1_000_000  # bytes of a body; the largest honest one, fifty diary entries, is a tenth of it

# static files are small and read in one piece: that they come from a plain iterator is fine
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django = get_asgi_application()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serves one request. Waiting for a slow body holds no thread and no database connection."""
    if scope["type"] != "http":
        return
    await django(scope, _Patient(receive), send)


class _Patient:
    """Passes a request's body on, and reports the client as gone when it is too slow or sends too much."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.size, self.complete = receive, 0, False

    async def __call__(self) -> Message:
        if self.complete:
            return await self.receive()
        try:
            message = await asyncio.wait_for(self.receive(), SLOWEST)
        except TimeoutError:
            return {"type": "http.disconnect"}
        self.size += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        return {"type": "http.disconnect"} if self.size > LARGEST else message
