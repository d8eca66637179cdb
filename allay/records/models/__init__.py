"""The tables. Nothing here decides anything: rules live in science, verbs in services."""

from allay.records.models.audit import AuditEvent
from allay.records.models.diary import CheckIn, PracticeLog
from allay.records.models.evaluation import EvaluationPlan, EvaluationReport, EvaluationRun, Unblinding
from allay.records.models.groups import Attendance, Group, Meeting
from allay.records.models.measures import Answer, InstrumentEdition, Response, Score
from allay.records.models.people import JoiningCode, Person, Role, Try
from allay.records.models.studies import Arm, Consent, ConsentText, Enrolment, Study, Timepoint
from allay.records.models.support import Contact, HelpNumber

__all__ = [
    "Answer",
    "Arm",
    "Attendance",
    "AuditEvent",
    "CheckIn",
    "Consent",
    "ConsentText",
    "Contact",
    "Enrolment",
    "EvaluationPlan",
    "EvaluationReport",
    "EvaluationRun",
    "Group",
    "HelpNumber",
    "InstrumentEdition",
    "JoiningCode",
    "Meeting",
    "Person",
    "PracticeLog",
    "Response",
    "Role",
    "Score",
    "Study",
    "Timepoint",
    "Try",
    "Unblinding",
]
