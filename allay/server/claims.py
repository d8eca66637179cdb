"""What a service must have to itself before it starts: its port and its data folder.

The web server shares ports by design: without this a second service would start without a word, and every
other request would go to the wrong one.
"""

import errno
import os
import socket
from pathlib import Path

_held: list[int] = []  # open descriptors; the system lets go of them with the process, also after kill -9


class Taken(Exception):
    """Somebody else has it; the sentence says what to do."""


def require_port(host: str, port: int) -> None:
    """Raises Taken where nobody could listen at this address."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # just after a stop it is free again
            probe.bind((host, port))
    except OverflowError:
        raise Taken(f"There is no port {port}: ports go from 1 to 65535.") from None
    except OSError as error:
        raise Taken(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. Choose another, for example: --port {port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for administrators of this machine. Choose one from 1024: --port 8000"
    return f"Nothing can listen at {host}, port {port}: {error.strerror or error}."


def hold(folder: Path) -> None:
    """Keeps the data folder for this process until it ends. Raises Taken where another service runs on it."""
    try:
        import fcntl
    except ImportError:  # a system without such locks
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise Taken(f"Another Allay runs on {folder} already.") from None
    _held.append(descriptor)
