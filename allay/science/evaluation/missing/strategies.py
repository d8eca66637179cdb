"""What people who left may have gone on to score: the means from which their missing values are imputed.

    MAR    as people of their own arm with the same course so far
    JR     jump to reference: from the visit after the last outcome on, the mean of the reference arm
    CIR    copy increments in reference: the own mean up to then, and from there the reference arm's steps
    CR     copy reference: the mean of the reference arm throughout
    LMCF   last mean carried forward: the own arm's mean at the last outcome's visit, from then on

Carpenter, Roger & Kenward (J Biopharm Stat 2013; 23: 1352-1371), as R's rbmi defines them: values before the last
outcome are imputed with the rest of the person, from the mean that the strategy gives; somebody without any outcome
has left before the first visit (then CIR is JR, and LMCF is MAR); and somebody with an outcome at the last visit
has not left at all. The covariance is that of all arms.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cells import Cells
from allay.science.evaluation.missing.cohort import Marks, Whole

Array = npt.NDArray[np.float64]
Strategy = Literal["MAR", "JR", "CIR", "CR", "LMCF"]
STRATEGIES: dict[Strategy, str] = {
    "MAR": "missing at random",
    "JR": "jump to reference",
    "CIR": "copy increments in reference",
    "CR": "copy reference",
    "LMCF": "last mean carried forward",
}


def course(strategy: Strategy, own: Array, reference: Array, begins: Whole) -> Array:
    """The means of cells, (..., G, q, T) as own (reference may broadcast); begins (G,): the visit from which they have left."""
    visits = own.shape[-1]
    reference = np.broadcast_to(reference, own.shape)
    after = np.arange(visits) >= begins[:, None]  # (G, T)
    later = after[:, None, :]
    left = (begins < visits)[:, None, None]
    if strategy == "MAR":
        return own
    if strategy == "JR":
        return np.where(later, reference, own)
    if strategy == "CR":
        return np.where(left, reference, own)
    never = (begins == 0)[:, None, None]
    last = np.maximum(begins - 1, 0)
    own_last = _at(own, last)
    if strategy == "LMCF":
        return np.where(later & ~never, own_last, own)
    step = np.where(never, 0.0, own_last - _at(reference, last))
    return np.where(later, reference + step, own)


def _at(means: Array, visit: Whole) -> Array:
    """(..., G, q, 1): each cell's mean at a visit of its own."""
    return np.take_along_axis(means, np.broadcast_to(visit[:, None, None], (*means.shape[:-1], 1)), axis=-1)


def undetermined(strategy: Strategy, cells: Cells, open_means: Marks) -> Marks:
    """(G, T) where a strategy would need a mean that the data do not determine. open_means (A, G, T)."""
    holes = np.where(open_means, np.nan, 0.0)
    own = holes[cells.arm, np.arange(len(cells.arm))][:, None, :]
    needed = np.isnan(course(strategy, own, holes[0][:, None, :], cells.begins))[:, 0]
    known = np.any(needed & cells.observed, axis=1, keepdims=True)
    return np.asarray(~cells.observed & (needed | known))
