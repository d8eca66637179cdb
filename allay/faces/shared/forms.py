"""One form for every instrument, built from its definition as it was frozen.

An item has three states on a page: not answered (its name is not sent), skipped (sent empty) and answered.
Names with an underscore are the form's own; ids of items never have one, so they cannot meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from allay.content.schema import CheckInItem, Instrument, Item, Wording

OWN_NAMES = frozenset({"csrfmiddlewaretoken", "response_id", "next_step"})
LONGEST_ANSWER = 6  # characters of a whole number; longer ones are not read at all
ABSENT = object()


@dataclass(frozen=True)
class Question:
    """What `shared/_instrument.html` draws: a row of numbers, or a list of choices."""

    name: str
    words: str
    choices: tuple[tuple[int | str, str], ...]  # value and words; empty for a row
    values: tuple[int, ...] = ()  # of a row
    ends: tuple[str, str] = ("", "")
    answer: int | str | None = None
    skipped: bool = False
    chips: bool = False
    errors: Sequence[str] = ()


def whole_number(typed: str) -> int | None:
    """A whole number as somebody may send it; None for anything else."""
    digits = typed.removeprefix("-")
    return int(typed) if digits.isascii() and digits.isdigit() and len(typed) <= LONGEST_ANSWER else None


class AnswerField(forms.Field):
    """One item. Its value is a number of the scale, None (skipped) or ABSENT."""

    widget = forms.MultipleHiddenInput  # gives all values sent under the name

    def __init__(self, values: Sequence[int]) -> None:
        super().__init__(required=False)
        self.values = values

    def clean(self, value: list[str] | None) -> object:
        if not value:
            return ABSENT
        if value == [""]:
            return None
        number = whole_number(value[0]) if len(value) == 1 else None
        if number is None or number not in self.values:
            raise forms.ValidationError(_("Please choose one of the answers shown here."))
        return number


class InstrumentForm(forms.Form):
    """Any instrument. `given` are the answers kept so far; `data` is what was sent just now."""

    def __init__(
        self,
        definition: Instrument,
        *,
        words: Wording,
        given: Mapping[str, int | None] | None = None,
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        self.definition, self.words, self.given = definition, words, dict(given or {})
        for item in definition.items:
            self.fields[item.id] = AnswerField(definition.scale_of(item).values)

    def clean(self) -> None:
        for name in self.data:
            if name not in self.fields and name not in OWN_NAMES:
                self.add_error(None, _("There is no question “%s” here.") % name[:40])

    @property
    def answers(self) -> dict[str, int | None]:
        """The fitting answers sent just now, skipped ones as None. Only after `is_valid()` was asked."""
        return {name: value for name, value in self.cleaned_data.items() if value is not ABSENT}

    @property
    def missing(self) -> list[str]:
        """Items neither answered nor skipped, now or before."""
        known = {**self.given, **self.answers}
        return [item.id for item in self.definition.items if item.id not in known]

    def questions(self) -> list[Question]:
        """All items as they stand on the page: what was sent just now goes before what was kept."""
        return [self._question(item) for item in self.definition.items]

    def _question(self, item: Item) -> Question:
        answer = self._standing(item.id)
        scale, options = self.definition.scale_of(item), self.words.options.get(item.scale, {})
        return Question(
            name=item.id,
            words=self.words.items[item.id],
            choices=tuple((value, options[str(value)]) for value in scale.values if str(value) in options),
            values=scale.values,
            ends=self.words.ends.get(item.scale, ("", "")),
            answer=answer if isinstance(answer, int) else None,
            skipped=answer is None,
            errors=self.errors.get(item.id, ()),
        )

    def _standing(self, name: str) -> object:
        """The answer to show: a number, None (skipped) or ABSENT."""
        sent = self.data.getlist(name) if self.is_bound else []
        if not sent:
            return self.given.get(name, ABSENT)
        if sent == [""]:
            return None
        number = whole_number(sent[-1])
        return ABSENT if number is None else number


def check_in_question(item: CheckInItem, answer: str | None, errors: Sequence[str]) -> Question:
    """One question of the check-in. `answer` as it was sent."""
    row = item.kind == "row"
    return Question(
        name=item.id,
        words=item.question,
        choices=tuple(item.choices.items()),
        values=tuple(range(11)) if row else (),
        ends=item.ends or ("", ""),
        answer=whole_number(answer) if row and answer else answer,
        chips=True,
        errors=errors,
    )
