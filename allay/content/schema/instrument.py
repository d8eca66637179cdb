"""An instrument: one folder of definition.toml, text.<language>.toml and examples.toml."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from allay.content.schema.shape import Direction, Identifier, Inconsistent, Review, Shape, Text


class Licence(Shape):
    """On what ground the wording may stand here. `status` decides whether wording may be shipped."""

    status: Literal["bundled", "own", "pack", "site-supplied", "forbidden"]
    basis: Text
    source: Text
    checked_on: date


class Scale(Shape):
    """The permitted answer values, in order."""

    values: tuple[int, ...] = Field(min_length=2)

    @property
    def low(self) -> int:
        return min(self.values)

    @property
    def high(self) -> int:
        return max(self.values)


class Item(Shape):
    id: Identifier
    scale: Identifier
    reverse: bool = False  # scored as low + high - answer


class Distribution(Shape):
    """Mean and standard deviation of a population, with its source."""

    mean: float
    sd: float = Field(gt=0)
    source: Text


class ChangeNorms(Shape):
    """What it takes for a change to be more than measurement error, and to matter."""

    reliability: float = Field(gt=0, lt=1)
    sd: float = Field(gt=0)
    important: float | None = Field(default=None, gt=0)  # minimal important change, score points
    clinical: Distribution | None = None
    functional: Distribution | None = None
    source: Text
    borrowed_from: str | None = None  # another instrument whose numbers these are: said wherever they show


class Band(Shape):
    """An interpretation of scores from `low` to `high`, both included."""

    id: Identifier
    low: float
    high: float


class ScoreRule(Shape):
    """How a score is made: sum or mean of items, after reversing.

    With at least `min_answered` answers a sum is prorated (mean of the answered items times their
    number) and a mean is taken over the answered; with fewer there is no score.
    """

    id: Identifier
    method: Literal["sum", "mean"]
    items: tuple[Identifier, ...] = Field(min_length=1)
    min_answered: int = Field(ge=1)
    missing_rule: Text  # where the rule comes from, in words
    better: Direction
    change: ChangeNorms | None = None
    bands: tuple[Band, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.items)) != len(self.items):
            raise Inconsistent("items", "an item stands twice in this score")
        if self.min_answered > len(self.items):
            raise Inconsistent("min_answered", "is larger than the number of items")
        return self

    def band_of(self, value: float) -> Band | None:
        """The band a score falls into: the last one that begins at or below it.

        A prorated sum may lie between two whole numbers, so it belongs to the band it has not yet left.
        """
        begun = [band for band in self.bands if band.low <= value]
        return max(begun, key=lambda band: band.low) if begun else None


class Wording(Shape):
    """The words of an instrument in one language."""

    review: Review | None = None  # for our own words; a published questionnaire is not ours to review
    title: Text
    short: Text  # a neutral name for lists, for example "How you have been"
    instruction: Text
    minutes: int = Field(ge=1, le=60)
    options: Mapping[str, Mapping[str, Text]] = {}  # scale id -> answer value -> label
    ends: Mapping[str, tuple[Text, Text]] = {}  # scale id -> words at both ends of a tap row
    items: Mapping[str, Text]
    scores: Mapping[str, Text]  # score id -> what it is called
    bands: Mapping[str, Text] = {}  # band id -> words for staff
    credit: str = ""


class Example(Shape):
    """Worked answers with the scores they must give; None stands for a skipped item or no score.

    TOML has no word for nothing, so in the file an item is "skipped" and a score is "none".
    """

    reason: Text
    answers: Mapping[str, int | None]
    scores: Mapping[str, float | None]

    @field_validator("answers", mode="before")
    @classmethod
    def _skipped(cls, answers: object) -> object:
        return _without(answers, "skipped")

    @field_validator("scores", mode="before")
    @classmethod
    def _no_score(cls, scores: object) -> object:
        return _without(scores, "none")


def _without(table: object, word: str) -> object:
    if not isinstance(table, Mapping):
        return table
    return {key: None if value == word else value for key, value in table.items()}


class Instrument(Shape):
    id: Identifier
    version: Text
    recall: Text
    licence: Licence
    scales: Mapping[str, Scale]
    items: tuple[Item, ...] = Field(min_length=1)
    scores: tuple[ScoreRule, ...] = Field(min_length=1)
    wording: Mapping[str, Wording] = {}  # language -> words; filled by the library from text.<language>.toml
    examples: tuple[Example, ...] = ()  # filled by the library from examples.toml
    fingerprint: str = ""  # filled by the library: SHA-256 of definition and wording

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = {item.id for item in self.items}
        if len(known) != len(self.items):
            raise Inconsistent("items", "an item id stands twice")
        if len({rule.id for rule in self.scores}) != len(self.scores):
            raise Inconsistent("scores", "a score id stands twice")
        for place, item in enumerate(self.items):
            if item.scale not in self.scales:
                raise Inconsistent(f"items.{place}.scale", f"there is no scale {item.scale}")
        for place, rule in enumerate(self.scores):
            if unknown := set(rule.items) - known:
                reason = f"unknown items: {', '.join(sorted(unknown))}"
                raise Inconsistent(f"scores.{place}.items", reason)
        return self

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)

    def rule(self, score_id: str) -> ScoreRule | None:
        return next((rule for rule in self.scores if rule.id == score_id), None)

    def scale_of(self, item: Item) -> Scale:
        return self.scales[item.scale]

    def score_range(self, rule: ScoreRule) -> tuple[float, float]:
        """The lowest and highest possible value of a score."""
        scales = [self.scales[item.scale] for item in self.items if item.id in rule.items]
        low, high = sum(scale.low for scale in scales), sum(scale.high for scale in scales)
        return (low, high) if rule.method == "sum" else (low / len(scales), high / len(scales))
