"""What one file says about another: names that must exist, minutes and safety levels that must agree."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from allay.content.errors import ContentError
from allay.content.loading import texts
from allay.content.loading.shelf import Shelf
from allay.content.schema import Instrument, Practice, PracticeEntry, Programme, Schedule, Session, Sheet


@dataclass(frozen=True)
class Known:
    """The names a file may refer to. A file with faults still counts: its own faults are told once."""

    shelf: Shelf
    practices: Mapping[str, PracticeEntry]

    @property
    def instruments(self) -> Collection[str]:
        return self.shelf.folders("instruments")

    def texts(self, folder: str, ending: str) -> Collection[str]:
        return texts.names(self.shelf, folder, ending)


def practice_faults(known: Known) -> Iterator[ContentError]:
    path = known.shelf.path("practices", "index.toml")
    for entry in known.practices.values():
        for name in entry.alternatives:
            if name not in known.practices or name == entry.id:
                yield ContentError(path, f"{entry.id}.alternatives", f"there is no other practice {name}")


def area_faults(
    known: Known, practices: Iterable[Practice], phrases: Collection[str]
) -> Iterator[ContentError]:
    """Steps that turn to a place of the body which nobody can choose to leave out."""
    for practice in practices:
        for language, text in practice.text.items():
            path = known.shelf.path("practices", practice.id, f"text.{language}.toml")
            named = {area for form in text.forms.values() for step in form.steps for area in step.areas}
            for area in sorted(named):
                if phrases and f"area.{area}" not in phrases:
                    yield ContentError(path, "areas", f"there is no {area} under [phrases.area]")


def sheet_faults(known: Known, sheet: Sheet) -> Iterator[ContentError]:
    path = known.shelf.path("sheets", sheet.id, "sheet.toml")
    for name in sheet.practices:
        if known.practices and name not in known.practices:
            yield ContentError(path, "practices", f"there is no practice {name} in practices/index.toml")


def schedule_faults(known: Known, schedule: Schedule) -> Iterator[ContentError]:
    path = known.shelf.path("schedules", f"{schedule.id}.toml")
    for place, timepoint in enumerate(schedule.timepoints):
        for name in timepoint.instruments:
            if name not in known.instruments:
                key = f"timepoints.{place}.instruments"
                yield ContentError(path, key, f"there is no instrument {name}")


def sitting_faults(
    known: Known, schedule: Schedule, instruments: Mapping[str, Instrument]
) -> Iterator[ContentError]:
    """Timepoints that ask for more minutes than they say, in any language that all their questionnaires have."""
    path = known.shelf.path("schedules", f"{schedule.id}.toml")
    for place, timepoint in enumerate(schedule.timepoints):
        asked = [instruments[name] for name in timepoint.instruments if name in instruments]
        for language in sorted(set.intersection(*({*one.wording} for one in asked)) if asked else ()):
            minutes = sum(one.wording[language].minutes for one in asked)
            if timepoint.minutes is not None and minutes > timepoint.minutes:
                reason = f"take {minutes} minutes ({language}); {timepoint.id} has {timepoint.minutes}"
                yield ContentError(path, f"timepoints.{place}.instruments", reason)


def programme_faults(known: Known, programme: Programme) -> Iterator[ContentError]:
    path = known.shelf.path("programme", programme.id, "programme.toml")
    named = {
        "schedule": (programme.schedule, known.texts("schedules", ".toml")),
        "consent": (programme.consent, known.texts("consent", f".{texts.LANGUAGE}.md")),
        "check_in": (programme.check_in, known.texts("checkins", f".{texts.LANGUAGE}.toml")),
        "weekly_note": (programme.weekly_note, [None, *known.texts("checkins", f".{texts.LANGUAGE}.toml")]),
    }
    for key, (name, there) in named.items():
        if name not in there:
            yield ContentError(path, key, f"there is no {name}")
    for session in programme.sessions:
        yield from _session_faults(known, programme, session)


def _session_faults(known: Known, programme: Programme, session: Session) -> Iterator[ContentError]:
    folder = ("programme", programme.id, f"week-{session.week:02d}")
    path = known.shelf.path(*folder, "session.toml")
    for key, names in (("practices", session.practices), ("alternatives", session.alternatives)):
        for name in names:
            if known.practices and name not in known.practices:
                yield ContentError(path, key, f"there is no practice {name} in practices/index.toml")
    exposing = [
        name for name in session.practices if name in known.practices and known.practices[name].exposing
    ]
    if exposing and session.safety_level != "exposing":
        reason = f"is {session.safety_level}, but {', '.join(exposing)} is an exposing practice"
        yield ContentError(path, "safety_level", reason)
    for language, text in session.text.items():
        if text.guide.minutes != programme.meeting_minutes:
            frame = known.shelf.path("programme", programme.id, f"frame.{language}.toml")
            reason = f"last {text.guide.minutes} minutes; a meeting lasts {programme.meeting_minutes}"
            yield ContentError(frame, "blocks", reason)
            return
