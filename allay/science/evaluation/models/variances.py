"""Maximum likelihood over covariances of random effects that may be singular.

The search is first made without bounds, where V only has to be positive definite. If D comes out as no covariance, the
maximum lies on the boundary, and every face of it is searched: D of rank one (D = l l'), single variances nought,
D nought. The best face is kept if no direction back inside raises the likelihood (Kuhn-Tucker), which finds
maxima that a search in the Cholesky factor of D misses, since that is stationary at nought.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.certificate import Certificate, certify
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.newton import Derivatives, Optimum, minimise
from allay.science.evaluation.models.random_effects import Bends, Course, Courses, bends, course, directions
from allay.science.evaluation.models.repeated import symmetric

Array = npt.NDArray[np.float64]
NOUGHT = 1e-9  # share of the largest eigenvalue of D below which one is nought


@dataclass(frozen=True)
class Face:
    """Part of the parameter space: (elements of D, s) as functions of fewer parameters.

    `place(phi)` gives (m,) elements, `jacobian(phi)` (m, f), `bend(gradient)` (f, f) the second derivatives contracted.
    """

    name: str
    place: Callable[[Array], Array]
    jacobian: Callable[[Array], Array]
    bend: Callable[[Array], Array]


@dataclass(frozen=True)
class Growth:
    """Minus the log-likelihood over one face."""

    data: Courses
    correlated: bool
    reml: bool
    face: Face

    @property
    def units(self) -> Array:
        return directions(self.data.effects, self.correlated)

    def course(self, phi: Array) -> Course | None:
        elements = self.face.place(phi)
        return course(
            self.data, np.tensordot(elements[:-1], self.units, axes=1), float(elements[-1]), self.reml
        )

    def value(self, phi: Array) -> float | None:
        at = self.course(phi)
        return -at.log_likelihood if at is not None and np.isfinite(at.log_likelihood) else None

    def bends(self, phi: Array) -> Bends:
        at = self.course(phi)
        if at is None:
            raise Unestimable("the likelihood does not exist there")
        return bends(at, self.units)

    def derivatives(self, phi: Array) -> Derivatives:
        found, jacobian = self.bends(phi).derivatives, self.face.jacobian(phi)
        return Derivatives(
            jacobian.T @ found.gradient,
            symmetric(jacobian.T @ found.observed @ jacobian) + self.face.bend(found.gradient),
            symmetric(jacobian.T @ found.expected @ jacobian),
        )


@dataclass(frozen=True)
class Peak:
    """The best point found: on which face, at which parameters, how certified."""

    growth: Growth
    optimum: Optimum
    certificate: Certificate


def highest(data: Courses, correlated: bool, reml: bool) -> Peak:
    """The maximum of the likelihood. Its certificate says whether it can be relied upon."""
    inside = _best(data, correlated, reml, _whole(data.effects, correlated))
    if inside is not None and _is_covariance(inside):
        return _certified(inside, ())
    peaks = [_best(data, correlated, reml, face) for face in _faces(data.effects, correlated)]
    found = [peak for peak in peaks if peak is not None and _within(peak)]
    if not found:
        raise Unestimable("no maximum of the likelihood was found")
    top = min(found, key=lambda peak: peak[1].value)
    return _certified(top, (top[0].face.name,))


def _best(data: Courses, correlated: bool, reml: bool, face: Face) -> tuple[Growth, Optimum] | None:
    growth = Growth(data, correlated, reml, face)
    found = [minimise(growth, start) for start in _starts(data, face, correlated)]
    usable = [optimum for optimum in found if np.isfinite(optimum.value)]
    settled = [optimum for optimum in usable if optimum.settled] or usable
    return (growth, min(settled, key=lambda optimum: optimum.value)) if settled else None


def _starts(data: Courses, face: Face, correlated: bool) -> list[Array]:
    """Random effects that make up a half, a tenth and nine tenths of the variance."""
    size = np.einsum("p,pii->i", data.n, data.zz) / data.observations
    found = []
    for share in (0.5, 0.1, 0.9):
        d = np.diag(share / np.maximum(size, 1e-12) / data.effects)
        elements = d[np.tril_indices(data.effects)] if correlated else np.diag(d)
        found.append(_nearest(face, np.append(elements, 1 - share)))
    return found


def _nearest(face: Face, elements: Array) -> Array:
    if face.name == "":
        return elements
    if face.name == RANK_ONE:
        return np.array([np.sqrt(elements[0]), np.sqrt(elements[2]) / 2, elements[-1]])
    free = face.jacobian(elements).sum(axis=1) > 0
    return np.asarray(elements[free])


RANK_ONE = "intercept and slope are perfectly correlated"


def _whole(effects: int, correlated: bool) -> Face:
    size = len(directions(effects, correlated)) + 1
    return _kept("", size, list(range(size)))


def _kept(name: str, size: int, places: list[int]) -> Face:
    """The elements at `places` are free, the others nought."""
    spread = np.eye(size)[:, places]
    return Face(
        name, lambda phi: spread @ phi, lambda _: spread, lambda _: np.zeros((len(places), len(places)))
    )


def _faces(effects: int, correlated: bool) -> list[Face]:
    if effects == 1:
        return [_kept("the variance of the intercept is nought", 2, [1])]
    if not correlated:
        return [
            _kept("the variance of the intercept is nought", 3, [1, 2]),
            _kept("the variance of the slope is nought", 3, [0, 2]),
            _kept("the variances of intercept and slope are nought", 3, [2]),
        ]
    return [_rank_one(), _kept("the variances of intercept and slope are nought", 4, [3])]


def _rank_one() -> Face:
    """D = l l' with l = (phi_0, phi_1)."""

    def place(phi: Array) -> Array:
        return np.array([phi[0] ** 2, phi[0] * phi[1], phi[1] ** 2, phi[2]])

    def jacobian(phi: Array) -> Array:
        rows = [[2 * phi[0], 0, 0], [phi[1], phi[0], 0], [0, 2 * phi[1], 0], [0, 0, 1]]
        return np.array(rows, dtype=float)

    def bend(gradient: Array) -> Array:
        return np.array([[2 * gradient[0], gradient[1], 0], [gradient[1], 2 * gradient[2], 0], [0, 0, 0]])

    return Face(RANK_ONE, place, jacobian, bend)


