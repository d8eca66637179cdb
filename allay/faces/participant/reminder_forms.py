"""What a person chooses about reminders, sent from ordinary forms."""

from datetime import time
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from allay.records.models import CalendarFeed, EmailReminder

# times to tap: every half hour
TIMES = [(f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 30)]
NO_TIME = [("", _("No daily entry"))]
WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
PLACES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
)


def zones(standing: str) -> list[tuple[str, str]]:
    """Zones by the name of their city, the one that stands now among them."""
    names = PLACES if standing in PLACES else [standing, *PLACES]
    return [(name, name.replace("_", " ")) for name in names]


def clock(chosen: str) -> time | None:
    return time.fromisoformat(chosen) if chosen else None


def _times(standing: time | None) -> list[tuple[str, str]]:
    """Half hours, and the time that stands now where it lies between two of them."""
    shown = standing.strftime("%H:%M") if standing else ""
    known = dict(TIMES)
    return TIMES if shown in ("", *known) else sorted([*TIMES, (shown, shown)])


class CalendarForm(forms.Form):
    title = forms.CharField(max_length=60, required=False, label=_("What to call the meetings"))
    show_place = forms.BooleanField(required=False, label=_("Add the place"))
    practice_time = forms.ChoiceField(required=False, label=_("A time for a practice, each day"))
    practice_title = forms.CharField(max_length=60, required=False, label=_("What to call it"))
    zone = forms.ChoiceField(label=_("Where you are"))

    def __init__(self, feed: CalendarFeed, data: object = None) -> None:
        standing = feed.practice_time.strftime("%H:%M") if feed.practice_time else ""
        super().__init__(
            data,  # type: ignore[arg-type]
            initial={
                "title": feed.title,
                "show_place": feed.show_place,
                "practice_time": standing,
                "practice_title": feed.practice_title,
                "zone": feed.zone,
            },
            prefix="calendar",
        )
        self.fields["practice_time"].choices = [*NO_TIME, *_times(feed.practice_time)]  # type: ignore[attr-defined]
        self.fields["zone"].choices = zones(feed.zone)  # type: ignore[attr-defined]
        self.fields["title"].widget.attrs["placeholder"] = _("Meeting")
        self.fields["practice_title"].widget.attrs["placeholder"] = _("A quiet moment")

    def chosen(self) -> dict[str, object]:
        return {**self.cleaned_data, "practice_time": clock(self.cleaned_data["practice_time"])}


class EmailForm(forms.Form):
    address = forms.EmailField(
        max_length=254,
        label=_("Your e-mail address"),
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("This does not look like an e-mail address.")
        ),
    )
    time = forms.ChoiceField(label=_("At what time?"))
    zone = forms.ChoiceField(label=_("Where you are"))
    weekdays = forms.MultipleChoiceField(
        choices=WEEKDAYS, error_messages={"required": _("Please choose one day or more.")}
    )

    def __init__(self, reminder: EmailReminder | None, zone: str, data: object = None) -> None:
        standing = reminder.time if reminder else time(9)
        super().__init__(
            data,  # type: ignore[arg-type]
            initial={
                "address": reminder.address if reminder else "",
                "time": standing.strftime("%H:%M"),
                "zone": reminder.zone if reminder else zone,
                "weekdays": [str(day) for day in (reminder.weekdays if reminder else range(7))],
            },
            prefix="mail",
        )
        self.fields["time"].choices = _times(standing)  # type: ignore[attr-defined]
        self.fields["zone"].choices = zones(self.initial["zone"])  # type: ignore[attr-defined]
        self.fields["address"].widget.attrs["autocomplete"] = "email"

    @property
    def days(self) -> list[str]:
        """The weekdays that are ticked on the page."""
        return self["weekdays"].value() or []

    def chosen(self) -> dict[str, object]:
        sent = self.cleaned_data
        weekdays = [int(day) for day in sent["weekdays"]]
        return {
            "address": sent["address"],
            "zone": sent["zone"],
            "clock": clock(sent["time"]),
            "weekdays": weekdays,
        }
