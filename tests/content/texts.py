"""All texts that people read or hear, each with the file it stands in; questionnaires are exempt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from allay.content import library
from allay.content.schema import Practice, Session

CONTENT = library.load()


@dataclass(frozen=True)
class Piece:
    """One text: where it stands, and its words without Markdown."""

    file: str
    key: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.file} ({self.key})"


def plain(markdown: str) -> str:
    """Words without marks; a point of a list ends like a sentence."""
    text = re.sub(r"^\s*(?:- |\d\. )(.*?)[.,;]?$", r"\1.", markdown, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*_>#`·]", "", text).split())


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.?!])\s+", text) if part.strip()]


def participant_pieces() -> Iterator[Piece]:
    for practice in CONTENT.practices.values():
        yield from _practice(practice)
    for programme in CONTENT.programmes.values():
        for session in programme.sessions:
            yield from _session(f"programme/{programme.id}/week-{session.week:02d}", session)
    for name, page in CONTENT.help.items():
        yield Piece(f"help/{name}.en.md", "intro", page.intro)
        for passage in page.passages:
            yield Piece(f"help/{name}.en.md", passage.heading, plain(passage.body))
    for name, text in CONTENT.consents.items():
        yield Piece(f"consent/{name}.en.md", "intro", text.intro)
        for passage in text.passages:
            yield Piece(f"consent/{name}.en.md", passage.heading, plain(passage.body))
        for choice in text.choices:
            yield Piece(f"consent/{name}.en.md", choice.id, f"{choice.question} {choice.yes} {choice.no}")
    for name, form in CONTENT.checkins.items():
        words = [form.intro, form.thanks, *(item.question for item in form.items)]
        words += [f"{label}." for item in form.items for label in item.choices.values()]
        yield Piece(f"checkins/{name}.en.toml", "items", " ".join(words))
    for name, letter in CONTENT.letters.items():
        for group in letter.groups:
            yield Piece(f"letters/{name}.en.toml", group.title, " ".join([f"{group.title}.", *group.lines]))
    for name, thing in CONTENT.things.items():
        words = [thing.beside, *filter(None, (thing.more, thing.less))]
        yield Piece("looking-back/things.en.toml", name, ". ".join(words) + ".")
    yield Piece("phrases/en.toml", "phrases", " ".join(CONTENT.phrases.values()))


def staff_pieces() -> Iterator[Piece]:
    for programme in CONTENT.programmes.values():
        for session in programme.sessions:
            file = f"programme/{programme.id}/week-{session.week:02d}/guide.en.md"
            guide = session.text["en"].guide
            for block in guide.blocks:
                yield Piece(file, block.title, plain("\n".join([*block.say, block.guide])))
            yield Piece(
                file,
                "Prepare, Watch for, Online",
                plain("\n".join([*guide.prepare, *guide.watch, guide.online])),
            )


def read_aloud() -> Iterator[Piece]:
    """What a facilitator reads to the group, block by block."""
    for programme in CONTENT.programmes.values():
        for session in programme.sessions:
            for block in session.text["en"].guide.blocks:
                quotes = re.findall(r"^> ?(.*)$", block.guide, flags=re.MULTILINE)
                if words := " ".join([*block.say, *quotes]).strip():
                    file = f"programme/{programme.id}/week-{session.week:02d}/guide.en.md"
                    yield Piece(file, block.title, plain(words))


def _practice(practice: Practice) -> Iterator[Piece]:
    file, text = f"practices/{practice.id}/text.en.toml", practice.text["en"]
    yield Piece(file, "about", text.about)
    yield Piece(file, "posture", " ".join(text.posture))
    yield Piece(file, "instead", text.instead)
    yield Piece(file, "stop", text.stop)
    for variant in text.variants:
        yield Piece(file, ", ".join(variant.when), variant.note)
    for minutes, form in text.forms.items():
        yield Piece(file, f"forms.{minutes}", " ".join(step.text for step in form.steps))


def _session(folder: str, session: Session) -> Iterator[Piece]:
    text = session.text["en"]
    yield Piece(
        f"{folder}/text.en.toml", "aims and ideas", " ".join([*text.aims, *text.ideas, *text.prompts])
    )
    yield Piece(f"{folder}/text.en.toml", "home", " ".join(text.home.model_dump().values()))
    for passage in text.passages:
        yield Piece(f"{folder}/participant.en.md", passage.heading, plain(passage.body))
    for variant in text.variants:
        key = f"{variant.heading} ({', '.join(variant.when)})"
        yield Piece(f"{folder}/text.en.toml", key, plain(variant.body))
