"""Everything that is kept about a person, for the person: a plain structure for one file."""

from datetime import datetime
from typing import Any

from allay.content import library
from allay.content.schema import OUTCOMES
from allay.records.models import (
    AuditEvent,
    CalendarFeed,
    Circumstances,
    EmailReminder,
    Enrolment,
    Person,
    SheetVersion,
)
from allay.records.queries import letters, sheets
from allay.records.queries.today import wording


def own_data(person: Person, at: datetime) -> dict[str, Any]:
    """Every table that names the person, in words and with what was asked. Times in UTC (ISO 8601)."""
    return {
        "about": "Everything that this service keeps about you.",
        "made_at": at,
        "you": {"name": person.name, "language": person.language, "here_since": person.created_at},
        "taking_part": [
            _enrolment(enrolment) for enrolment in person.enrolments.select_related("study", "group")
        ],
        "acts": [
            {"at": event.at, "what": event.name, "on": event.subject}
            for event in AuditEvent.objects.filter(actor=str(person.pk)).order_by("pk")
        ],
    }


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "study": enrolment.study.name,
        "group": enrolment.group.name if enrolment.group else None,
        "number_in_research_tables": enrolment.number,
        "enrolled_at": enrolment.enrolled_at,
        "left_at": enrolment.withdrawn_at,
        "consents": list(enrolment.consents.values("purpose", "given", "decided_at", "text__version")),
        "check_ins": list(
            enrolment.check_ins.order_by("day", "received_at").values(
                *("id", "form", "day", *OUTCOMES, "helped", "more", "not_today", "device_time", "received_at")
            )
        ),
        "practices": list(
            enrolment.practice_logs.order_by("day", "received_at").values(
                "id", "practice", "minutes", "after", "day", "device_time", "received_at"
            )
        ),
        "flares": list(
            enrolment.flares.order_by("declared_at").values(
                "id", "declared_at", "still_at", "ended_at", "tell_facilitator", "received_at"
            )
        ),
        "what_suits_you": _suiting(enrolment),
        "practices_marked": list(enrolment.own_practices.values("practice", "mark", "marked_at")),
        "rules_shown": list(enrolment.rules_shown.order_by("at").values("day", "rule", "place", "at")),
        "looks_back_since": enrolment.looks_back_since,
        "said_when_looking_back": list(
            enrolment.verdicts.order_by("at", "pk").values("statement", "says", "at")
        ),
        "sheets": [_sheet(version, enrolment) for version in _sheets(enrolment)],
        "shared_with_facilitators": list(
            enrolment.sheet_shares.order_by("shared_at").values("sheet", "item", "shared_at", "revoked_at")
        ),
        "two_week_tries": list(
            enrolment.two_week_tries.order_by("began_on").values(
                *("id", "first", "second", "outcome", "blocks", "seed", "began_on"),
                *("stopped_on", "stopped_why", "received_at"),
            )
        ),
        "questionnaires": [_response(response) for response in _responses(enrolment)],
        "meetings": list(
            enrolment.attendance.order_by("meeting__week").values(
                "meeting__week", "meeting__starts_at", "state"
            )
        ),
        "reminders": _reminders(enrolment),
        "letters": [
            {**letters.as_kept(letter), "received_at": letter.received_at}
            for letter in enrolment.letters.all()
        ],
        "contacts": list(enrolment.contacts.values("at", "mode", "by__name")),
    }


def _suiting(enrolment: Enrolment) -> dict[str, Any] | None:
    return Circumstances.objects.filter(enrolment=enrolment).values().first()


def _reminders(enrolment: Enrolment) -> dict[str, Any]:
    """What was chosen. The secret part of a calendar's address is not kept, so it cannot stand here either."""
    feeds = CalendarFeed.objects.filter(enrolment=enrolment)
    emails = EmailReminder.objects.filter(enrolment=enrolment)
    return {
        "calendar": feeds.values(
            "made_at", "title", "show_place", "practice_time", "practice_title", "zone"
        ).first(),
        "e-mail": emails.values("address", "zone", "time", "weekdays", "ignored").first(),
        "sent_on": list(enrolment.reminders_sent.order_by("day").values_list("day", flat=True)),
    }


def _sheets(enrolment: Enrolment) -> Any:
    return enrolment.sheet_versions.order_by("sheet", "received_at", "pk")


def _sheet(version: SheetVersion, enrolment: Enrolment) -> dict[str, Any]:
    """One version in words, and as it is kept."""
    known = library.load().sheets.get(version.sheet)
    text = wording(known.text, enrolment.person.language) if known else None
    lines = sheets.lines(known, text, version.content) if known and text else ()
    return {
        "id": version.pk,
        "sheet": text.title if text else version.sheet,
        "follows": version.follows,
        "day": version.day,
        "received_at": version.received_at,
        "lines": [_line(line) for line in lines if not line.empty],
        "as_kept": version.content,
    }


def _line(line: sheets.Line) -> dict[str, Any]:
    people = [{"who": who, "ask": ask} for who, ask in line.people]
    said = {"tapped": line.taps, "words": line.words, "people": people, "ring": line.ring}
    return {"line": line.title, **{name: value for name, value in said.items() if value}}


def _responses(enrolment: Enrolment) -> Any:
    return (
        enrolment.responses.select_related("edition", "timepoint")
        .prefetch_related("answers", "scores")
        .order_by("started_at")
    )


def _response(response: Any) -> dict[str, Any]:
    wording = response.edition.definition["wording"]["en"]
    return {
        "id": response.pk,
        "questionnaire": wording["title"],
        "version": response.edition.version,
        "timepoint": response.timepoint.title,
        "started_at": response.started_at,
        "finished_at": response.completed_at,
        "answers": [
            {"question": wording["items"].get(answer.item, answer.item), "answer": answer.value}
            for answer in response.answers.all()
        ],
        "scores": {score.key: score.value for score in response.scores.all()},
    }
