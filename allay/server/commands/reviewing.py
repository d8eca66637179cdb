"""`allay content review`: notes in the service's own content folder who has read a text, and when."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from allay.content import library
from allay.content.loading import marks


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help='as listed, or a pattern: "practices/*"')
    parser.add_argument("--by", help="who has read it: name and profession")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="when, for example 2027-01-12")
    parser.add_argument(
        "--content",
        type=Path,
        metavar="DIR",
        help="the service's own content folder (default: ALLAY_CONTENT)",
    )
    parser.set_defaults(run_content=review)


def review(args: argparse.Namespace) -> int:
    """Without names the list of texts, each with its mark. With names: marks them; 1 where that cannot be done."""
    folder = args.content or _own_folder()
    content = library.load(folder if folder and folder.is_dir() else None)
    if not args.names:
        print("\n".join(_line(name, content) for name in content.reviews))
        return 0
    if problem := _problem(args, folder):
        return _refused(problem)
    texts = dict(library.markable(content))
    chosen = [name for name in texts if any(fnmatchcase(name, pattern) for pattern in args.names)]
    if unknown := [one for one in args.names if not any(fnmatchcase(name, one) for name in texts)]:
        return _refused(f"no text is called {', '.join(unknown)}; without a name the list is shown")
    path = marks.keep(folder, _marks(texts, chosen, args))
    print(f"{len(chosen)} marked in {path}. A running service shows it after a restart.")
    return 0


def _marks(
    texts: Mapping[str, marks.Marked], chosen: list[str], args: argparse.Namespace
) -> dict[str, marks.Mark]:
    return {
        name: marks.Mark(
            edition=texts[name].review.edition, by=args.by, on=args.on, sha256=marks.sha256(texts[name])
        )
        for name in chosen
    }


def _problem(args: argparse.Namespace, folder: Path | None) -> str:
    if not (args.by and args.by.strip()) or args.on is None:
        return "say who has read it (--by) and when (--on)"
    if folder is None or not folder.is_dir():
        return (
            "there is no content folder of this service; make one and name it by ALLAY_CONTENT or --content"
        )
    return ""


def _own_folder() -> Path | None:
    from allay.server import settings

    return settings.CONTENT


def _line(name: str, content: library.Library) -> str:
    mark = content.reviews[name]
    said = (
        f"edition {mark.edition}, {mark.by}, {mark.on}"
        if mark.reviewed
        else f"edition {mark.edition}, not yet"
    )
    return f"{name}: {said}"


def _refused(problem: str) -> int:
    print(f"Nothing was marked: {problem}.", file=sys.stderr)
    return 1
