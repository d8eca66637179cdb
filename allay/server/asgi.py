"""The ASGI application: Django, behind limits on how large, how slow and how many requests may be."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allay.server.settings")

from django.core.asgi import get_asgi_application

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SLOWEST = 60  # seconds for a whole body; whoever sends a byte now and then is let go as well
LARGEST = 1_000_000  # bytes of a body; the largest honest one, fifty diary entries, is a tenth of it
SOUND = 26_000_000  # bytes of a recording that an administrator adds, with its form
SOUND_AT = "/service/recordings/"
SOUNDS = (
    2  # of those on their way at once: nobody fills the memory with them; the command line takes them, too
)
SOUND_SLOWEST = 300  # seconds
UPLOADS = 300  # bodies on their way at once; for one more, the one that has taken longest is let go
AT_ONCE = 128  # requests worked on at once, each in a thread with a database connection; the others queue

django = get_asgi_application()
Pool = dict[object, "asyncio.Task[bytes]"]  # in the order in which they began
_uploads: Pool = {}
_sounds: Pool = {}
_places = asyncio.Semaphore(AT_ONCE)


class TooLarge(Exception):
    """A body above LARGEST."""


class TooSlow(Exception):
    """A body that took longer than SLOWEST, or had to make room for others."""


class Gone(Exception):
    """The client left before its request was whole."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serves one request. Waiting for a slow body holds no thread, no place and no database connection."""
    if scope["type"] != "http":
        return
    try:
        body = await _whole(scope, receive)
    except TooLarge:
        await _refuse(send, 413, b"This is more than fits in one request.\n")
    except TooSlow:
        await _refuse(send, 408, b"The request took too long to arrive. Nothing was kept of it.\n")
    except Gone:
        return
    else:
        await _worked_on(scope, _Whole(body, receive), send)


async def _whole(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises TooLarge, TooSlow or Gone."""
    if scope.get("path") == SOUND_AT and scope.get("method") == "POST" and _is_large(scope):
        return await _upload(_read(receive, SOUND), _sounds, SOUNDS, SOUND_SLOWEST)
    return await _upload(_read(receive), _uploads, UPLOADS, SLOWEST)


def _is_large(scope: Scope) -> bool:
    """Whether a signed-in browser says beforehand that it will send more than fits elsewhere."""
    headers = dict(scope["headers"])
    size = headers.get(b"content-length", b"")
    return size.isdigit() and int(size) > LARGEST and b"allay=" in headers.get(b"cookie", b"")


async def _upload(reading: Coroutine[Any, Any, bytes], pool: Pool, most: int, slowest: float) -> bytes:
    """Where the pool is full, whoever has taken longest is let go."""
    if len(pool) >= most:
        pool.pop(next(iter(pool))).cancel()
    place = object()
    pool[place] = task = asyncio.ensure_future(reading)
    try:
        return await asyncio.wait_for(task, slowest)
    except (TimeoutError, asyncio.CancelledError):
        raise TooSlow from None
    finally:
        pool.pop(place, None)


async def _read(receive: Receive, largest: int = LARGEST) -> bytes:
    """What is too large is read on for a while and thrown away: who is still sending does not hear an answer."""
    body, size = bytearray(), 0
    while size <= largest + 10 * LARGEST:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size <= largest:
            body += part
        if not message.get("more_body", False):
            break
    if size > largest:
        raise TooLarge
    return bytes(body)


async def _refuse(send: Send, status: int, sentence: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})


async def _worked_on(scope: Scope, receive: Receive, send: Send) -> None:
    """Lets Django answer. The place is free again when the answer begins: slow readers hold none."""
    await _places.acquire()
    held = True

    def leave() -> None:
        nonlocal held
        if held:
            held = False
            _places.release()

    async def sent(message: Message) -> None:
        leave()
        await send(message)

    try:
        await django(scope, receive, sent)
    finally:
        leave()


class _Whole:
    """Gives a body that is there already, then whatever the connection says: that the client left."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self.body, self.receive, self.given = body, receive, False

    async def __call__(self) -> Message:
        if self.given:
            return await self.receive()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}
