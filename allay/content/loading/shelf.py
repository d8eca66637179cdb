"""Where content files lie: the built-in folder, and a service's local folder that overrides or adds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BUILT_IN = Path(__file__).parent.parent
CODE = ("loading", "schema", "__pycache__")  # what lies beside the built-in content
LAYOUT = re.compile(
    r"""(?x)
    (?: instruments/ID/(?: definition | examples | text\.LANG )\.toml
      | practices/(?: index | ID/text\.LANG )\.toml
      | programme/ID/(?: programme | frame\.LANG )\.toml
      | programme/ID/week-\d\d/(?: session\.toml | text\.LANG\.toml | (?: participant | guide )\.LANG\.md
                                 | drawing\.svg )
      | (?: help | consent )/ID\.LANG\.md
      | (?: checkins | letters )/ID\.LANG\.toml
      | looking-back/things\.LANG\.toml
      | phrases/LANG\.toml
      | reviews\.toml
      | sheets/ID/(?: sheet | text\.LANG )\.toml
      | schedules/ID\.toml )
    """.replace("ID", "[a-z][a-z0-9-]*").replace("LANG", "[a-z]{2}(?:-[A-Z]{2})?")
)


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

    def strays(self) -> Iterator[Path]:
        """Files that nothing reads: usually a misspelt name. A README may lie anywhere."""
        for root in self.roots:
            for path in sorted(root.rglob("*.*")):
                name = path.relative_to(root).as_posix()
                ours = root == BUILT_IN and (name.count("/") == 0 or name.split("/")[0] in CODE)
                if path.is_file() and not ours and path.stem != "README" and not LAYOUT.fullmatch(name):
                    yield path

    def _inside(self, *parts: str) -> Iterator[Path]:
        for root in self.roots:
            folder = root.joinpath(*parts)
            if folder.is_dir():
                yield from folder.iterdir()


def shelf(extra: Path | None = None) -> Shelf:
    return Shelf((BUILT_IN,) if extra is None else (extra, BUILT_IN))
