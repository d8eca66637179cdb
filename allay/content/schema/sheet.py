"""A sheet: a page that a person fills and keeps, such as my plan, my pain cycle or my flare plan."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.shape import Identifier, Inconsistent, Review, Shape, Text

# words: taps from suggestions, own words, a drawing. people: the same, and rows of who and the exact ask.
# practices: taps from the practices that are open to the person. ring: what follows what, in a circle.
SheetItemKind = Literal["words", "people", "practices", "ring"]


class SheetItem(Shape):
    """One line of a sheet. Nothing in it ever has to be filled."""

    id: Identifier
    kind: SheetItemKind = "words"
    most: int = Field(default=5, ge=1, le=12)  # taps; of a ring its places, of people their rows as well
    weeks: tuple[int, ...] = ()  # the sessions in which it is grown


class SheetItemText(Shape):
    """The words of one item in one language."""

    title: Text
    hint: str = ""
    suggestions: Mapping[Identifier, Text] = {}  # tap id -> words; an id once used keeps its meaning
    asks: tuple[Text, ...] = ()  # of people: what one may ask of somebody


class SheetText(Shape):
    """The words of a sheet in one language."""

    review: Review
    title: Text
    about: Text
    items: Mapping[Identifier, SheetItemText]


class Sheet(Shape):
    id: Identifier
    version: Text
    order: int = Field(ge=1)  # its place among the sheets
    opens_in: int = Field(default=1, ge=1, le=52)  # the week of the programme from which it is there
    practices: tuple[Identifier, ...] = ()  # practices whose page leads here
    new_or_changed_first: bool = False  # its first line asks whether something is new, and leads to the signs
    items: tuple[SheetItem, ...] = Field(min_length=1)
    text: Mapping[str, SheetText] = {}  # language -> words; filled by the library

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({item.id for item in self.items}) != len(self.items):
            raise Inconsistent("items", "an item id stands twice")
        return self

    def item(self, item_id: str) -> SheetItem | None:
        return next((item for item in self.items if item.id == item_id), None)

    def grown_in(self, week: int) -> tuple[SheetItem, ...]:
        """The items that the session of this week adds to."""
        return tuple(item for item in self.items if week in item.weeks)
