"""The sweep operator on many small matrices at once: every regression of a bootstrap in a few lines.

Sweeping the cross-products of (Z, Y) on Z leaves (Z'Z)^-1 in place of Z'Z, the coefficients of the regressions of Y on
Z in the upper right, and their residual cross-products in the lower right (Goodnight, American Statistician 1979; 33:
149-158). Only arithmetic is done, so that complex numbers pass and a derivative can be had by a complex step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Matrices = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
TOLERANCE = 1e-9  # a pivot below this share of its diagonal is determined by those swept before


def sweep(matrices: Matrices, places: Iterable[int]) -> tuple[Matrices, Flags]:
    """Matrices (..., d, d) swept on `places`, and which of them (...) had only sound pivots.

    Where a pivot was not sound the numbers mean nothing.
    """
    swept = np.array(np.moveaxis(matrices, (-2, -1), (0, 1)), order="C")  # the many along the fastest axis
    size = np.abs(swept[range(len(swept)), range(len(swept))])
    sound = np.ones(swept.shape[2:], dtype=bool)
    for k in places:
        good = np.abs(swept[k, k]) > TOLERANCE * size[k]
        sound &= good
        pivot = np.where(good, swept[k, k], 1.0)
        row, column = swept[k] / pivot, swept[:, k].copy()
        swept -= column[:, None] * row[None]
        swept[k], swept[:, k] = row, -column / pivot
        swept[k, k] = 1 / pivot
    return np.moveaxis(swept, (0, 1), (-2, -1)), sound
