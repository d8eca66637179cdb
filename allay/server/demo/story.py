"""Who is in the demo and what they did: a finished group, a waiting group, a group in its fourth week,
and one that starts in a few days, into which a visitor may join.

Everything is synthetic: drawn from a fixed seed, written by the same verbs that pages use, at the time it
would have happened. Nobody here is a real person, and nothing here says how well the programme works.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from allay.content import library
from allay.faces.researcher import shipped
from allay.records.access import SYSTEM
from allay.records.models import Enrolment, Group, Meeting, Person, Role, Study, Timepoint
from allay.records.queries import consents, due
from allay.records.queries.people import enrolment_of
from allay.records.services import (
    checkins,
    codes,
    contacts,
    enrolments,
    groups,
    plans,
    practicelogs,
    reminders,
    responses,
    reviewing,
    runs,
    staff,
    studies,
)
from allay.server.demo import suiting, tries

SEED = 20
ZONE = "Europe/London"
RUNNING = "Evening group"
PRACTICES = ("p01-arriving", "p02-anchor", "p15-first-five-minutes")


@dataclass
class Cast:
    """Who a visitor of the demo can be."""

    participant: Person
    facilitator: Person
    researcher: Person
    administrator: Person
    newcomer_code: str


@dataclass
class Sample:
    """One synthetic person's course: where they start, how they change, how often they write."""

    level: float  # of burden at the start, 0 to 1
    drift: float  # change over twelve weeks
    diligence: float  # share of days with an entry
    forgets: float = 0.05  # share of timepoints without answers
    apart: float = 0.08  # how far mood and ease of the body go apart on a day
    leaves_after: int = 99  # the week after which nothing more comes


