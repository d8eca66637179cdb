"""What records refuses, and why. Every refusal has a stable code, a kind sentence and an HTTP status.

Refused
├── NotYours            404   not there, or not for you: the same answer to both
├── CodeNotValid        400   a joining code is wrong, used or too old
├── TooManyTries        429   guessing is slowed
├── Invalid             422   an answer does not fit its definition; names the field
├── PlanFault           422   a plan of a study cannot be used; names the line where there is one
├── Blinded             403   the plan keeps results by arm from this person for now
├── NotConsented        403   nothing is collected before consent
├── Withdrawn           410   the person has left; nothing more is taken
├── WindowClosed        409   the questions of this time are not open
├── AlreadyAnswered     409   the first complete answer stands
├── DifferentContent    409   an id that is already kept, with other content
└── NotReady            409   the service lacks a setting that keeps people safe
"""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Something that is not done, with a sentence for the person who asked."""

    code = "refused"
    status = 400
    sentence = _("This did not work. Nothing was lost.")

    def __init__(self, sentence: str | None = None, *, field: str = "") -> None:
        self.field = field
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(self.sentence))


class NotYours(Refused):
    code, status = "not-found", 404
    sentence = _("There is nothing here.")


class CodeNotValid(Refused):
    code, status = "code-not-valid", 400
    sentence = _("This code did not work. It may be used up or too old. Please ask for a new one.")


class TooManyTries(Refused):
    code, status = "too-many-tries", 429
    sentence = _("That was tried many times. Please wait a few minutes, then try again.")


class Invalid(Refused):
    code, status = "invalid", 422
    sentence = _("An answer did not fit its question.")


class PlanFault(Invalid):
    code = "plan-fault"
    sentence = _("This plan cannot be used yet.")

    def __init__(self, sentence: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(sentence, field="plan")


class Blinded(Refused):
    code, status = "blinded", 403

    def __init__(self, *, until: str) -> None:
        sentence = _("The plan of this study keeps everything by arm from you until %s.") % until
        super().__init__(sentence)


class NotConsented(Refused):
    code, status = "not-consented", 403
    sentence = _("Please read what taking part means first.")


class Withdrawn(Refused):
    code, status = "withdrawn", 410
    sentence = _("You have left this programme. Nothing more is kept.")


class WindowClosed(Refused):
    code, status = "window-closed", 409
    sentence = _("These questions are not open now. What you gave before is kept.")


class AlreadyAnswered(Refused):
    code, status = "already-answered", 409
    sentence = _("You have answered these questions already. Your first answers are kept.")


class DifferentContent(Refused):
    code, status = "conflict", 409
    sentence = _("An entry with this number is kept already, with other content. The first one stands.")


class NotReady(Refused):
    code, status = "not-ready", 409
    sentence = _("The service is not ready for this yet.")
