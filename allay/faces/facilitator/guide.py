"""What the guide of a session says: its blocks with the times of the clock, and the words to read aloud."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from allay.content import library
from allay.content.schema import HomePractice, PracticeText, Review, Session, SessionBlock, SessionText, Step
from allay.faces.facilitator import words
from allay.faces.shared.templatetags.words import markdown
from allay.records.errors import NotYours
from allay.records.models import Group, Meeting
from allay.records.queries.today import wording

READ_ALOUD = ("1", "3")  # the forms that a meeting has time for
TIME_IN_GUIDE = re.compile(r"\*\*(\d{1,2}):(\d{2}) · ")  # hours and minutes from the beginning


@dataclass(frozen=True)
class Block:
    id: str
    title: str
    begins: str  # 19:00; where no meeting is planned, minutes from the beginning
    ends: str
    rule: str
    say: tuple[str, ...]
    text: SafeString


@dataclass(frozen=True)
class Script:
    """A practice as it is read aloud."""

    id: str
    name: str
    text: PracticeText | None  # None while it is not written
    forms: tuple[tuple[str, tuple[Step, ...]], ...]  # minutes, steps


@dataclass(frozen=True)
class Guide:
    group: Group
    week: int
    weeks: tuple[int, ...]
    text: SessionText
    when: str  # the day and hours of the meeting; empty where none is planned
    place: str
    blocks: tuple[Block, ...]
    offered: tuple[str, ...]  # names of the week's practices and what may stand in for them
    scripts: tuple[Script, ...]
    exposing: bool
    written: bool
    shorter: str  # a sentence where the meeting is planned for another length than the guide
    online: SafeString

    @property
    def review(self) -> Review:
        return self.text.review

    @property
    def home(self) -> HomePractice:
        return self.text.home


def guide_of(group: Group, week: int, meeting: Meeting | None, at: datetime, language: str) -> Guide:
    """Raises NotYours for a week that the programme does not have."""
    programme = library.load().programmes[group.study.programme]
    session = programme.session(week)
    if session is None:
        raise NotYours
    text = wording(session.text, language)
    scripts = tuple(_script(practice, language) for practice in (*session.practices, *session.alternatives))
    return Guide(
        group=group,
        week=week,
        weeks=tuple(other.week for other in programme.sessions),
        text=text,
        when=_when(meeting, group, at) if meeting else "",
        place=meeting.place if meeting else "",
        blocks=tuple(_blocks(text.guide.blocks, meeting, group)),
        offered=tuple(script.name for script in scripts),
        scripts=tuple(script for script in scripts if script.text),
        exposing=session.safety_level == "exposing",
        written=_is_written(session, language),
        shorter=_other_length(text, meeting),
        online=_html(text.guide.online, None, group),
    )


def _is_written(session: Session, language: str) -> bool:
    return session.written_in(language) or session.written_in("en")


def _when(meeting: Meeting, group: Group, at: datetime) -> str:
    there = words.local(meeting.starts_at, group.zone)
    day = words.day(there.date(), words.local(at, group.zone).date())
    return f"{day}, {words.hours(meeting.starts_at, meeting.minutes, group.zone)}"


def _blocks(blocks: tuple[SessionBlock, ...], meeting: Meeting | None, group: Group) -> list[Block]:
    made, begun = [], 0
    for block in blocks:
        made.append(
            Block(
                id=block.id,
                title=block.title,
                begins=_moment(begun, meeting, group),
                ends=_moment(begun + block.minutes, meeting, group),
                rule=block.rule,
                say=block.say,
                text=_html(block.guide, meeting, group),
            )
        )
        begun += block.minutes
    return made


def _moment(minute: int, meeting: Meeting | None, group: Group) -> str:
    if meeting is None:
        return f"{minute // 60}:{minute % 60:02d}"
    return words.clock(meeting.starts_at + timedelta(minutes=minute), group.zone)


def _html(text: str, meeting: Meeting | None, group: Group) -> SafeString:
    """Markdown of a guide, with times of the clock for its hours and minutes, and quotes as words to say."""
    if meeting is not None:
        text = TIME_IN_GUIDE.sub(lambda found: f"**{_clock(found, meeting, group)} · ", text)
    quotes = markdown(text).replace("<blockquote>", '<blockquote class="say">')
    return mark_safe(quotes)  # noqa: S308  # made from content files, where raw HTML is off


def _clock(found: re.Match[str], meeting: Meeting, group: Group) -> str:
    since = timedelta(hours=int(found[1]), minutes=int(found[2]))
    return words.clock(meeting.starts_at + since, group.zone)


def _other_length(text: SessionText, meeting: Meeting | None) -> str:
    if meeting is None or meeting.minutes == text.guide.minutes:
        return ""
    return _("The guide takes %(guide)d minutes; this meeting is planned for %(meeting)d.") % {
        "guide": text.guide.minutes,
        "meeting": meeting.minutes,
    }


def _script(practice: str, language: str) -> Script:
    known = library.load().practices.get(practice)
    if known is None:
        entry = library.load().practice_index.get(practice)
        return Script(practice, entry.name if entry else practice, None, ())
    text = wording(known.text, language)
    forms = tuple((minutes, text.forms[minutes].steps) for minutes in READ_ALOUD if minutes in text.forms)
    return Script(practice, text.name, text, forms)
