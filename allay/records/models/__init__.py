"""The tables. Nothing here decides anything: rules live in science, verbs in services."""

from allay.records.models.audit import AuditEvent
from allay.records.models.diary import CheckIn, Entry, PracticeLog
from allay.records.models.evaluation import EvaluationPlan, EvaluationReport, EvaluationRun, Unblinding
from allay.records.models.flares import Flare
from allay.records.models.groups import Attendance, Group, Meeting
from allay.records.models.insight import TwoWeekTry, Verdict
from allay.records.models.letters import SealedLetter
from allay.records.models.measures import Answer, InstrumentEdition, Response, Score
from allay.records.models.people import JoiningCode, Person, Role, Try
from allay.records.models.reminding import CalendarFeed, EmailReminder, ReminderSent
from allay.records.models.service import Recording, UnreviewedAccepted
from allay.records.models.sheets import SheetShare, SheetVersion
from allay.records.models.studies import Arm, Consent, ConsentText, Enrolment, Study, Timepoint
from allay.records.models.suiting import Circumstances, OwnPractice, RuleShown
from allay.records.models.support import Contact, HelpNumber

__all__ = [
    "Answer",
    "Arm",
    "Attendance",
    "AuditEvent",
    "CalendarFeed",
    "CheckIn",
    "Circumstances",
    "Consent",
    "ConsentText",
    "Contact",
    "EmailReminder",
    "Enrolment",
    "Entry",
    "EvaluationPlan",
    "EvaluationReport",
    "EvaluationRun",
    "Flare",
    "Group",
    "HelpNumber",
    "InstrumentEdition",
    "JoiningCode",
    "Meeting",
    "OwnPractice",
    "Person",
    "PracticeLog",
    "Recording",
    "ReminderSent",
    "Response",
    "Role",
    "RuleShown",
    "Score",
    "SealedLetter",
    "SheetShare",
    "SheetVersion",
    "Study",
    "Timepoint",
    "Try",
    "TwoWeekTry",
    "Unblinding",
    "UnreviewedAccepted",
    "Verdict",
]
