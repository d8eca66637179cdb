"""Faces of the covariances of random effects: derivatives by differences, and a maximum that only Kuhn-Tucker finds."""

import numpy as np
import pytest

from allay.science.evaluation.models.compressed import Basis
from allay.science.evaluation.models.faces import Whole, diagonal, slope_in, triangular
from allay.science.evaluation.models.random_effects import Courses
from allay.science.evaluation.models.variances import Growth, _at_the_edge, _polished, highest

NAMES = ("level", "a", "b")


def axes(size: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(4).normal(size=(size, size)))[0]


FACES = {
    "rank 3": triangular(axes(3), 3),
    "rank 2": triangular(axes(3), 2),
    "rank 1": triangular(axes(3), 1),
    "diagonal": diagonal(3, [0, 2]),
}


def courses(people: int = 25, *, spread: tuple[float, ...] = (1.0, 0.5, 0.3), seed: int = 1) -> Courses:
    """People with rows [1, a, b] and effects of their own."""
    random = np.random.default_rng(seed)
    zz, zx, xx = [], [], np.zeros((4, 4))
    for _ in range(people):
        z = np.column_stack([np.ones(12), random.normal(size=(12, 2))])
        own = np.array([0.5, 0.3, -0.2]) + random.normal(size=3) * np.array(spread)
        row = np.column_stack([z, z @ own + random.normal(size=12)])
        zz.append(z.T @ z)
        zx.append(z.T @ row)
        xx += row.T @ row
    basis = Basis(np.eye(3), np.eye(3), np.arange(3), 1.0, 0.0, np.zeros(3))
    return Courses(
        np.ones(people),
        np.full(people, 12.0),
        np.array(zz),
        np.array(zx),
        np.arange(people),
        xx,
        basis,
    )


@pytest.mark.parametrize("name", FACES)
def test_derivatives_of_a_face(name):
    face = FACES[name]
    random = np.random.default_rng(2)
    phi = random.normal(size=len(face.rows) + 1)
    gradient = random.normal(size=len(face.place(phi)))
    step = 1e-5
    moves = np.eye(len(phi)) * step
    slopes = np.array([(face.place(phi + move) - face.place(phi - move)) / (2 * step) for move in moves]).T
    np.testing.assert_allclose(face.jacobian(phi), slopes, atol=1e-8)
    turns = np.array(
        [gradient @ (face.jacobian(phi + move) - face.jacobian(phi - move)) / (2 * step) for move in moves]
    )
    np.testing.assert_allclose(face.bend(phi, gradient), turns, atol=1e-8)
    d = np.random.default_rng(3).normal(size=(3, 3))
    d = d + d.T
    elements = d[np.tril_indices(3)] if face.correlated else np.diag(d)
    inner = np.trace(slope_in(gradient, 3, face.correlated) @ d)
    assert inner == pytest.approx(elements @ gradient[:-1])


@pytest.mark.parametrize("correlated", [True, False])
@pytest.mark.parametrize("reml", [True, False])
def test_derivatives_of_the_likelihood(correlated, reml):
    size = 6 if correlated else 3
    growth = Growth(courses(), correlated, reml, Whole(size + 1))
    d = np.array([[0.9, 0.1, 0.05], [0.1, 0.4, -0.1], [0.05, -0.1, 0.3]])
    theta = np.append(d[np.tril_indices(3)] if correlated else np.diag(d), 1.1)
    at, step = growth.derivatives(theta), 1e-5
    for place, move in enumerate(np.eye(size + 1) * step):
        slope = (growth.value(theta + move) - growth.value(theta - move)) / (2 * step)
        assert at.gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        ahead, behind = growth.derivatives(theta + move), growth.derivatives(theta - move)
        turn = (ahead.gradient - behind.gradient) / (2 * step)
        np.testing.assert_allclose(at.observed[place], turn, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("correlated", [True, False])
def test_a_wrong_face_is_refused_and_left(correlated):
    """From D nought, where a search in the factor of D stands still, the gradient shows the way inwards."""
    data = courses()
    best = highest(data, correlated, True, NAMES)
    assert best.certificate.holds
    size = 7 if correlated else 4
    whole = Growth(data, correlated, True, Whole(size))
    nowhere = whole.course(np.append(np.zeros(size - 1), 1.9))
    wrong = _polished(whole, nowhere, NAMES)
    assert wrong.certificate.faults == ("the likelihood rises from the boundary inwards",)
    assert -wrong.optimum.value < -best.optimum.value - 1
    found = _at_the_edge(whole, (np.zeros((3, 3)), 1.9), NAMES)
    assert found.optimum.value == pytest.approx(best.optimum.value, abs=1e-7)


def test_what_does_not_vary_is_named():
    data = courses(spread=(1.0, 0.0, 0.3), seed=6)
    peak = highest(data, False, True, NAMES)
    assert peak.certificate.holds
    assert peak.certificate.boundary == ("the variance of a is estimated at zero",)
    full = highest(data, True, True, NAMES)
    assert full.certificate.holds
    assert full.certificate.boundary == ("variance estimated at zero in 1 of 3 directions",)
    assert full.optimum.value <= peak.optimum.value + 1e-8
