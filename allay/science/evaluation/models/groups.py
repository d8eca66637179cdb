"""Therapy groups in one arm: a random effect shared by the people who meet, on top of repeated measures.

For a group's people together V = blockdiag(Sigma[o, o]) + psi d d', with d = 1 at the visits at which people of the
arm that meets can be alike and 0 elsewhere; people of the other arm, who meet nobody, have psi = 0 (Bauer, Sterba &
Hallfors, Multivariate Behav Res 2008; 43: 210-236). By the Sherman-Morrison formula, with W = Sigma[o, o]^-1,
kappa = d'W d and r = d'W [X, y] summed over the group, and c = 1 / (1 + psi kappa),

    log |V| = sum log |Sigma[o, o]| + log (1 + psi kappa)
    X'V^-1 X = sum X'W X - psi c r r'              V^-1 X = W (X - d h),  h = psi c r
    V^-1 d = c W d                                 d'V^-1 d = c kappa

so the formulas of `likelihood` hold with X - d h in the place of X, up to terms of rank one per group. Only sums over
each group and pattern are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.certificate import certify
from allay.science.evaluation.models.compressed import Compressed
from allay.science.evaluation.models.covariance import Structure
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.likelihood import Point, Slopes, crossed, log_likelihood, point, slopes
from allay.science.evaluation.models.newton import Derivatives, minimise
from allay.science.evaluation.models.repeated import Repeated, contracted, fit_repeated, symmetric
from allay.science.evaluation.models.sandwich import Clusters
from allay.science.evaluation.models.solution import Solution

Array = npt.NDArray[np.float64]
NOUGHT = "the variance of the groups is nought"


@dataclass(frozen=True)
class Nested:
    """The model at one Sigma and psi: `at.weighted` is W (X - d h).

    Per therapy group: kappa, c (groups,), r (groups, rank + 1). Per cell in a group: cells (C,) their numbers, of (C,)
    their group, size (C,) root of the weight, wd (C, T).
    """

    at: Point
    psi: float
    kappa: Array
    c: Array
    r: Array
    cells: npt.NDArray[np.int64]
    of: npt.NDArray[np.int64]
    size: Array
    wd: Array


def nested(people: Compressed, sigma: Array, psi: float, alike: Array, reml: bool) -> Nested | None:
    """The model at Sigma (G, T, T) and psi; alike (T,) is d. None where V is not positive definite."""
    plain = point(people, sigma, reml)
    if plain is None:
        return None
    cells = np.flatnonzero(people.group >= 0)
    of, size, count = people.group[cells], people.root[cells], len(people.groups)
    wd = plain.inverse[cells] @ alike
    kappa = np.asarray(np.bincount(of, size**2 * (wd @ alike), count), dtype=float)
    r = np.zeros((count, people.rank + 1))
    np.add.at(r, of, size[:, None] * np.einsum("ct,ctk->ck", wd, people.rows[cells][:, :, 0]))
    if (1 + psi * kappa <= 1e-9).any():
        return None
    c = 1 / (1 + psi * kappa)
    return _solved(plain, alike, Nested(plain, psi, kappa, c, r, cells, of, size, wd))


def _solved(plain: Point, alike: Array, found: Nested) -> Nested | None:
    people, k = plain.people, plain.people.rank
    flat, weighted = people.rows.reshape(-1, k + 1), plain.weighted.reshape(-1, k + 1)
    products = flat.T @ weighted - found.psi * (found.r.T * found.c) @ found.r
    try:
        lower = np.linalg.cholesky(products[:k, :k])
    except np.linalg.LinAlgError:
        return None
    root = np.linalg.inv(lower).T
    half = root.T @ products[:k, k]
    logs = plain.logs + float(np.log1p(found.psi * found.kappa).sum())
    rest = float(products[k, k] - half @ half)
    value = log_likelihood(people, plain.reml, logs, 2 * float(np.log(np.diag(lower)).sum()), rest)
    shifted = plain.weighted.copy()
    h = found.psi * found.c[:, None] * found.r
    shifted[found.cells, :, 0] -= found.size[:, None, None] * found.wd[:, :, None] * h[found.of][:, None, :]
    return replace(
        found, at=replace(plain, root=root, beta=root @ half, weighted=shifted, log_likelihood=value)
    )


@dataclass(frozen=True)
class Bends:
    """Derivatives in (elements of Sigma, psi); s (groups, G * T * T, rank + 1) for `middle`."""

    gradient: Array
    observed: Array
    expected: Array
    design: Array
    plain: Slopes
    s: Array


def bends(found: Nested) -> Bends:
    """First and second derivatives of minus the log-likelihood."""
    at, plain = found.at, slopes(found.at)
    groups, visits = at.sigma.shape[:2]
    size = visits * visits
    k, gamma = at.people.rank, np.append(-at.beta, 1.0)
    s, kappas, curved = _by_group(found, groups, size)
    pull = found.psi * found.c
    s_gamma, r_gamma = s @ gamma, found.r @ gamma
    s_root, r_root = s[..., :k] @ at.root, found.r[:, :k] @ at.root
    if not at.reml:
        s_fixed, r_fixed = np.zeros_like(s_root), np.zeros_like(r_root)
    else:
        s_fixed, r_fixed = s_root, r_root
    c2 = found.c**2
    traces = curved - (kappas.T * pull**2) @ kappas / 2
    residual = (s_gamma.T * pull) @ s_gamma
    flat = s_fixed.transpose(1, 0, 2).reshape(s.shape[1], -1)
    fixed = (flat * np.repeat(pull, k)) @ flat.T
    p_psi = (r_root.T * c2) @ r_root
    g_psi = (c2 * r_gamma) @ r_root
    cross_trace = c2 @ kappas
    cross_fixed = flat @ (c2[:, None] * r_fixed).ravel()
    shared = np.tensordot(plain.design, p_psi, axes=2) if at.reml else np.zeros(len(plain.gradient))
    observed_cross = (
        -cross_trace / 2 + (c2 * r_gamma) @ s_gamma + cross_fixed - shared / 2 - plain.mixed @ g_psi
    )
    expected_cross = cross_trace / 2 - cross_fixed + shared / 2
    alone, alone_fixed = (
        float(((found.c * found.kappa) ** 2).sum()),
        float((found.c**3 * found.kappa) @ (r_fixed**2).sum(axis=1)),
    )
    both = float((p_psi**2).sum()) if at.reml else 0.0
    alone_residual = float((found.c**3 * found.kappa) @ r_gamma**2)
    observed_psi = -alone / 2 + alone_residual + alone_fixed - both / 2 - float(g_psi @ g_psi)
    gradient_psi = float(found.c @ found.kappa - c2 @ r_gamma**2 - c2 @ (r_fixed**2).sum(axis=1)) / 2
    return Bends(
        np.append(plain.gradient - kappas.T @ pull / 2, gradient_psi),
        _bordered(plain.observed + traces - residual - fixed, observed_cross, observed_psi),
        _bordered(plain.expected - traces + fixed, expected_cross, alone / 2 - alone_fixed + both / 2),
        np.concatenate([plain.design, p_psi[None]]),
        plain,
        s,
    )


def _by_group(found: Nested, groups: int, size: int) -> tuple[Array, Array, Array]:
    """s (groups, G T T, k + 1), kappa_S (groups, G T T), and sum psi c wd' S W S' wd (G T T, G T T)."""
    at, count = found.at, len(found.c)
    covariance = at.people.covariance[found.cells]
    first = at.weighted[found.cells, :, 0]
    s = np.zeros((count, groups, size, first.shape[2]))
    kappas = np.zeros((count, groups, size))
    outer = np.einsum("ca,cb->cab", found.wd, found.wd) * (found.size**2)[:, None, None]
    along = np.einsum("c,ca,cbk->cabk", found.size, found.wd, first)
    along = (along + along.transpose(0, 2, 1, 3)) / 2
    np.add.at(s, (found.of, covariance), along.reshape(len(along), size, -1))
    np.add.at(kappas, (found.of, covariance), outer.reshape(len(outer), size))
    curved = np.zeros((groups, size, groups, size))
    pull = (found.psi * found.c)[found.of][:, None, None]
    for group in range(groups):
        mine = covariance == group
        curved[group, :, group] = crossed((pull * outer)[mine], at.inverse[found.cells][mine])
    flat = groups * size
    return s.reshape(count, flat, -1), kappas.reshape(count, flat), curved.reshape(flat, flat)


def _bordered(matrix: Array, edge: Array, corner: float) -> Array:
    size = len(matrix)
    found = np.empty((size + 1, size + 1))
    found[:size, :size], found[size, size] = matrix, corner
    found[:size, size] = found[size, :size] = edge
    return found


@dataclass(frozen=True)
class Grouped:
    """Minus the log-likelihood of (theta of the structure, psi)."""

    people: Compressed
    structure: Structure
    alike: Array
    reml: bool
    known: dict[bytes, Nested] = field(default_factory=dict, compare=False)

    @cached_property
    def plain(self) -> Repeated:
        return Repeated(self.people, self.structure, self.reml)

    def at(self, theta: Array) -> Nested | None:
        """The model at theta; the last one is remembered."""
        key = theta.tobytes()
        if key not in self.known:
            found = self._at(theta)
            if found is None:
                return None
            self.known.clear()
            self.known[key] = found
        return self.known[key]

    def _at(self, theta: Array) -> Nested | None:
        with np.errstate(over="ignore", invalid="ignore"):
            sigma = self.plain.covariances(theta[:-1])
        if not (np.isfinite(sigma).all() and self.plain.definite(sigma)):
            return None
        return nested(self.people, sigma, float(theta[-1]), self.alike, self.reml)

    def value(self, theta: Array) -> float | None:
        found = self.at(theta)
        return -found.at.log_likelihood if found and np.isfinite(found.at.log_likelihood) else None

    def derivatives(self, theta: Array) -> Derivatives:
        found = self.at(theta)
        if found is None:
            raise Unestimable("the covariance is not positive definite")
        return self.chained(theta, bends(found))

    def jacobian(self, theta: Array) -> Array:
        inner = self.plain.jacobian(theta[:-1])
        found = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1))
        found[:-1, :-1], found[-1, -1] = inner, 1.0
        return found

    def chained(self, theta: Array, found: Bends) -> Derivatives:
        jacobian = self.jacobian(theta)
        bend = np.zeros((len(theta), len(theta)))
        bend[:-1, :-1] = self.plain.bend(theta[:-1], found.gradient[:-1])
        return Derivatives(
            jacobian.T @ found.gradient,
            symmetric(jacobian.T @ found.observed @ jacobian) + bend,
            symmetric(jacobian.T @ found.expected @ jacobian),
        )


@dataclass(frozen=True)
class GroupedFit:
    """A maximum: its solution, psi in squared units of the outcome, and where it was found."""

    solution: Solution
    variance: float
    objective: Grouped
    theta: Array  # parameters of the structure, psi in the scale of the basis

    def clusters(self) -> Clusters:
        """The groups as clusters of a sandwich: X'V^-1 X and X'V^-1 (y - X beta) of each."""
        found = self.objective.at(self.theta)
        assert found is not None  # the search ended there
        people, k = self.objective.people, self.objective.people.rank
        rows, weighted = people.rows[found.cells], found.at.weighted[found.cells]
        count, _, _, width = rows.shape
        each = rows.reshape(count, -1, width).transpose(0, 2, 1) @ weighted.reshape(count, -1, width)
        products = np.zeros((len(people.groups), width, width))
        np.add.at(products, found.of, each)
        gram = products[:, :k, :k]
        return Clusters((gram + gram.transpose(0, 2, 1)) / 2, products[:, :k, k] - gram @ found.at.beta)


def fit_grouped(people: Compressed, structure: Structure, alike: Array, *, reml: bool = True) -> GroupedFit:
    """The maximum of the likelihood.

    Where psi = 0 is the maximum the estimates are those of the model without groups, but psi still counts among the
    parameters that were estimated: standard errors and df allow for a variance that few groups cannot show. There the
    information is the expected one, since the observed says little off a stationary point. By simulation
    (docs/simulation.md) intervals then keep their level at two and three groups too, where dropping psi, as SAS does,
    falls short.
    """
    if not people.groups:
        raise Unestimable("nobody of that arm is in a group")
    objective = Grouped(people, structure, alike, reml)
    plain = fit_repeated(people, structure, reml=reml)
    share = float(np.mean(np.diagonal(plain.covariances, axis1=1, axis2=2))) / people.basis.scale**2
    optimum = minimise(objective, np.append(plain.parameters, 0.05 * share))
    psi = float(optimum.theta[-1])
    if optimum.settled and psi > 0:
        solution = _solution(objective, optimum.theta, optimum.steps)
        return GroupedFit(solution, psi * people.basis.scale**2, objective, optimum.theta)
    return GroupedFit(_on_boundary(objective, plain), 0.0, objective, np.append(plain.parameters, 0.0))


def _on_boundary(objective: Grouped, plain: Solution) -> Solution:
    theta = np.append(plain.parameters, 0.0)
    uphill = objective.derivatives(theta).gradient[-1] < -1e-6 * objective.people.observations**0.5
    certificate = certify(
        objective.plain.derivatives(plain.parameters),
        objective.plain.covariances(plain.parameters),
        boundary=(NOUGHT,),
        outward=not uphill,
    )
    found = _solution(objective, theta, plain.steps)
    return replace(
        found, observed=found.expected, log_likelihood=plain.log_likelihood, certificate=certificate
    )


def _solution(objective: Grouped, theta: Array, steps: int) -> Solution:
    found = objective.at(theta)
    assert found is not None  # the search ended there
    bent, jacobian, people = bends(found), objective.jacobian(theta), objective.people
    derivatives = objective.chained(theta, bent)
    return Solution(
        basis=people.basis,
        beta=found.at.beta,
        root=found.at.root,
        turned=np.tensordot(jacobian, bent.design, axes=(0, 0)),
        observed=derivatives.observed,
        expected=derivatives.expected,
        middle=_middle(found, bent, jacobian),
        log_likelihood=found.at.log_likelihood,
        reml=objective.reml,
        people=int(people.n.sum()),
        observations=int(people.observations),
        covariances=found.at.sigma * people.basis.scale**2,
        parameters=theta,
        steps=steps,
        certificate=certify(derivatives, found.at.sigma),
    )


def _middle(found: Nested, bent: Bends, jacobian: Array) -> Callable[[Array], Array]:
    """sum_kl w_kl root' X'V^-1 V_k V^-1 V_l V^-1 X root."""
    k = found.at.people.rank
    s = bent.s[..., :k] @ found.at.root
    r = found.r[:, :k] @ found.at.root
    c = found.c

    def middle(weights: Array) -> Array:
        spread = jacobian @ weights @ jacobian.T
        within = contracted(found.at, jacobian[:-1, :-1], weights[:-1, :-1])
        within = within - np.einsum("g,gai,ab,gbj->ij", found.psi * c, s, spread[:-1, :-1], s, optimize=True)
        edge = np.einsum("g,gai,a,gj->ij", c**2, s, spread[:-1, -1], r, optimize=True)
        alone = spread[-1, -1] * (r.T * (c**3 * found.kappa)) @ r
        return np.asarray(within + edge + edge.T + alone)

    return middle
