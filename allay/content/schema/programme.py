"""The programme: twelve sessions in a fixed frame, for participant and facilitator."""

from collections.abc import Collection, Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from allay.content.schema.practice import FourStep, Mechanism
from allay.content.schema.shape import Circumstance, Identifier, Inconsistent, Review, Shape, Text
from allay.content.schema.texts import Passage


class HomePractice(Shape):
    """What to try between meetings: about one minute, three, ten, and something to notice."""

    least: Text
    more: Text
    if_you_like: Text
    noticing: Text


class FrameBlock(Shape):
    """A block of the frame that every session shares."""

    id: Identifier
    minutes: int = Field(ge=1)
    title: Text
    rule: Text


class SessionBlock(FrameBlock):
    """One block of the facilitator's guide."""

    guide: str = ""  # Markdown, quotes are read aloud; empty while only the structure is written
    say: tuple[Text, ...] = ()  # what must be said even when time is short; comes before the guide


class SessionGuide(Shape):
    """The facilitator's side of a session."""

    prepare: tuple[Text, ...] = ()
    blocks: tuple[SessionBlock, ...] = Field(min_length=1)
    watch: tuple[Text, ...] = Field(min_length=1, max_length=6)
    online: str = ""  # Markdown: what changes when the group meets online

    @property
    def minutes(self) -> int:
        return sum(block.minutes for block in self.blocks)

    def block(self, block_id: str) -> SessionBlock | None:
        return next((block for block in self.blocks if block.id == block_id), None)


class SessionVariant(Shape):
    """A passage for those in one of these circumstances, beside the others or in the place of one."""

    when: tuple[Circumstance, ...] = Field(min_length=1)
    heading: Text
    body: Text  # Markdown
    instead_of: str = ""  # heading of the passage whose place it takes; empty: it is added at the end


class SessionText(Shape):
    """The words of a session in one language."""

    review: Review
    title: Text
    aims: tuple[Text, ...] = Field(min_length=1, max_length=4)
    ideas: tuple[Text, ...] = Field(min_length=1, max_length=5)
    prompts: tuple[Text, ...] = Field(min_length=1, max_length=3)
    home: HomePractice
    passages: tuple[Passage, ...] = ()  # the participant's text; empty while only the structure is written
    guide: SessionGuide
    variants: tuple[SessionVariant, ...] = ()

    @model_validator(mode="after")
    def _places(self) -> Self:
        headings = {passage.heading for passage in self.passages}
        for place, variant in enumerate(self.variants):
            if variant.instead_of and variant.instead_of not in headings:
                reason = f"there is no passage {variant.instead_of}"
                raise Inconsistent(f"variants.{place}.instead_of", reason)
        return self

    def passages_for(self, circumstances: Collection[Circumstance]) -> tuple[Passage, ...]:
        """The passages as somebody in these circumstances reads them; the first variant that fits counts."""
        fitting = [variant for variant in self.variants if set(variant.when) & set(circumstances)]
        instead = {variant.instead_of: variant for variant in reversed(fitting) if variant.instead_of}
        doing = {"over", "under"} & set(circumstances)
        fitting_passages = [p for p in self.passages if not doing or p.only_for in (None, *doing)]
        kept = [_as_passage(instead[p.heading]) if p.heading in instead else p for p in fitting_passages]
        return (*kept, *(_as_passage(variant) for variant in fitting if not variant.instead_of))


def _as_passage(variant: SessionVariant) -> Passage:
    return Passage(heading=variant.heading, body=variant.body)


class Session(Shape):
    week: int = Field(ge=1, le=12)
    slug: Identifier
    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)
    steps: tuple[FourStep, ...] = Field(min_length=1)
    practices: tuple[Identifier, ...] = Field(min_length=1)  # the first is the week's main practice
    alternatives: tuple[Identifier, ...] = Field(min_length=1)
    safety_level: Literal["ordinary", "exposing"]
    text: Mapping[str, SessionText] = {}  # language -> words; filled by the library
    drawing: str = ""  # SVG source without style or script; filled by the library

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if both := set(self.practices) & set(self.alternatives):
            reason = f"{', '.join(sorted(both))} is a practice of this session already"
            raise Inconsistent("alternatives", reason)
        return self

    @property
    def review(self) -> Review:
        return next(iter(self.text.values())).review

    def written_in(self, language: str) -> bool:
        return language in self.text and bool(self.text[language].passages)


class Programme(Shape):
    id: Identifier
    version: Text
    title: Text
    weeks: int = Field(ge=1)
    meeting_minutes: int = Field(ge=30)
    schedule: Identifier
    consent: Identifier
    check_in: Identifier  # asked about the day; a study may choose another form
    weekly_note: Identifier | None = None  # asked about the week
    sessions: tuple[Session, ...] = ()  # filled by the library, in order of weeks

    def session(self, week: int) -> Session | None:
        return next((session for session in self.sessions if session.week == week), None)