def _is_covariance(found: tuple[Growth, Optimum]) -> bool:
    growth, optimum = found
    at = growth.course(optimum.theta)
    if at is None or not optimum.settled:
        return False
    values = np.linalg.eigvalsh(at.d * _scales(growth.data))
    return bool(values[0] > NOUGHT * max(values[-1], at.s))


def _within(found: tuple[Growth, Optimum]) -> bool:
    """Whether the point on a face is a covariance at all."""
    at = found[0].course(found[1].theta)
    return at is not None and bool(np.linalg.eigvalsh(at.d)[0] >= -NOUGHT * abs(np.linalg.eigvalsh(at.d)[-1]))


def _scales(data: Courses) -> Array:
    """Puts the random effects on the scale of the outcome."""
    size = np.sqrt(np.einsum("p,pii->i", data.n, data.zz) / data.observations)
    return np.outer(size, size)


def _certified(found: tuple[Growth, Optimum], boundary: tuple[str, ...]) -> Peak:
    growth, optimum = found
    outward = not boundary or _outward(growth, optimum.theta)
    certificate = certify(
        growth.derivatives(optimum.theta), np.empty((0, 1, 1)), boundary=boundary, outward=outward
    )
    return Peak(growth, optimum, certificate)


def _outward(growth: Growth, phi: Array) -> bool:
    """Kuhn-Tucker: the gradient of minus the log-likelihood in D is not negative on the null space of D."""
    at = growth.course(phi)
    if at is None:
        return False
    gradient = growth.bends(phi).derivatives.gradient[:-1]
    tolerance = 1e-5 * growth.data.observations**0.5
    sizes = _scales(growth.data)
    if not growth.correlated:
        return bool((gradient / np.diag(sizes) >= -tolerance)[np.diag(at.d) <= 0].all())
    slope = np.zeros_like(at.d)
    for value, unit in zip(gradient, growth.units, strict=True):
        slope += value * unit / unit.sum()
    scaled = at.d * sizes
    values, vectors = np.linalg.eigh(scaled)
    empty = vectors[:, values <= NOUGHT * max(values[-1], at.s)]
    return bool((np.linalg.eigvalsh(empty.T @ (slope / sizes) @ empty) >= -tolerance).all())
