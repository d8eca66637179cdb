"""What the Today page needs, in a fixed number of statements however long somebody has been here."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from allay.content import library
from allay.content.schema import CheckInForm, Practice, Session
from allay.records.models import Arm, Enrolment, Flare, Meeting, Timepoint
from allay.records.queries import due, reviewing, rules, weekly_note
from allay.records.queries.days import local_day as local_day
from allay.records.queries.days import zone_of as zone_of
from allay.records.queries.words import wording as wording
from allay.science import rules as science
from allay.science import schedule


@dataclass(frozen=True)
class OpenQuestions:
    """An instrument that may be answered now."""

    timepoint: str
    timepoint_title: str
    instrument: str
    title: str
    minutes: int
    begun: bool


@dataclass(frozen=True)
class Today:
    enrolment: Enrolment
    day: date  # in the group's zone
    week: int  # 1 to 12 while the programme runs; 0 before; 13 and more after
    session: Session | None
    session_ready: bool  # it may be shown: reviewed here, or accepted without
    practice: Practice | None  # None where none may be shown
    next_meeting: Meeting | None
    questions: tuple[OpenQuestions, ...]
    check_in: CheckInForm
    checked_in: bool  # there is a check-in of this day already
    in_programme: bool  # False for a waiting group
    weeks: int  # of the programme
    flare: Flare | None  # that is on now
    favourites: tuple[str, ...]  # ids of practices the person keeps close
    effects: tuple[science.Effect, ...]  # of the rules, on this page

    @property
    def stage(self) -> str:
        """ "waiting", "before" the first meeting, "running", or "after" the last week."""
        if not self.in_programme:
            return "waiting"
        if self.week < 1:
            return "before"
        return "running" if self.week <= self.weeks else "after"


def week_of(enrolment: Enrolment, at: datetime) -> int:
    """The person's week now: 1 from the day of the group's first meeting."""
    group = enrolment.group
    return schedule.week_of(group.weeks_count_from, at, group.zone) if group else 0


def in_programme(enrolment: Enrolment) -> bool:
    return enrolment.group is not None and enrolment.arm.kind == Arm.Kind.PROGRAMME


def open_sessions(enrolment: Enrolment, at: datetime) -> tuple[Session, ...]:
    """The sessions whose week has come; a waiting group has none yet."""
    if not in_programme(enrolment):
        return ()
    sessions = library.load().programmes[enrolment.study.programme].sessions
    week = week_of(enrolment, at)
    return tuple(session for session in sessions if session.week <= week)


def questions(enrolment: Enrolment, at: datetime) -> tuple[OpenQuestions, ...]:
    """What may be answered now and is not finished, in the order of the schedule."""
    timepoints = list(Timepoint.objects.filter(study=enrolment.study_id))
    windows = due.windows(enrolment, timepoints)
    stand = {
        (response.timepoint_id, response.instrument): response.completed_at is not None
        for response in enrolment.responses.all()
    }
    instruments = library.load().instruments
    return tuple(
        OpenQuestions(
            timepoint=timepoint.key,
            timepoint_title=timepoint.title,
            instrument=instrument,
            title=words.short,
            minutes=words.minutes,
            begun=(timepoint.pk, instrument) in stand,
        )
        for timepoint in timepoints
        if (window := windows.get(timepoint.key)) and schedule.state(window, at) == "open"
        for instrument in timepoint.instruments
        if not stand.get((timepoint.pk, instrument), False) and instrument in instruments
        for words in [wording(instruments[instrument].wording, enrolment.person.language)]
    )


PICKING = ("first", "last", "instead", "hidden")  # what a rule does to the choice of the practice


def _practice(
    session: Session | None,
    effects: Iterable[science.Effect],
    ready: Container[str],
    unwanted: frozenset[str],
) -> tuple[str | None, science.Effect | None]:
    """The practice of the page, and the effect that chose it: of what may be shown, else Arriving, else none."""
    week = (*session.practices, *session.alternatives) if session else (science.ARRIVING,)
    found, effect = science.main_practice([name for name in week if name in ready] or week, effects, unwanted)
    if found is None or found in ready:
        return found, effect
    arriving = science.ARRIVING in ready and science.ARRIVING not in unwanted
    return (science.ARRIVING if arriving else None), None


def _ready(enrolment: Enrolment, accepts: bool) -> frozenset[str]:
    """Ids of the practices that may be shown."""
    language = enrolment.person.language
    known = library.load().practices.values()
    return frozenset(
        one.id for one in known if reviewing.is_ready(one.text, language, accepts_unreviewed=accepts)
    )


def _told(
    effects: tuple[science.Effect, ...], chosen_by: science.Effect | None
) -> tuple[science.Effect, ...]:
    """Of what the rules do here, what shows: which of them chose the practice, and everything else."""
    shown = tuple(effect for effect in effects if effect == chosen_by or effect.does not in PICKING)
    return shown if chosen_by is None or chosen_by in shown else (*shown, chosen_by)


def today(enrolment: Enrolment, at: datetime) -> Today:
    """Everything on the Today page."""
    sessions = open_sessions(enrolment, at)
    session = sessions[-1] if sessions else None
    content = library.load()
    effects = tuple(effect for effect in rules.effects(enrolment, at) if effect.place == "today")
    accepts, language = rules.standing(enrolment, at).accepts_unreviewed, enrolment.person.language
    unwanted = rules.situation(enrolment, at).unwanted
    main, chosen_by = _practice(session, effects, ready := _ready(enrolment, accepts), unwanted)
    meeting = (
        Meeting.objects.filter(group=enrolment.group_id, starts_at__gte=at, cancelled_at=None)
        .order_by("starts_at")
        .first()
        if in_programme(enrolment)
        else None
    )
    day = local_day(enrolment, at)
    return Today(
        enrolment=enrolment,
        day=day,
        week=week_of(enrolment, at),
        session=session,
        session_ready=session is not None
        and reviewing.is_ready(session.text, language, accepts_unreviewed=accepts),
        practice=content.practices[main] if main else None,
        next_meeting=meeting,
        questions=questions(enrolment, at),
        check_in=weekly_note.asked_daily(enrolment),
        checked_in=rules.standing(enrolment, at).checked_in,
        in_programme=in_programme(enrolment),
        weeks=content.programmes[enrolment.study.programme].weeks,
        flare=rules.standing(enrolment, at).flare,
        favourites=tuple(name for name in rules.standing(enrolment, at).favourites if name in ready),
        effects=_told(effects, chosen_by),
    )
