"""Maximum likelihood over covariances of random effects that may be singular.

The search is first made without bounds, where V only has to be positive definite. If D comes out as no covariance, the
maximum lies on the boundary and is sought as D = L L', then on the face of its rank. It is kept if no direction back
inside raises the likelihood (Kuhn-Tucker on the null space of D); if one does, the search goes on along it. So maxima
are found that a search in the Cholesky factor of D alone misses, since that is stationary wherever a column is nought.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.certificate import Certificate, certify
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.faces import (
    Face,
    Factored,
    Whole,
    diagonal,
    elements_of,
    slope_in,
    triangular,
)
from allay.science.evaluation.models.newton import Derivatives, Optimum, minimise
from allay.science.evaluation.models.random_effects import Bends, Course, Courses, bends, course, directions
from allay.science.evaluation.models.repeated import symmetric
from allay.science.evaluation.models.solution import Solution

Array = npt.NDArray[np.float64]
NOUGHT = 1e-9  # share of the largest eigenvalue of D, or of s, below which one is nought
DOUBTFUL = (NOUGHT, 1e-7, 1e-5, 1e-3)  # where the search crept towards nought, what it may have meant by it
FLOOR = 1e-2  # share of s from which a variance is sought downwards
RESTARTS = 8
GROWTH_NAMES = ("intercept", "slope")


@dataclass(frozen=True)
class Growth:
    """Minus the log-likelihood over one face."""

    data: Courses
    correlated: bool
    reml: bool
    face: Face
    known: dict[bytes, tuple[Course, Bends | None]] = field(init=False, default_factory=dict, compare=False)

    @property
    def units(self) -> Array:
        return directions(self.data.effects, self.correlated)

    def course(self, phi: Array) -> Course | None:
        """The model at phi; the last one is remembered."""
        key = phi.tobytes()
        if key not in self.known:
            elements = self.face.place(phi)
            d = np.tensordot(elements[:-1], self.units, axes=1)
            at = course(self.data, d, float(elements[-1]), self.reml)
            if at is None:
                return None
            self.known.clear()
            self.known[key] = (at, None)
        return self.known[key][0]

    def value(self, phi: Array) -> float | None:
        at = self.course(phi)
        return -at.log_likelihood if at is not None and np.isfinite(at.log_likelihood) else None

    def bends(self, phi: Array) -> Bends:
        at = self.course(phi)
        if at is None:
            raise Unestimable("the likelihood does not exist there")
        found = self.known[phi.tobytes()][1] or bends(at, self.units)
        self.known[phi.tobytes()] = (at, found)
        return found

    def derivatives(self, phi: Array) -> Derivatives:
        found, jacobian = self.bends(phi).derivatives, self.face.jacobian(phi)
        return Derivatives(
            jacobian.T @ found.gradient,
            symmetric(jacobian.T @ found.observed @ jacobian) + self.face.bend(phi, found.gradient),
            symmetric(jacobian.T @ found.expected @ jacobian),
        )


@dataclass(frozen=True)
class Peak:
    """The best point found: on which face, at which parameters, how certified."""

    growth: Growth
    optimum: Optimum
    certificate: Certificate

    @property
    def course(self) -> Course:
        at = self.growth.course(self.optimum.theta)
        assert at is not None  # the search ended there
        return at


def solved(peak: Peak, information: str, covariances: Array) -> Solution:
    """What df need. On the boundary the observed information is that of its face; the expected one of all elements."""
    growth, theta = peak.growth, peak.optimum.theta
    at, found, own = peak.course, growth.bends(theta), growth.derivatives(theta)
    jacobian = growth.face.jacobian(theta) if information == "observed" else np.eye(len(found.turned))

    def middle(weights: Array) -> Array:
        return np.asarray(np.tensordot(jacobian @ weights @ jacobian.T, found.pairs, axes=([0, 1], [0, 1])))

    return Solution(
        basis=growth.data.basis,
        beta=at.beta,
        root=at.root,
        turned=np.tensordot(jacobian, found.turned, axes=(0, 0)),
        observed=own.observed,
        expected=own.expected if information == "observed" else found.derivatives.expected,
        middle=middle,
        log_likelihood=at.log_likelihood,
        reml=growth.reml,
        people=int(growth.data.n.sum()),
        observations=int(growth.data.observations),
        covariances=covariances,
        parameters=theta,
        steps=peak.optimum.steps,
        certificate=peak.certificate,
    )


def highest(data: Courses, correlated: bool, reml: bool, names: tuple[str, ...] = GROWTH_NAMES) -> Peak:
    """The maximum of the likelihood; the columns of Z are of about unit mean square.

    `names` of the random effects, for what lies on the boundary. The certificate says whether it can be relied upon.
    """
    whole = Growth(data, correlated, reml, Whole(len(directions(data.effects, correlated)) + 1))
    inside = _best(whole)
    if inside is not None and _is_covariance(whole, inside):
        return Peak(whole, inside, certify(whole.derivatives(inside.theta), np.empty((0, 1, 1))))
    return _at_the_edge(whole, _projected(whole, inside), names)


def _best(growth: Growth) -> Optimum | None:
    found = [minimise(growth, start) for start in _starts(growth)]
    usable = [optimum for optimum in found if np.isfinite(optimum.value)]
    settled = [optimum for optimum in usable if optimum.settled] or usable
    return min(settled, key=lambda optimum: optimum.value) if settled else None


def _starts(growth: Growth) -> list[Array]:
    """Random effects that make up a half, a tenth and nine tenths of the variance; one start where they are many."""
    data = growth.data
    size = np.einsum("p,pii->i", data.n, data.zz) / data.observations
    found = []
    for share in (0.5, 0.1, 0.9) if data.effects <= 2 else (0.3,):
        d = np.diag(share / np.maximum(size, 1e-12) / data.effects)
        found.append(np.append(elements_of(d, growth.correlated), 1 - share))
    return found


def _is_covariance(growth: Growth, optimum: Optimum) -> bool:
    at = growth.course(optimum.theta)
    if at is None or not optimum.settled:
        return False
    values = np.linalg.eigvalsh(at.d)
    return bool(values[0] > NOUGHT * max(values[-1], at.s))


def _projected(growth: Growth, inside: Optimum | None) -> tuple[Array, float]:
    """A covariance near where the search without bounds ended, and s."""
    at = growth.course(inside.theta if inside else _starts(growth)[0])
    if at is None:
        raise Unestimable("no maximum of the likelihood was found")
    return at.d, at.s


def _at_the_edge(whole: Growth, start: tuple[Array, float], names: tuple[str, ...]) -> Peak:
    """The best point of which the certificate holds, from a start that need not be a covariance."""
    found: list[Peak] = []
    d, s = start
    for _ in range(RESTARTS):
        growth, phi = _factored(whole, d, s, FLOOR * s)
        optimum = minimise(growth, phi)
        at = growth.course(optimum.theta)
        if at is None:
            break
        peak = _polished(whole, at, names)
        found.append(peak)
        if peak.certificate.holds:
            break
        further = _further(peak)
        if further is None:
            break
        d, s = further, peak.course.s
    if not found:
        raise Unestimable("no maximum of the likelihood was found")
    return max(found, key=lambda peak: (peak.certificate.holds, -peak.optimum.value))


def _factored(whole: Growth, d: Array, s: float, floor: float) -> tuple[Growth, Array]:
    """The search over L, from D with its eigenvalues brought up to a floor; below a floor of nought left out."""
    if not whole.correlated:
        values = np.diag(d)
        free = [place for place, value in enumerate(values) if value > 0 or floor > 0]
        roots = np.sqrt(np.maximum(values[free], floor))
        return replace(whole, face=diagonal(len(d), free)), np.append(roots, s)
    values, axes = np.linalg.eigh(d)
    values, axes = values[::-1], axes[:, ::-1]
    rank = len(d) if floor > 0 else int((values > 1e-14 * max(values[0], s)).sum())
    face = triangular(axes, rank)
    roots = np.diag(np.sqrt(np.maximum(values, floor)))[face.rows, face.columns]
    return replace(whole, face=face), np.append(roots, s)


def _polished(whole: Growth, at: Course, names: tuple[str, ...]) -> Peak:
    """The point on the face of its rank. Where the rank is in doubt, that of the first certificate that holds."""
    found: list[Peak] = []
    for share in DOUBTFUL:
        d = _without(at.d, share * max(float(np.linalg.eigvalsh(at.d)[-1]), at.s), whole.correlated)
        growth, phi = _factored(whole, d, at.s, 0.0)
        optimum = minimise(growth, phi)
        if np.isfinite(optimum.value):
            found.append(_certified(growth, optimum, names))
            if found[-1].certificate.holds:
                return found[-1]
    if not found:
        raise Unestimable("no maximum of the likelihood was found")
    return min(found, key=lambda peak: peak.optimum.value)


def _without(d: Array, least: float, correlated: bool) -> Array:
    """D with its eigenvalues (variances) below the least made nought."""
    if not correlated:
        return np.diag(np.where(np.diag(d) > least, np.diag(d), 0.0))
    values, axes = np.linalg.eigh(d)
    kept = np.where(values > least, values, 0.0)
    return np.asarray((axes * kept) @ axes.T)


def _certified(growth: Growth, optimum: Optimum, names: tuple[str, ...]) -> Peak:
    edge = _edge(growth, optimum.theta, names)
    rise = _rise(growth, optimum.theta)
    outward = rise is None or rise[0] >= -1e-5 * growth.data.observations**0.5
    certificate = certify(
        growth.derivatives(optimum.theta), np.empty((0, 1, 1)), boundary=edge, outward=outward
    )
    return Peak(growth, optimum, certificate)


def _edge(growth: Growth, phi: Array, names: tuple[str, ...]) -> tuple[str, ...]:
    """What is estimated as nought, in words."""
    at = growth.course(phi)
    assert at is not None and isinstance(growth.face, Factored)
    effects = len(at.d)
    rank = len(set(growth.face.columns.tolist()))
    least = NOUGHT * max(float(np.diag(at.d).max()), at.s)
    still = [name for name, value in zip(names, np.diag(at.d), strict=False) if value <= least]
    found = [f"the variance of {name} is estimated at zero" for name in still]
    if rank + len(still) < effects:
        if effects == 2:
            found.append(f"{' and '.join(names)} are perfectly correlated")
        else:
            moving = effects - len(still)
            found.append(f"variance estimated at zero in {moving - rank} of {moving} directions")
    return tuple(found)


def _rise(growth: Growth, phi: Array) -> tuple[float, Array] | None:
    """Kuhn-Tucker on the null space of D: the smallest slope of minus the log-likelihood, and its direction."""
    found = growth.bends(phi)
    assert isinstance(growth.face, Factored)
    slope = slope_in(found.derivatives.gradient, growth.data.effects, growth.correlated)
    if growth.correlated:
        empty = growth.face.axes[:, len(set(growth.face.columns.tolist())) :]
        empty = _null_space(growth.face.factor(phi)) if empty.shape[1] else empty
    else:
        empty = np.delete(np.eye(growth.data.effects), growth.face.rows, axis=1)
    if not empty.shape[1]:
        return None
    values, vectors = np.linalg.eigh(empty.T @ slope @ empty)
    return float(values[0]), np.asarray(empty @ vectors[:, 0])


def _null_space(root: Array) -> Array:
    """(r, r - rank) directions that no column of Q L reaches."""
    left, sizes, _ = np.linalg.svd(root)
    return np.asarray(left[:, sizes <= 1e-8 * max(float(sizes[0]), 1e-300)])


def _further(peak: Peak) -> Array | None:
    """D moved along the direction in which the likelihood rises, as far as it does most; None where it does not."""
    found = _rise(peak.growth, peak.optimum.theta)
    if found is None or found[0] >= 0:
        return None
    at, (_, direction) = peak.course, found
    tried = []
    for share in (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3):
        d = at.d + share * at.s * np.outer(direction, direction)
        moved = course(at.data, d, at.s, at.reml)
        if moved is not None and moved.log_likelihood > at.log_likelihood:
            tried.append((moved.log_likelihood, d))
    return max(tried, key=lambda one: one[0])[1] if tried else None
