"""Where content files lie: the built-in folder, and a service's local folder that overrides or adds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BUILT_IN = Path(__file__).parent.parent
FOLDERS = ("checkins", "consent", "help", "instruments", "phrases", "practices", "programme", "schedules")


@dataclass(frozen=True)
class Shelf:
    """Folders of the same layout, the strongest first. A file in a stronger folder replaces its namesake."""

    roots: tuple[Path, ...]

    def file(self, *parts: str) -> Path | None:
        """The file that counts, or None."""
        return next(self.every(*parts), None)

    def every(self, *parts: str) -> Iterator[Path]:
        """All namesakes, the strongest first."""
        for root in self.roots:
            path = root.joinpath(*parts)
            if path.is_file():
                yield path

    def path(self, *parts: str) -> Path:
        """The file that counts, or where it is missing: beside what is there already."""
        beside = (root.joinpath(*parts) for root in self.roots if root.joinpath(*parts).parent.is_dir())
        return self.file(*parts) or next(beside, self.roots[-1].joinpath(*parts))

    def folders(self, *parts: str) -> list[str]:
        """Names of the folders inside a folder, in order."""
        return sorted(
            {path.name for path in self._inside(*parts) if path.is_dir() and path.name[0] not in "._"}
        )

    def files(self, *parts: str, ending: str) -> list[str]:
        """Names of the files inside a folder, in order."""
        return sorted(
            {path.name for path in self._inside(*parts) if path.is_file() and path.name.endswith(ending)}
        )

    def _inside(self, *parts: str) -> Iterator[Path]:
        for root in self.roots:
            folder = root.joinpath(*parts)
            if folder.is_dir():
                yield from folder.iterdir()


def shelf(extra: Path | None = None) -> Shelf:
    return Shelf((BUILT_IN,) if extra is None else (extra, BUILT_IN))
