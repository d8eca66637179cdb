"""The e-mail that reminds somebody of themself: the same few words for everybody, and nothing about health.

Its sender and subject never change, its link signs nobody in, and the token in the way to stop it can do that alone.
"""

from email.utils import make_msgid
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from allay.records.models import Enrolment
from allay.records.queries.reminders import Due

_signer = Signer(salt="allay.reminder-stop", sep=".")


def stop_token(enrolment_id: UUID) -> str:
    return _signer.sign(enrolment_id.hex)


def enrolment_of(token: str) -> Enrolment | None:
    """Whose notes a token stops; None for a made-up one."""
    try:
        return Enrolment.objects.filter(pk=UUID(_signer.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def note(due: Due) -> EmailMessage:
    """The message, in the person's language."""
    stop = settings.URL + reverse("reminder-stop", args=[stop_token(due.reminder.enrolment_id)])
    with translation.override(due.reminder.enrolment.person.language):
        lines = [
            _("Hello,"),
            _("Here is the note you asked for:"),
            settings.URL + reverse("today"),
            *([_("Notes will be quiet now. They begin again when you come by.")] if due.last else []),
            _("To stop these notes:"),
            stop,
        ]
        subject = _("A note from Allay")
    return EmailMessage(
        subject=subject,
        body="\n\n".join(lines) + "\n",
        to=[due.reminder.address],
        headers={
            "Message-ID": make_msgid(domain=urlsplit(settings.URL).hostname or "localhost"),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
