"""The library: every content file as a typed shape, and a check that names every fault.

>>> from allay.content import library
>>> library.load().programmes["compassion-12"].session(1).text["en"].title
'Safe enough to begin'
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import isclose
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from allay.content.errors import ContentError
from allay.content.loading import instruments, programme, references, sheets, texts
from allay.content.loading.marks import Marked
from allay.content.loading.reading import Unreadable
from allay.content.loading.shelf import Shelf, shelf
from allay.content.schema import (
    CheckInForm,
    ConsentText,
    Example,
    HelpPage,
    Instrument,
    LetterPhrases,
    Practice,
    PracticeEntry,
    Programme,
    Review,
    Schedule,
    Sheet,
    Thing,
)

HELP_PAGES = ("card", "signs", "flare", "privacy")
Scorer = Callable[[Instrument, Mapping[str, int | None]], Mapping[str, float | None]]
Made = TypeVar("Made")
_local: Path | None = None


@dataclass(frozen=True)
class Library:
    """All content of a service. Mappings are by id and cannot be changed."""

    instruments: Mapping[str, Instrument]
    practice_index: Mapping[str, PracticeEntry]  # all practices, written or still to come
    practices: Mapping[str, Practice]  # those whose script is written
    programmes: Mapping[str, Programme]
    schedules: Mapping[str, Schedule]
    checkins: Mapping[str, CheckInForm]
    sheets: Mapping[str, Sheet]
    consents: Mapping[str, ConsentText]
    help: Mapping[str, HelpPage]
    letters: Mapping[str, LetterPhrases]  # "phrases": lines to tap into a letter to oneself
    things: Mapping[str, Thing]  # of a day, that "Looking back" may set beside each other
    phrases: Mapping[str, str]
    reviews: Mapping[str, Review]  # "help/card" -> who checked it, and when

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that anything for participants is written in; English, which is whole, comes first."""
        found = {language for practice in self.practices.values() for language in practice.text}
        for one in self.programmes.values():
            found.update(language for session in one.sessions for language in session.text)
        return (texts.LANGUAGE, *sorted(found - {texts.LANGUAGE}))

    @property
    def unreviewed(self) -> tuple[str, ...]:
        return tuple(name for name, review in self.reviews.items() if not review.reviewed)


def use(extra: Path | None) -> None:
    """Says once, when a service starts, which local folder `load()` is to count in from now on."""
    global _local
    _local = extra


def load(extra: Path | None = None) -> Library:
    """The whole library; `extra` is a local folder of the same layout that overrides or adds.

    Without it, the folder named to `use`, if any. Read once and kept: a changed file counts after a
    restart. Raises ContentError for the first fault.
    """
    folder = extra if extra is not None else _local
    return _load(folder.resolve() if folder is not None else None)


@lru_cache(maxsize=8)
def _load(extra: Path | None) -> Library:
    library, faults = _gather(extra)
    if faults:
        raise faults[0]
    return library


def check(extra: Path | None = None, scorer: Scorer | None = None) -> list[ContentError]:
    """Every fault of every file, in order of files. With a scorer the worked examples are computed as well.

    The scorer gives each score of an instrument's answers by score id; None where there is no score.
    """
    library, faults = _gather(extra)
    faults += _stray_faults(shelf(extra))
    if scorer is not None:
        faults += _example_faults(library, shelf(extra), scorer)
    return faults


@dataclass
class _Gathering:
    """Makes one thing after another and keeps the faults of those that cannot be made."""

    shelf: Shelf
    faults: list[ContentError]

    def one(self, make: Callable[[], Made]) -> Made | None:
        try:
            return make()
        except Unreadable as unreadable:
            self.faults.extend(unreadable.faults)
            return None

    def each(self, names: Iterable[str], make: Callable[[Shelf, str], Made]) -> Mapping[str, Made]:
        made = ((name, self.one(partial(make, self.shelf, name))) for name in names)
        return MappingProxyType({name: thing for name, thing in made if thing is not None})

    def names(self, folder: str, ending: str) -> list[str]:
        return texts.names(self.shelf, folder, f".{texts.LANGUAGE}.{ending}")


def _gather(extra: Path | None) -> tuple[Library, list[ContentError]]:
    work = _Gathering(shelf(extra), [*_folder_faults(extra)])
    index = work.one(partial(programme.practice_index, work.shelf)) or {}
    phrases, phrase_review = work.one(partial(texts.phrases, work.shelf)) or ({}, None)
    things = work.one(partial(texts.things_of_a_day, work.shelf))
    library = Library(
        instruments=work.each(work.shelf.folders("instruments"), instruments.instrument),
        practice_index=MappingProxyType(index),
        practices=work.each(work.shelf.folders("practices"), partial(programme.practice, index=index)),
        programmes=work.each(work.shelf.folders("programme"), partial(_programme, work)),
        schedules=work.each(texts.names(work.shelf, "schedules", ".toml"), texts.schedule),
        sheets=work.each(work.shelf.folders("sheets"), sheets.sheet),
        checkins=work.each(work.names("checkins", "toml"), texts.check_in),
        consents=work.each(work.names("consent", "md"), texts.consent),
        help=work.each(dict.fromkeys([*HELP_PAGES, *work.names("help", "md")]), texts.help_page),
        letters=work.each(dict.fromkeys(["phrases", *work.names("letters", "toml")]), texts.letter),
        things=MappingProxyType(things.things if things else {}),
        phrases=MappingProxyType(phrases),
        reviews={},
    )
    reviews = {
        **dict(_reviews(library)),
        **({f"looking-back/things/{texts.LANGUAGE}": things.review} if things else {}),
        **({f"phrases/{texts.LANGUAGE}": phrase_review} if phrase_review else {}),
    }
    work.faults.extend(_reference_faults(library, references.Known(work.shelf, index)))
    return replace(library, reviews=MappingProxyType(reviews)), work.faults


