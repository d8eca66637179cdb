"""Forms of the facilitator's pages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allay.faces.facilitator import words
from allay.records.models import Meeting

FURTHEST = timedelta(days=366)  # a slip of the year is noticed


class MeetingForm(forms.Form):
    """The local date and time of a meeting, in the group's zone."""

    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=gettext_lazy("Begins at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def __init__(self, meeting: Meeting, data: QueryDict | None = None) -> None:
        self.meeting, self.zone = meeting, meeting.group.zone
        standing = words.local(meeting.starts_at, self.zone)
        super().__init__(data, initial={"date": standing.date(), "time": standing.time()})

    @property
    def starts_at(self) -> datetime:
        """Only after `is_valid()` was true."""
        return self._moment(self.cleaned_data)

    def _moment(self, typed: dict) -> datetime:  # type: ignore[type-arg]
        return datetime.combine(typed["date"], typed["time"], ZoneInfo(self.zone))

    def clean(self) -> None:
        typed = self.cleaned_data
        if "date" not in typed or "time" not in typed:
            return
        standing = words.local(self.meeting.starts_at, self.zone).date()
        if abs(typed["date"] - standing) > FURTHEST:
            self.add_error(
                "date", _("This is more than a year from the meeting's time now. Is the year right?")
            )
        elif not _exists(self._moment(typed)):
            self.add_error(
                "time", _("Clocks go forward that night: this time is left out. Choose one later.")
            )


def _exists(moment: datetime) -> bool:
    """False for a time that clocks pass over."""
    zone = moment.tzinfo
    there_and_back = moment.astimezone(ZoneInfo("UTC")).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == moment.replace(tzinfo=None)
