"""The parts of a plan about the primary comparison: the question in words, the model, several tests at once."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from allay.content.schema.shape import Shape

ModelKind = Literal["clda", "mmrm", "ancova"]
Covariance = Literal["us", "toeph", "toep", "ar1h", "ar1", "adh", "ad", "csh", "cs"]
DfMethod = Literal["kenward-roger", "satterthwaite", "between-within"]
Vcov = Literal["model", "CR0", "CR2", "CR3"]
Family = Literal["primary", "secondary", "exploratory"]
IGNORED = "none"  # [model] groups: therapy groups are not taken into account


def _as_text(value: object) -> object:
    """Names in a plan may be written as whole numbers: timepoints = [1, 4]."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("a name must not hold control characters or line breaks")
    return value


Name = Annotated[
    str, BeforeValidator(_as_text), Field(min_length=1, max_length=200), AfterValidator(_printable)
]
Words = Annotated[str, Field(max_length=2000)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Estimand(Shape):
    """What is to be estimated, in words (ICH E9(R1): population, treatment, variable, events, summary)."""

    question: Words = ""  # one plain sentence that opens the report
    population: Words = ""
    treatment: Words = ""
    variable: Words = ""
    events: Words = ""  # what is done about leaving, other care, and the like
    summary: Words = ""


class Model(Shape):
    """The model of the primary comparison.

    clda: all scores, the first among them, with no difference between arms at the first timepoint. mmrm: the later
    scores, the first one as a covariate at each of them. ancova: only those measured at both ends.
    """

    kind: ModelKind = "clda"
    covariance: Covariance = "us"
    covariance_by_arm: bool = False
    df: DfMethod = "kenward-roger"
    vcov: Vcov = "model"
    covariates: tuple[Name, ...] = Field(default=(), max_length=30)
    factors: tuple[Name, ...] = ()  # covariates that are categories although they look like numbers
    groups: Name | None = None  # the arm whose people meet in therapy groups, or "none"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = next((name for name in self.covariates if self.covariates.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"the covariate {twice} stands twice")
        stray = next((name for name in self.factors if name not in self.covariates), None)
        if stray is not None:
            raise ValueError(f"the factor {stray} is not among the covariates")
        return self


class Multiplicity(Shape):
    """How several tests are kept from finding something by chance.

    holm: within each family of outcomes. gatekeeping: families in their order (primary, secondary), Holm within; a
    family is tested only when every test of those before it has succeeded. Exploratory outcomes are never corrected.
    """

    method: Literal["none", "holm", "gatekeeping"] = "none"


class Flow(Shape):
    """People before the table begins, as the study counted them: for the flow of participants."""

    assessed: Annotated[int, Field(ge=0)] | None = None
    excluded: dict[Name, Annotated[int, Field(ge=0)]] = {}  # reason → people
    allocated: dict[Name, Annotated[int, Field(ge=0)]] = {}  # arm → people


__all__ = [
    "IGNORED",
    "Estimand",
    "Family",
    "Flow",
    "Model",
    "Multiplicity",
    "Name",
    "Number",
    "Positive",
]
