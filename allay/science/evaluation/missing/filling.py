"""The analysis of filled-in outcomes, without filling any in: analysis of covariance from cross-products.

The conditional mean of a person with features z and outcomes y_o, under a strategy's mean z'M, is

    y* = M'z + Sigma W (y - M'z)          W = Sigma[o, o]^-1 at the observed visits, nought elsewhere

so that sum z y*' = zz M + (zy - zz M) W Sigma for each cell, and the least-squares coefficients of every visit's
outcome on arm and covariates, over everybody, follow from these sums (Wolbers et al., Pharm Stat 2022; 21: 1246-1257).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cells import Sums
from allay.science.evaluation.missing.cohort import Marks, Whole
from allay.science.evaluation.missing.imputation_model import Model
from allay.science.evaluation.missing.refits import Refits
from allay.science.evaluation.missing.strategies import Strategy, course, undetermined
from allay.science.evaluation.models.compressed import COLLINEAR
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
DEFICIENT = 1e-10


@dataclass(frozen=True)
class Regression:
    """The columns of the analysis: a person of arm a with features z has the row z' loads[a].

    loads (A, q, m): intercept, the arms but the reference, then the `kept` covariates, (m - A,) of the features.
    """

    loads: Array
    kept: Whole

    @property
    def columns(self) -> int:
        return int(self.loads.shape[2])


@dataclass(frozen=True)
class Analysed:
    """Of R replicates, in units of the outcome; NaN where it cannot be had.

    effects (R, S, A - 1, T) of S strategies: each arm less the reference; means (R, S, A, T) at the average of the
    covariates; slopes (R, 2, A - 1, T): by how much an effect moves when one point is added to every missing value
    of all arms but the reference (0), or of all arms (1).
    """

    effects: Array
    means: Array
    slopes: Array

    def unknown(self, replicates: int) -> Analysed:
        """NaN throughout."""
        parts = (self.effects, self.means, self.slopes)
        return Analysed(*(np.full((replicates, *part.shape[1:]), np.nan) for part in parts))

    @staticmethod
    def joined(parts: Sequence[Analysed]) -> Analysed:
        return Analysed(
            *(
                np.concatenate(each)
                for each in zip(*((p.effects, p.means, p.slopes) for p in parts), strict=True)
            )
        )


def regression(model: Model) -> Regression:
    """Arm and covariates, without covariates that others already say. Raises Unestimable where arms cannot be told."""
    arms, q = model.maps.shape[0], model.z.shape[1]
    kept: list[int] = []
    for place in [None, *model.main.tolist()]:
        tried = _loads([*kept, place] if place is not None else kept, arms, q)
        values = np.linalg.eigvalsh(_scaled(_products(model, model.sums, tried))[0])
        if values[0] > COLLINEAR:
            kept += [place] if place is not None else []
        elif place is None:
            raise Unestimable("an arm is empty")
    return Regression(_loads(kept, arms, q), np.array(kept, dtype=np.int64))


def _loads(kept: Sequence[int], arms: int, q: int) -> Array:
    found = np.zeros((arms, q, arms + len(kept)))
    found[:, 0, 0] = 1.0
    for arm in range(1, arms):
        found[arm, 0, arm] = 1.0
    for number, place in enumerate(kept):
        found[:, place, arms + number] = 1.0
    return found


def _products(model: Model, sums: Sums, loads: Array) -> Array:
    """(R, m, m) sum of w w'."""
    each = loads[model.cells.arm]
    return np.asarray((each.swapaxes(1, 2) @ sums.zz @ each).sum(axis=1))


def _scaled(products: Array) -> Array:
    size = np.sqrt(np.maximum(np.diagonal(products, axis1=-2, axis2=-1), 1e-300))
    return np.asarray(products / size[..., :, None] / size[..., None, :])


def analysed(
    model: Model, plan: Regression, sums: Sums, fits: Refits, strategies: Sequence[Strategy]
) -> Analysed:
    """All strategies at every visit, for each replicate."""
    arms = model.maps.shape[0]
    products = _products(model, sums, plan.loads)
    whole = np.linalg.eigvalsh(_scaled(products))[:, 0] > DEFICIENT
    inverse = np.full_like(products, np.nan)
    inverse[whole] = np.linalg.inv(products[whole])
    coefficients = np.stack(
        [inverse @ weighed(plan, model, filled(model, sums, fits, one)) for one in strategies], axis=1
    )
    for number, strategy in enumerate(strategies):
        coefficients[:, number, :, hidden(model, strategy)] = np.nan
    average = averages(model, plan, sums)
    means = average @ coefficients * model.scale + model.shift
    return Analysed(
        coefficients[:, :, 1:arms] * model.scale, means, _slopes(model, plan, sums, inverse)[:, :, 1:arms]
    )


def hidden(model: Model, strategy: Strategy) -> Marks:
    """(T,) visits at which somebody's value would need a mean that the data do not determine."""
    return np.asarray(undetermined(strategy, model.cells, model.open).any(axis=0))


def filled(model: Model, sums: Sums, fits: Refits, strategy: Strategy) -> Array:
    """(R, G, q, T): sum z y*' of every cell, on the scale of the model."""
    cells = model.cells
    every = model.means(fits.beta)
    mean = course(strategy, every[:, cells.arm], every[:, [0]], cells.begins)
    plain = sums.zz @ mean
    back = fits.inverse @ fits.sigma[:, None]
    return np.asarray(plain + (sums.zy - plain) @ back[:, cells.pattern])


def weighed(plan: Regression, model: Model, each: Array) -> Array:
    """(R, m, T): sum w y' from sum z y' of every cell (R, G, q, T)."""
    by_arm = [each[:, model.cells.of(arm)].sum(axis=1) for arm in range(len(plan.loads))]
    return np.asarray(sum(load.T @ part for load, part in zip(plan.loads, by_arm, strict=True)))


def averages(model: Model, plan: Regression, sums: Sums) -> Array:
    """(R, 1, A, m): the row of each arm at the average of the covariates over everybody."""
    middle = sums.zz[:, :, 0].sum(axis=1) / sums.n.sum(axis=1, keepdims=True)
    return np.asarray((middle @ plan.loads).transpose(1, 0, 2)[:, None])


def shifted(model: Model, sums: Sums) -> Array:
    """(2, R, G, q, T): sum of z over missing values, of all arms but the reference, and of all arms."""
    missing = ~model.cells.observed[None, :, None, :]
    both = sums.zz[:, :, 0, :, None] * missing
    active = both * (model.cells.arm > 0)[None, :, None, None]
    return np.array([active, both])


def _slopes(model: Model, plan: Regression, sums: Sums, inverse: Array) -> Array:
    return np.stack([inverse @ weighed(plan, model, each) for each in shifted(model, sums)], axis=1)