class Story:
    """Tells the demo's past up to `now`."""

    def __init__(self, now: datetime) -> None:
        self.now, self.random = now, Random(SEED)  # noqa: S311  # synthetic data, nothing secret

    @transaction.atomic
    def tell(self) -> Cast:
        long_ago = self.now - timedelta(weeks=30)
        study = studies.create(name="Demo study (synthetic)", synthetic=True, by=SYSTEM, at=long_ago)
        self._numbers(long_ago)
        reviewing.accept_unreviewed(by=SYSTEM, at=long_ago)  # and the demo's page says so
        people = {kind: self._staff(kind, study, long_ago) for kind in Role.Kind}
        facilitator = people[Role.Kind.FACILITATOR]
        finished = self._group(study, "programme", "Spring group", 18, facilitator)
        waiting = self._group(study, "waiting", "Waiting group", 18, facilitator)
        running = self._group(study, "programme", RUNNING, 3, facilitator)
        starting = self._group(study, "programme", "Next group", -1, facilitator)
        self._fill(finished, facilitator, 10, gain=0.16)
        self._fill(waiting, facilitator, 9, gain=0.02)
        members = self._fill(running, facilitator, 9, gain=0.14)
        self._calendar(members[0])
        suiting.tell(members, facilitator, self.now, self._id)
        tries.tell(members[0], self.now, self._id)
        self._evaluation(study, people[Role.Kind.RESEARCHER], long_ago)
        return Cast(
            participant=members[0].person,
            facilitator=facilitator,
            researcher=people[Role.Kind.RESEARCHER],
            administrator=people[Role.Kind.ADMINISTRATOR],
            newcomer_code=self._newcomer(starting, facilitator),
        )

    def _calendar(self, enrolment: Enrolment) -> None:
        """Meetings in the person's own calendar, and ten minutes a day; the secret of its address is thrown away."""
        at = self.now - timedelta(weeks=3)
        who = {"enrolment": enrolment, "by": enrolment.person, "at": at}
        reminders.make_feed(zone=ZONE, **who)
        words = {"title": "My evening", "practice_title": "Ten quiet minutes"}
        chosen = {**words, "show_place": False, "practice_time": time(8), "zone": ZONE}
        reminders.choose_feed(**chosen, **who)

    def _evaluation(self, study: Study, researcher: Person, at: datetime) -> None:
        """The shipped plan, locked before the first group met; a run of it waits for the worker."""
        text = shipped.plan_of(study)
        plan = plans.lock(
            plan=plans.keep(id=self._id(), study=study, text=text, by=researcher, at=at), by=researcher, at=at
        )
        runs.ask(id=self._id(), study=study, plan=plan, by=researcher, at=self.now)

    def _numbers(self, at: datetime) -> None:
        example = "your service sets this number"
        numbers = [
            ("emergency", "Emergency", example, ""),
            ("helpline", "Helpline", example, ""),
            ("advice", "Advice by telephone", example, ""),
        ]
        staff.set_help_numbers(numbers=numbers, by=SYSTEM, at=at)

    def _staff(self, kind: Role.Kind, study: Study, at: datetime) -> Person:
        return staff.create(
            name=f"Sample {kind.value}",
            email=f"{kind.value}@demo.invalid",
            password=None,
            kind=kind,
            study=study if kind == Role.Kind.RESEARCHER else None,
            by=SYSTEM,
            at=at,
        )

    def _group(self, study: Study, arm: str, name: str, weeks_ago: int, facilitator: Person) -> Group:
        day = self.now.astimezone(ZoneInfo(ZONE)) - timedelta(weeks=weeks_ago, days=2)
        first = day.replace(hour=18, minute=0, second=0, microsecond=0)
        made = first - timedelta(weeks=6)
        group = groups.create(
            study=study,
            arm=arm,
            name=name,
            zone=ZONE,
            first_meeting=first,
            place="Room 2, ground floor",
            by=SYSTEM,
            at=made,
        )
        groups.assign(person=facilitator, group=group, by=SYSTEM, at=made)
        groups.set_answer_times(group=group, words="on Mondays and Thursdays", by=SYSTEM, at=made)
        return group

    def _fill(self, group: Group, facilitator: Person, size: int, gain: float) -> list[Enrolment]:
        samples = [self._sample(gain) for _ in range(size)]
        # whom a visitor of the demo looks through
        samples[0].forgets, samples[0].diligence, samples[0].level = 0, 0.8, 0.5
        samples[0].apart = 0.03  # so that "Looking back" has something to say
        samples[-1].leaves_after = 5 if gain > 0.1 else 99
        samples[-2].drift = 0.35  # somebody gets worse, as happens
        members = [
            self._member(group, facilitator, f"Sample person {group.name[0]}{number}", sample)
            for number, sample in enumerate(samples, start=1)
        ]
        self._meetings(group, facilitator, members, samples)
        return members

    def _sample(self, gain: float) -> Sample:
        draw = self.random
        return Sample(
            level=min(0.85, max(0.25, draw.gauss(0.55, 0.13))),
            drift=-max(-0.1, draw.gauss(gain, 0.1)),
            diligence=draw.uniform(0.2, 0.55),
        )

    def _member(self, group: Group, facilitator: Person, name: str, sample: Sample) -> Enrolment:
        start = group.weeks_count_from - timedelta(days=10)
        enrolment = enrolments.enrol(name=name, group=group, by=facilitator, at=start)
        code = codes.issue(enrolment=enrolment, by=facilitator, at=start)
        enrolment = codes.redeem(code=code, at=start + timedelta(hours=5))
        text = consents.current_text(enrolment, "en")
        enrolments.decide(
            enrolment=enrolment,
            text=text,
            programme=True,
            evaluation=True,
            by=enrolment.person,
            at=start + timedelta(hours=5),
        )
        enrolment = enrolment_of(enrolment.person) or enrolment  # with its consents read once
        self._diary(enrolment, sample, start + timedelta(days=1))
        self._questions(enrolment, sample)
        return enrolment

    def _burden(self, enrolment: Enrolment, sample: Sample, at: datetime) -> float:
        weeks = (at - enrolment.group.weeks_count_from) / timedelta(weeks=1)
        course = sample.level + sample.drift * min(1.0, max(0.0, weeks / 12))
        return min(0.97, max(0.03, course + self.random.gauss(0, 0.07)))

    def _diary(self, enrolment: Enrolment, sample: Sample, at: datetime) -> None:
        programme = enrolment.arm.kind == "programme"
        while at < self.now and at < enrolment.group.weeks_count_from + timedelta(
            weeks=min(13, sample.leaves_after)
        ):
            if self.random.random() < sample.diligence:
                self._check_in(enrolment, sample, at)
            if programme and self.random.random() < sample.diligence * 0.5:
                self._practice(enrolment, at)
            at += timedelta(days=1)
        self._weekly_notes(enrolment, sample, at)

    def _weekly_notes(self, enrolment: Enrolment, sample: Sample, until: datetime) -> None:
        """On the sixth day of a week, so that the week of today is still to be noted."""
        draw = Random(f"{SEED} {enrolment.person.name}")  # noqa: S311  # its own, so that the rest stays as it was
        at = enrolment.group.weeks_count_from + timedelta(days=5)
        outcomes = [item.id for item in library.load().checkins["weekly"].items]
        while at < min(until, self.now - timedelta(days=2)):
            weeks = (at - enrolment.group.weeks_count_from) / timedelta(weeks=1)
            ease = 1 - sample.level - sample.drift * min(1.0, weeks / 12)
            answers = {name: min(10, max(0, round(10 * (ease + draw.gauss(0, 0.1))))) for name in outcomes}
            if draw.random() < sample.diligence + 0.2:
                checkins.record(
                    id=UUID(int=draw.getrandbits(128), version=4),
                    enrolment=enrolment,
                    form="weekly",
                    day=at.date(),
                    **answers,
                    by=enrolment.person,
                    at=at,
                )
            at += timedelta(weeks=1)

    def _check_in(self, enrolment: Enrolment, sample: Sample, at: datetime) -> None:
        ease = 1 - self._burden(enrolment, sample, at)
        helped = list(library.load().checkins["daily"].items[-1].choices)
        answers = {
            "mood": round(10 * ease),
            "comfort": round(10 * min(1, max(0, ease + self.random.gauss(-0.05, sample.apart)))),
            "helped": self.random.choice(helped),
        }
        checkins.record(
            id=self._id(),
            enrolment=enrolment,
            day=at.date(),
            **({"not_today": True} if self.random.random() < 0.08 else answers),
            by=enrolment.person,
            at=at,
        )

    def _practice(self, enrolment: Enrolment, at: datetime) -> None:
        after = self.random.choices(["easier", "same", "harder", "had-to-stop"], [55, 36, 7, 2])[0]
        practicelogs.record(
            id=self._id(),
            enrolment=enrolment,
            practice=self.random.choice(PRACTICES),
            minutes=self.random.choice([1, 1, 3, 3, 10]),
            after=after,
            day=at.date(),
            by=enrolment.person,
            at=at,
        )

    def _questions(self, enrolment: Enrolment, sample: Sample) -> None:
        timepoints = list(Timepoint.objects.filter(study=enrolment.study_id))
        windows = due.windows(enrolment, timepoints)
        for timepoint in timepoints:
            window = windows[timepoint.key]
            at = max(window.opens_at, enrolment.joined_at) + timedelta(days=1, hours=3)
            gone = timepoint.due > 7 * sample.leaves_after
            if at >= min(self.now, window.closes_at) or gone or self.random.random() < sample.forgets:
                continue
            for instrument in timepoint.instruments:
                self._answer(enrolment, sample, timepoint, instrument, at)

    def _answer(
        self, enrolment: Enrolment, sample: Sample, timepoint: Timepoint, instrument: str, at: datetime
    ) -> None:
        definition = library.load().instruments[instrument]
        burden = self._burden(enrolment, sample, at)
        if instrument == "global-change":
            burden = 0.5 + sample.drift * timepoint.due / 84
        better = {item: rule.better for rule in definition.scores for item in rule.items}
        answers: dict[str, int | None] = {}
        for item in definition.items:
            scale = definition.scale_of(item)
            harder = (better.get(item.id, "lower") == "lower") != item.reverse  # the higher, the harder
            share = burden if harder else 1 - burden
            value = scale.low + (scale.high - scale.low) * (share + self.random.gauss(0, 0.12))
            answers[item.id] = min(scale.high, max(scale.low, round(value)))
        if instrument == "pain-ratings":  # the mildest is never above the worst
            ordered = sorted(value for value in answers.values() if value is not None)
            answers |= dict(zip(("least", "now", "average", "worst"), ordered, strict=True))
        if len(answers) > 6 and self.random.random() < 0.1:
            answers[self.random.choice(list(answers))] = None
        responses.record(
            id=self._id(),
            enrolment=enrolment,
            timepoint=timepoint,
            instrument=instrument,
            answers=answers,
            by=enrolment.person,
            at=at,
        )

    def _meetings(
        self, group: Group, facilitator: Person, members: list[Enrolment], samples: list[Sample]
    ) -> None:
        for meeting in Meeting.objects.filter(group=group, starts_at__lt=self.now).select_related("group"):
            states = {
                member: self._came(meeting, sample) for member, sample in zip(members, samples, strict=True)
            }
            if group.name == RUNNING and meeting.week == 4:
                states[members[2]] = "absent"  # so that a facilitator has somebody to call
            at = meeting.starts_at + timedelta(minutes=110)
            if at > self.now:
                continue
            groups.mark_attendance(meeting=meeting, states=states, by=facilitator, at=at)
            absent = [member for member, state in states.items() if state == "absent"]
            for member in absent if meeting.week < 3 or group.name == "Spring group" else []:
                contacts.log(
                    id=self._id(),
                    enrolment=member,
                    mode="call",
                    reasons=["missed-meeting"],
                    by=facilitator,
                    at=at + timedelta(days=1),
                )

    def _came(self, meeting: Meeting, sample: Sample) -> str:
        if meeting.week > sample.leaves_after:
            return "message"
        return self.random.choices(["here", "online", "message", "absent"], [78, 8, 9, 5])[0]

    def _newcomer(self, group: Group, facilitator: Person) -> str:
        enrolment = enrolments.enrol(name="Sample newcomer", group=group, by=facilitator, at=self.now)
        return codes.issue(enrolment=enrolment, by=facilitator, at=self.now)

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)
