"""What every shape shares: frozen, extra keys refused, ids in lower case."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Direction = Literal["higher", "lower"]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
