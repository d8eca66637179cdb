"""What participants send from ordinary forms, with JavaScript off. The phone's outbox has its own reader (outbox.py)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from allay.content.schema import CheckInForm as CheckInContent
from allay.faces.participant.ids import random_id
from allay.faces.shared.forms import Question, check_in_question

ISO_DAY = ["%Y-%m-%d"]


class OwnId(forms.Field):
    """The id that makes a form count once, however often it is sent: made by the phone or the server."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> UUID:
        found = random_id(value)
        if found is None:
            raise forms.ValidationError(_("This form is not whole. Please try once more."))
        return found


class Entry(forms.Form):
    """What check-ins and practice logs share."""

    id = OwnId()
    day = forms.DateField(input_formats=ISO_DAY, widget=forms.HiddenInput)


class CheckInForm(Entry):
    """A form of the content: one field for each of its items."""

    not_today = forms.CharField(required=False)

    def __init__(self, content: CheckInContent, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.content = content
        for item in content.items:
            row = forms.IntegerField(min_value=0, max_value=10, required=False)
            self.fields[item.id] = (
                row if item.kind == "row" else forms.CharField(max_length=60, required=False)
            )

    def entry(self) -> dict[str, Any]:
        """The check-in as the verb takes it. "Not today" is a full answer: what was tapped before it is left out."""
        values = dict(self.cleaned_data)
        not_today = bool(values.pop("not_today"))
        answers = {} if not_today else {item.id: values[item.id] for item in self.content.items}
        entry = {"id": values["id"], "day": values["day"], "form": self.content.id}
        return {**entry, "not_today": not_today, **answers}

    def questions(self) -> list[Question]:
        return [
            check_in_question(item, self.data.get(item.id), self.errors.get(item.id, ()))
            for item in self.content.items
        ]


class PracticeForm(Entry):
    minutes = forms.IntegerField(min_value=1, max_value=10)
    after = forms.CharField(max_length=12, required=False)


YES_OR_NO = [("yes", "yes"), ("no", "no")]
UNDECIDED = {
    "required": _("Please choose one of the two."),
    "invalid_choice": _("Please choose one of the two."),
}


class ConsentForm(forms.Form):
    """Two decisions, each by itself. Whoever does not take part need not answer the second."""

    text = forms.IntegerField(widget=forms.HiddenInput)
    programme = forms.ChoiceField(choices=YES_OR_NO, error_messages=UNDECIDED)
    evaluation = forms.ChoiceField(choices=YES_OR_NO, required=False, error_messages=UNDECIDED)

    def clean(self) -> None:
        takes_part = self.cleaned_data.get("programme") == "yes"
        if takes_part and not self.cleaned_data.get("evaluation") and "evaluation" not in self.errors:
            self.add_error("evaluation", UNDECIDED["required"])

    def decided(self, choice: str) -> bool:
        return self.cleaned_data[choice] == "yes"


def consent_questions(body: Mapping[str, Any], form: ConsentForm) -> list[Question]:
    """The two choices of the registered text, in its own words."""
    answers = form.data if form.is_bound else form.initial
    return [
        Question(
            name=choice["id"],
            words=choice["question"],
            choices=(("yes", choice["yes"]), ("no", choice["no"])),
            answer=answers.get(choice["id"]),
            errors=form.errors.get(choice["id"], ()),
        )
        for choice in body["choices"]
    ]
