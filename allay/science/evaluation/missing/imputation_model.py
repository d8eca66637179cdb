"""The model from which missing values are imputed: a mixed model for repeated measures, in a form that fills values in.

    y ~ covariates (by visit where asked) + arm * visit,   one covariance for all arms, REML

fitted and certified by `mmrm`. Its mean at visit t for a person with features z in arm a is z' D_a[t] beta: `maps` holds
D, so that the mean under another arm is the same z with that arm's D. Everything is on the scale of the standardised
outcome of the fit; features are standardised too, which changes no mean and keeps sums of products accurate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.missing.cells import Cells, Sums, cells_of, cross_products, summed
from allay.science.evaluation.missing.cohort import Cohort, Marks, Whole
from allay.science.evaluation.models import Fit, mmrm
from allay.science.evaluation.models.compressed import Compressed, based, level_of, square_root
from allay.science.evaluation.models.covariance import Structure, structure
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.ladder import climb_down
from allay.science.evaluation.models.repeated import fit_repeated
from allay.science.evaluation.models.solution import Solution
from allay.science.evaluation.models.variables import CONSTANT, Factor, Feature, Number

Array = npt.NDArray[np.float64]
SAME = 1e-7  # relative difference below which two rows of a design are one


@dataclass(frozen=True)
class Model:
    """A certified fit and what filling in needs of it, for A arms, T visits, q features and rank k.

    fit: of everybody; solution: of the people in the cells, who may be some of them. z (N, q) features, a 1 first;
    y (N, T) standardised, nought where missing; maps (A, T, q, k); centred and named (A, T, q, columns): the rows of the
    design on these features, well-conditioned and as written;
    open (A, G, T): the mean of cell G's people at a visit, were they in that arm, is not determined by the data;
    main (m,): the features that are covariates themselves.
    """

    fit: Fit
    solution: Solution
    shape: Structure
    cells: Cells
    sums: Sums
    z: Array
    y: Array
    centred: Array
    named: Array
    maps: Array
    open: Marks
    main: Whole

    @property
    def scale(self) -> float:
        return self.solution.basis.scale

    @property
    def shift(self) -> float:
        return self.solution.basis.shift

    @property
    def theta(self) -> Array:
        return self.solution.parameters

    @cached_property
    def flat(self) -> Array:
        """(A, T * q, k)"""
        arms, visits, q, k = self.maps.shape
        return self.maps.reshape(arms, visits * q, k)

    def means(self, beta: Array) -> Array:
        """(R, A, q, T) the mean of every arm as coefficients of z, from beta (R, k)."""
        arms, visits, q, k = self.maps.shape
        found = beta @ self.maps.reshape(-1, k).T
        return found.reshape(len(beta), arms, visits, q).transpose(0, 1, 3, 2)


def fit_model(cohort: Cohort, *, covariance: str = "us", by_visit: Sequence[str] = ()) -> Model:
    """Fits the imputation model. Raises Unestimable where no covariance can be certified.

    by_visit: covariates with a coefficient for each visit.
    """
    columns, names = _columns(cohort)
    fit = mmrm(
        columns,
        _formula(cohort, names, by_visit),
        visit="visit",
        outcomes={visit: f"y{place}" for place, visit in enumerate(cohort.visits)},
        levels={"arm": [str(place) for place in range(len(cohort.arms))]},
        factors=[names[name] for name, values in cohort.covariates.items() if values.dtype == object],
        covariance=covariance,
        df="residual",
    )
    if isinstance(fit, NotEstimable):
        raise Unestimable(fit.not_estimable)
    return _model(cohort, fit, names)


def _columns(cohort: Cohort) -> tuple[dict[str, Array], dict[str, str]]:
    """The columns of the fit under plain names, and the plain name of each covariate."""
    names = {name: f"x{place}" for place, name in enumerate(cohort.covariates)}
    columns = {"arm": cohort.arm.astype(str).astype(object)}
    columns |= {names[name]: values for name, values in cohort.covariates.items()}
    columns |= {f"y{place}": cohort.y[:, place] for place in range(len(cohort.visits))}
    return columns, names


def _formula(cohort: Cohort, names: dict[str, str], by_visit: Sequence[str]) -> str:
    unknown = [name for name in by_visit if name not in names]
    if unknown:
        raise BadModel(f"by visit: there is no covariate {quoted(unknown[0])}")
    several = len(cohort.visits) > 1
    terms = [f"{plain}*visit" if name in by_visit and several else plain for name, plain in names.items()]
    return "y ~ " + " + ".join([*terms, "arm*visit" if several else "arm"])


def _model(cohort: Cohort, fit: Fit, names: dict[str, str]) -> Model:
    design, basis = fit.design, fit.solution.basis
    free = _without_arm(design)
    raw = np.column_stack([_values(cohort, design, feature, names) for feature in free])
    z, levelling = _standardised(raw)
    arms = range(len(cohort.arms))
    centred = np.array([levelling.T @ _of_arm(design, design.centred, free, arm) for arm in arms])
    named = np.array([levelling.T @ _of_arm(design, design.restriction, free, arm) for arm in arms])
    cells = cells_of(cohort.arm, cohort.observed)
    y = np.where(cohort.observed, (cohort.y - basis.shift) / basis.scale, 0.0)
    sums = summed(cells, z, y)
    main = [place for place, one in enumerate(free) if len(one.names) == 1]
    return Model(
        fit=fit,
        solution=fit.solution,
        shape=structure(fit.covariance, len(cohort.visits)),
        cells=cells,
        sums=sums,
        z=z,
        y=y,
        centred=centred,
        named=named,
        maps=centred @ basis.turn,
        open=_undetermined(sums, centred @ basis.turn @ basis.triangle, named),
        main=np.array(main, dtype=np.int64),
    )


def fitted_to(model: Model, people: Whole) -> Model:
    """The same model and covariance structure fitted anew to some of the people, as if there were no others.

    Raises Unestimable where the fit cannot be certified, or where an arm is empty.
    """
    member = model.cells.member[people]
    cells = cells_of(model.cells.arm[member], model.cells.observed[member])
    if len(np.unique(cells.arm)) < len(model.maps):
        raise Unestimable("an arm is empty")
    z, y = model.z[people], model.y[people] * model.scale
    folded = _folded(model, cells, summed(cells, z, y))
    solution, _, _ = climb_down(folded, model.shape.visits, model.shape.name, fit_repeated, ladder=False)
    basis = solution.basis
    sums, maps = summed(cells, z, y / basis.scale), model.centred @ basis.turn
    return replace(
        model,
        solution=solution,
        cells=cells,
        sums=sums,
        z=z,
        y=y / basis.scale,
        maps=maps,
        open=_undetermined(sums, maps @ basis.triangle, model.named),
    )


def _folded(model: Model, cells: Cells, sums: Sums) -> Compressed:
    """Cells as the few rows that the mixed model's engine takes; those without any outcome say nothing to it."""
    design, q = model.fit.design, sums.zz.shape[-1]
    places = np.flatnonzero(cells.observed.any(axis=1))
    roots = [square_root(one) for one in cross_products(sums)[places]]
    visits, columns = model.centred.shape[1], model.centred.shape[3]
    raw = np.zeros((len(places), visits, max((len(root) for root in roots), default=0), columns + 1))
    for row, (place, root) in enumerate(zip(places, roots, strict=True)):
        seen = cells.observed[place]
        raw[row, seen, : len(root), :-1] = root[:, :q] @ model.centred[cells.arm[place]][seen]
        raw[row, seen, : len(root), -1] = root[:, q:].T[seen]
    n, observed = sums.n[0, places], cells.observed[places]
    rows, basis = based(raw, design, (model.shift, level_of(design)), int(n @ observed.sum(axis=1)))
    none = np.zeros(len(places), dtype=np.int64)
    return Compressed(observed, n, none, none - 1, (), np.sqrt(n), rows, 0.0, basis)


