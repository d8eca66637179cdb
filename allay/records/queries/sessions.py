"""The programme as one person sees it: which sessions are open, when the others open, what a session holds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allay.content import library
from allay.content.schema import Passage, Session, SessionText
from allay.records.errors import NotYours
from allay.records.models import Enrolment
from allay.records.queries import reviewing, rules
from allay.records.queries.today import in_programme, week_of, wording
from allay.science import rules as science
from allay.science import schedule


@dataclass(frozen=True)
class SessionLine:
    week: int
    title: str
    open: bool
    ready: bool  # it may be shown: reviewed here, or accepted without
    now: bool  # the session of this very week


@dataclass(frozen=True)
class OwnProgramme:
    title: str
    in_programme: bool  # False for a waiting group, which has no sessions yet
    week: int
    sessions: tuple[SessionLine, ...]


@dataclass(frozen=True)
class PracticeCard:
    id: str
    name: str
    about: str  # empty while the practice is still to be written
    written: bool


@dataclass(frozen=True)
class OwnSession:
    session: Session
    text: SessionText
    passages: tuple[Passage, ...]  # as this person reads them
    effects: tuple[science.Effect, ...]  # of the rules, on this page
    open: bool
    ready: bool  # it may be shown: reviewed here, or accepted without
    opens_on: date | None  # the first day of its week in the group's zone; None for a waiting group
    written: bool  # False while only aims, ideas and home practice stand
    practices: tuple[PracticeCard, ...]


def own_programme(enrolment: Enrolment, at: datetime) -> OwnProgramme:
    """All sessions by title; one statement at most."""
    programme = library.load().programmes[enrolment.study.programme]
    taking_part, week = in_programme(enrolment), week_of(enrolment, at)
    return OwnProgramme(
        title=programme.title,
        in_programme=taking_part,
        week=week,
        sessions=tuple(
            SessionLine(
                week=session.week,
                title=wording(session.text, enrolment.person.language).title,
                open=taking_part and session.week <= week,
                ready=_is_ready(session, enrolment, at),
                now=taking_part and session.week == week,
            )
            for session in programme.sessions
        ),
    )


def own_session(enrolment: Enrolment, week: int, at: datetime) -> OwnSession:
    """One session. Raises NotYours for a week the programme does not have."""
    session = library.load().programmes[enrolment.study.programme].session(week)
    if session is None:
        raise NotYours
    text = wording(session.text, enrolment.person.language)
    here = rules.situation(enrolment, at)
    practices, changed = science.week_practices(
        session.practices, session.alternatives, science.applied(here)
    )
    return OwnSession(
        session=session,
        text=text,
        passages=text.passages_for(here.circumstances),
        effects=(*science.of_session(text, week, here), *changed),
        ready=_is_ready(session, enrolment, at),
        open=in_programme(enrolment) and week <= week_of(enrolment, at),
        opens_on=_opens_on(enrolment, week),
        written=bool(text.passages),
        practices=tuple(_card(practice, enrolment.person.language) for practice in practices),
    )


def _is_ready(session: Session, enrolment: Enrolment, at: datetime) -> bool:
    accepts = rules.standing(enrolment, at).accepts_unreviewed
    return reviewing.is_ready(session.text, enrolment.person.language, accepts_unreviewed=accepts)


def _opens_on(enrolment: Enrolment, week: int) -> date | None:
    if not in_programme(enrolment) or enrolment.group is None:
        return None
    first = schedule.local_day(enrolment.group.weeks_count_from, enrolment.group.zone)
    return first + timedelta(weeks=week - 1)


def _card(practice: str, language: str) -> PracticeCard:
    content = library.load()
    if practice not in content.practices:
        return PracticeCard(practice, content.practice_index[practice].name, "", False)
    text = wording(content.practices[practice].text, language)
    return PracticeCard(practice, text.name, text.about, True)
