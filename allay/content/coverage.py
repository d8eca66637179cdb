"""What the programme covers: mechanisms, steps, sessions and practices as one Markdown page."""

from collections.abc import Iterable
from typing import get_args

from allay.content.library import Library
from allay.content.schema import FourStep, Mechanism, PracticeEntry, Programme, Session

MECHANISMS: dict[Mechanism, str] = {
    "pain-cycle": "Breaks the pain cycle",
    "stress": "Less stress and anxiety",
    "resilience": "Emotional resilience",
    "self-care": "Self-care",
    "self-image": "Positive self-image",
}
STEPS: dict[FourStep, str] = {
    "mindfulness": "Mindfulness",
    "self-kindness": "Self-kindness",
    "common-humanity": "Common humanity",
    "support": "Seeking support",
    "body-and-pacing": "Body and pacing",
}
FOUR = tuple(step for step in get_args(FourStep) if step != "body-and-pacing")
INTRODUCTION = """\
# What the programme covers

Made from the content files by `allay content coverage --out docs/coverage.md`; a test fails when it is out of
date. Five mechanisms by which self-compassion may help, four practical steps (body and pacing stands beside
them), twelve sessions, and the practices.
"""


def table(content: Library, programme_id: str = "compassion-12") -> str:
    """The whole page."""
    programme, practices = content.programmes[programme_id], tuple(content.practice_index.values())
    parts = [
        INTRODUCTION,
        _crossed(programme, content),
        _mechanisms(programme, practices),
        _steps(programme, practices),
        _sessions(programme, content),
        _practices(programme, practices),
    ]
    return "\n".join(parts)


def cell(programme: Programme, content: Library, mechanism: Mechanism, step: FourStep) -> str:
    """Sessions that serve both, and those of their practices that serve the one or belong to the other."""
    sessions = [s for s in programme.sessions if mechanism in s.mechanisms and step in s.steps]
    offered = [content.practice_index[name] for session in sessions for name in session.practices]
    serving = [entry.name for entry in offered if mechanism in entry.mechanisms or entry.step == step]
    if not sessions:
        return ""
    return f"{_weeks(sessions)}: {'; '.join(dict.fromkeys(serving))}"


def _crossed(programme: Programme, content: Library) -> str:
    rows = [
        [name, *(cell(programme, content, mechanism, step) for step in FOUR)]
        for mechanism, name in MECHANISMS.items()
    ]
    note = (
        "The sessions that serve both, and those of their main practices that serve the mechanism or belong "
        "to the step.\n"
    )
    return _section("Mechanisms and steps", ["Mechanism", *(STEPS[step] for step in FOUR)], rows, note)


def _mechanisms(programme: Programme, practices: Iterable[PracticeEntry]) -> str:
    entries = tuple(practices)
    rows = [
        [
            name,
            _titles(session for session in programme.sessions if mechanism in session.mechanisms),
            _names(entry for entry in entries if mechanism in entry.mechanisms),
        ]
        for mechanism, name in MECHANISMS.items()
    ]
    return _section("Mechanisms", ["Mechanism", "Sessions", "Practices"], rows)


def _steps(programme: Programme, practices: Iterable[PracticeEntry]) -> str:
    entries = tuple(practices)
    rows = [
        [
            name,
            _titles(session for session in programme.sessions if step in session.steps),
            _names(entry for entry in entries if entry.step == step),
        ]
        for step, name in STEPS.items()
    ]
    return _section("Steps", ["Step", "Sessions", "Practices"], rows)


def _sessions(programme: Programme, content: Library) -> str:
    rows = [
        [
            _title(session),
            ", ".join(MECHANISMS[mechanism] for mechanism in session.mechanisms),
            ", ".join(STEPS[step] for step in session.steps),
            _names(content.practice_index[name] for name in session.practices),
            _names(content.practice_index[name] for name in session.alternatives),
        ]
        for session in programme.sessions
    ]
    return _section("Sessions", ["Session", "Mechanisms", "Steps", "Practices", "In their place"], rows)


def _practices(programme: Programme, practices: Iterable[PracticeEntry]) -> str:
    rows = [
        [
            f"P{entry.number:02d} {entry.name}{' (exposing)' if entry.exposing else ''}",
            STEPS[entry.step],
            ", ".join(MECHANISMS[mechanism] for mechanism in entry.mechanisms),
            _weeks([s for s in programme.sessions if entry.id in (*s.practices, *s.alternatives)]),
            entry.evidence,
        ]
        for entry in practices
    ]
    note = "What the evidence letters mean stands at the head of `allay/content/practices/index.toml`.\n"
    return _section("Practices", ["Practice", "Step", "Mechanisms", "Sessions", "Evidence"], rows, note)


def _titles(sessions: Iterable[Session]) -> str:
    return "; ".join(_title(session) for session in sessions)


def _title(session: Session) -> str:
    return f"{session.week} {session.text['en'].title}"


def _weeks(sessions: Iterable[Session]) -> str:
    return ", ".join(str(session.week) for session in sessions)


def _names(practices: Iterable[PracticeEntry]) -> str:
    return "; ".join(entry.name for entry in practices)


def _section(title: str, head: list[str], rows: list[list[str]], note: str = "") -> str:
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join([f"## {title}\n", *([note] if note else []), *lines, ""])