def _without_arm(design: Design) -> list[Feature]:
    """The features with the arm taken out of them, the constant first."""
    found = {CONSTANT: None}
    for feature in design.steady:
        found[_armless(feature)] = None
    return list(found)


def _armless(feature: Feature) -> Feature:
    return Feature(feature.numbers, tuple(level for level in feature.levels if level[0] != "arm"))


def _of_arm(design: Design, rows: Array, free: list[Feature], arm: int) -> Array:
    """(T, q, k) the rows (T, features, k) of a design for people of one arm, on the features without the arm."""
    found = np.zeros((rows.shape[0], len(free), rows.shape[2]))
    for place, feature in enumerate(design.steady):
        own = dict(feature.levels).get("arm")
        if own is None or own == arm:
            found[:, free.index(_armless(feature))] += rows[:, place]
    return found


def _values(cohort: Cohort, design: Design, feature: Feature, names: dict[str, str]) -> Array:
    """(N,) a feature of everybody, as the design shifts it."""
    columns = {names[name]: values for name, values in cohort.covariates.items()}
    found = np.ones(cohort.size)
    for name in feature.numbers:
        variable = design.variables[name]
        assert isinstance(variable, Number)
        found = found * (columns[name].astype(float) - variable.shift)
    for name, level in feature.levels:
        factor = design.variables[name]
        assert isinstance(factor, Factor)
        found = found * (columns[name] == factor.levels[level])
    return found


def _standardised(raw: Array) -> tuple[Array, Array]:
    """z (N, q) with mean 0 and SD 1 but for the constant, and S with raw = z S'."""
    q = raw.shape[1]
    middle, spread = raw[:, 1:].mean(axis=0), raw[:, 1:].std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    z = np.column_stack([np.ones(len(raw)), (raw[:, 1:] - middle) / spread])
    levelling = np.eye(q)
    levelling[1:, 0] = middle
    levelling[np.arange(1, q), np.arange(1, q)] = spread
    return z, levelling


def _undetermined(sums: Sums, reached: Array, named: Array) -> Marks:
    """(A, G, T) where the row of the design is no combination of the rows of the data.

    reached (A, T, q, K) leads through the basis of the data, named is the design as written: they are the same
    row where the data determine it.
    """
    arms, visits = named.shape[:2]
    found = np.zeros((arms, sums.n.shape[1], visits), dtype=bool)
    size = np.abs(named).max(axis=(0, 1, 2)) + 1e-300
    for cell, products in enumerate(sums.zz[0]):
        rows = square_root(products) / np.sqrt(max(sums.n[0, cell], 1.0))
        apart = np.abs(rows @ ((reached - named) / size)).max(axis=(2, 3))
        found[:, cell] = apart > SAME
    return found
