"""Results on disk, whole or not at all: written beside their place, then renamed into it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from allay.science.evaluation import BadInput

BESIDE = ".allay-unfinished-"  # begins the name of what is still being written


@contextmanager
def new_folder(target: Path, *, replaceable: Callable[[Path], str] | None) -> Iterator[tuple[Path, Path]]:
    """Gives a folder to fill and a scratch folder; the first becomes `target` when the block ends well.

    A `target` that exists and is not empty is refused, unless `replaceable` is given and finds no reason against
    replacing it (it returns one in words, or nothing). Whatever goes wrong, nothing is left behind.
    """
    place = target.resolve()
    _refuse_occupied(target, place, replaceable)
    made = _make_parents(target, place.parent)
    try:
        with _beside(target, place.parent) as beside:
            result, scratch = beside / "result", beside / "scratch"
            result.mkdir()
            scratch.mkdir()
            yield result, scratch
            _move_into_place(result, place, beside / "earlier", target)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def new_file(target: Path, *, overwrite: bool) -> Iterator[tuple[Path, Path]]:
    """Gives a path to write to and a scratch folder; the first becomes `target` when the block ends well."""
    place = target.resolve()
    if place.is_dir():
        raise BadInput(str(target), "is a folder")
    if place.exists() and not overwrite:
        raise BadInput(str(target), "exists already; --overwrite replaces it")
    if not place.parent.is_dir():
        raise BadInput(str(target), "lies in a folder that does not exist")
    with _beside(target, place.parent) as beside:
        written, scratch = beside / "result", beside / "scratch"
        scratch.mkdir()
        yield written, scratch
        with _disk_errors_of(target):
            os.replace(written, place)


def _refuse_occupied(target: Path, place: Path, replaceable: Callable[[Path], str] | None) -> None:
    if not os.path.lexists(place):
        return
    if not place.is_dir():
        raise BadInput(str(target), "is a file, not a folder")
    with _disk_errors_of(target):
        occupied = any(place.iterdir())
    if not occupied:
        return
    if replaceable is None:
        raise BadInput(str(target), "exists already; --overwrite replaces an earlier result")
    if reason := replaceable(place):
        raise BadInput(str(target), f"{reason}; nothing was replaced")


def _make_parents(target: Path, parent: Path) -> list[Path]:
    """Makes the folders above `target` that are missing, and gives those made, the deepest first."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    with _disk_errors_of(target):
        parent.mkdir(parents=True, exist_ok=True)
    return missing


@contextmanager
def _beside(target: Path, parent: Path) -> Iterator[Path]:
    with _disk_errors_of(target):
        folder = Path(tempfile.mkdtemp(prefix=BESIDE, dir=parent))
    try:
        with ended_politely(), _disk_errors_of(target):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move_into_place(result: Path, place: Path, earlier: Path, target: Path) -> None:
    with _disk_errors_of(target):
        if place.is_dir() and any(place.iterdir()):
            place.rename(earlier)
        try:
            result.rename(place)
        except OSError:
            if earlier.exists():
                earlier.rename(place)
            raise


@contextmanager
def _disk_errors_of(target: Path) -> Iterator[None]:
    """Turns what the operating system refuses into one line about `target`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "there is no room left on the disk" if full else f"{error.strerror or error}"
        raise BadInput(str(target), f"cannot be written: {reason}") from None


@contextmanager
def ended_politely() -> Iterator[None]:
    """While this runs, Ctrl-C and a request to end (SIGTERM) unwind, so that nothing is left behind.

    DuckDB answers an interruption with an error of its own or with none, so the signal is remembered here.
    """
    seen: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # whoever runs us there ends us
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
        if seen:
            raise KeyboardInterrupt
    except BaseException:
        if not seen:
            raise
        if seen[0] == signal.SIGTERM:
            raise SystemExit(128 + signal.SIGTERM) from None
        raise KeyboardInterrupt from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