def _programme(work: _Gathering, place: Shelf, name: str) -> Programme:
    """A programme with those of its sessions that can be read."""
    definition, weeks = programme.programme(place, name)
    frames = programme.frames(place, name)
    sessions = work.each(weeks, lambda shelves, week: programme.session(shelves, name, week, frames))
    return definition.model_copy(update={"sessions": tuple(sessions.values())})


def _folder_faults(extra: Path | None) -> Iterator[ContentError]:
    if extra is not None and not extra.is_dir():
        yield ContentError(extra, "extra", "there is no such folder")


def _stray_faults(place: Shelf) -> Iterator[ContentError]:
    """A file that nothing reads would be passed over in silence; the service runs all the same."""
    for path in place.strays():
        yield ContentError(path, path.name, "nothing reads this file: is its name or its folder misspelt?")


def _reference_faults(library: Library, known: references.Known) -> Iterator[ContentError]:
    yield from references.practice_faults(known)
    yield from references.area_faults(known, library.practices.values(), library.phrases)
    for sheet in library.sheets.values():
        yield from references.sheet_faults(known, sheet)
    for schedule in library.schedules.values():
        yield from references.schedule_faults(known, schedule)
        yield from references.sitting_faults(known, schedule, library.instruments)
    for one in library.programmes.values():
        yield from references.programme_faults(known, one)


def _reviews(library: Library) -> Iterator[tuple[str, Review]]:
    for instrument in library.instruments.values():
        for language, wording in instrument.wording.items():
            if wording.review is not None:
                yield f"instruments/{instrument.id}/{language}", wording.review
    for practice in library.practices.values():
        for language, script in practice.text.items():
            yield f"practices/{practice.id}/{language}", script.review
    for sheet in library.sheets.values():
        for language, words in sheet.text.items():
            yield f"sheets/{sheet.id}/{language}", words.review
    for one in library.programmes.values():
        for session in one.sessions:
            for language, text in session.text.items():
                yield f"programme/{one.id}/week-{session.week:02d}/{language}", text.review
    pages: Mapping[str, Mapping[str, CheckInForm | ConsentText | HelpPage | LetterPhrases]] = {
        "checkins": library.checkins,
        "consent": library.consents,
        "help": library.help,
        "letters": library.letters,
    }
    for folder, found in pages.items():
        for name, page in found.items():
            yield f"{folder}/{name}/{texts.LANGUAGE}", page.review


def markable(library: Library) -> Iterator[tuple[str, Marked]]:
    """The texts that `allay content review` can mark, by their names in `Library.reviews`."""
    for practice in library.practices.values():
        for language, script in practice.text.items():
            yield f"practices/{practice.id}/{language}", script
    for one in library.programmes.values():
        for session in one.sessions:
            for language, text in session.text.items():
                yield f"programme/{one.id}/week-{session.week:02d}/{language}", text
    folders: Mapping[str, Mapping[str, Marked]] = {
        "checkins": library.checkins,
        "consent": library.consents,
        "help": library.help,
    }
    for folder, found in folders.items():
        for name, page in found.items():
            yield f"{folder}/{name}/{texts.LANGUAGE}", page


def _example_faults(library: Library, place: Shelf, scorer: Scorer) -> Iterator[ContentError]:
    """Worked examples whose scores come out otherwise."""
    for instrument in library.instruments.values():
        path = place.path("instruments", instrument.id, "examples.toml")
        for number, example in enumerate(instrument.examples):
            for reason in _differences(example, scorer(instrument, example.answers)):
                yield ContentError(path, f"examples.{number}.scores", f"{reason} ({example.reason})")


def _differences(example: Example, computed: Mapping[str, float | None]) -> Iterator[str]:
    for score_id, expected in example.scores.items():
        found = computed.get(score_id)
        if not _same(expected, found):
            yield f"{score_id} is {_shown(expected)} in the file and comes out as {_shown(found)}"


def _same(expected: float | None, found: float | None) -> bool:
    if expected is None or found is None:
        return expected is found
    return isclose(expected, found, abs_tol=1e-6)


def _shown(score: float | None) -> str:
    return "none" if score is None else f"{score:.9g}"
