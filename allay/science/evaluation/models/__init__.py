"""Mixed models for repeated measures and for therapy groups, on sums instead of rows.

`mmrm` is the door; `docs/models.md` shows what it answers. Pure: no Django, no clock, no network.
"""

from allay.science.evaluation.models.errors import BadModel, ModelError, Unestimable
from allay.science.evaluation.models.fit import Estimated, Fit, Refused
from allay.science.evaluation.models.growth import growth
from allay.science.evaluation.models.mmrm import by_columns, mmrm
from allay.science.evaluation.models.standardised import Standardised, standardise
from allay.science.evaluation.models.summaries import Summaries, from_json

__all__ = [
    "BadModel",
    "Estimated",
    "Fit",
    "ModelError",
    "Refused",
    "Standardised",
    "Summaries",
    "Unestimable",
    "by_columns",
    "from_json",
    "growth",
    "mmrm",
    "standardise",
]
