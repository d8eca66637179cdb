"""Is a person's change more than measurement error, and does it matter?

`reliable` has the index of Jacobson and Truax, `yardsticks` that and five others, `cutoffs` the border between the
clinical and the functional side, `categories` what both say together about a person, `anchors` what they say of a mean.

Boundaries. Reliable change needs an index strictly beyond z. A cut-off is crossed by a person who stands
strictly on the clinical side before and strictly on the functional side after. An important change is one of
at least the important amount. Differences below `ROUNDING` of a score point are rounding, not change.
"""

from allay.science.change.anchors import AnchorCategory, against_amount
from allay.science.change.categories import (
    Combined,
    PersonChange,
    by_amount,
    by_percentage,
    classify,
    combined,
    combined_true,
)
from allay.science.change.cutoffs import (
    CutoffKind,
    MeanAndSd,
    TrueStanding,
    crossed,
    cutoff,
    reliability_of,
    true_population,
)
from allay.science.change.group_level import GroupLevel, group_level
from allay.science.change.reliable import (
    ROUNDING,
    Z_ONE_SIDED,
    ReliableChange,
    Z,
    change_band,
    measurement_error,
    reliable_change,
    sign,
)
from allay.science.change.yardsticks import (
    METHODS,
    LinearMethod,
    Method,
    RelativeTo,
    Reliable,
    Sample,
    Yardstick,
    difference_reliability,
    relative_to,
    verdict,
    yardstick,
)

__all__ = [
    "METHODS",
    "ROUNDING",
    "Z_ONE_SIDED",
    "AnchorCategory",
    "Combined",
    "CutoffKind",
    "GroupLevel",
    "LinearMethod",
    "MeanAndSd",
    "Method",
    "PersonChange",
    "RelativeTo",
    "Reliable",
    "ReliableChange",
    "Sample",
    "TrueStanding",
    "Yardstick",
    "Z",
    "against_amount",
    "by_amount",
    "by_percentage",
    "change_band",
    "classify",
    "combined",
    "combined_true",
    "crossed",
    "cutoff",
    "difference_reliability",
    "group_level",
    "measurement_error",
    "relative_to",
    "reliability_of",
    "reliable_change",
    "sign",
    "true_population",
    "verdict",
    "yardstick",
]
