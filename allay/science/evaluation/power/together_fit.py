"""Newton's method, standard errors and degrees of freedom for many trials at once. See `together`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.power.together import (
    MOST_HALVINGS,
    MOST_STEPS,
    SETTLED,
    Derivatives,
    Stack,
    State,
    derivatives,
    elements,
    middle,
    state,
)

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEAST_CURVATURE = 1e-10  # smallest eigenvalue of a scaled information that counts as positive


@dataclass(frozen=True)
class Found:
    """Where the steps of R trials ended: theta (R, m) is the elements of Sigma, then psi; settled (R,)."""

    theta: Array
    settled: Flags


def state_at(stack: Stack, theta: Array) -> State:
    basis = elements(len(stack.alike))
    return state(stack, np.tensordot(theta[:, :-1], basis, axes=1), theta[:, -1])


def minimise(stack: Stack, start: Array, *, psi: bool) -> Found:
    """From a possible start (R, m). psi: whether the groups' variance is free, or stays as it is."""
    theta, settled = start.copy(), np.zeros(len(start), dtype=bool)
    value = state_at(stack, theta).value
    active = np.flatnonzero(np.isfinite(value))
    for _ in range(MOST_STEPS):
        if not len(active):
            break
        part = stack.at(active)
        step, decrement, convex = _step(derivatives(state_at(part, theta[active])), psi=psi)
        moved, reached, walked = _walked(part, theta[active], value[active], step, decrement)
        theta[active], value[active] = moved, reached
        done = convex & (decrement < SETTLED)
        settled[active[done]] = True
        active = active[walked & ~done]
    return Found(theta, settled)


def _step(found: Derivatives, *, psi: bool) -> tuple[Array, Array, Flags]:
    """The direction (R, m), the decrement, and whether the observed information was positive definite."""
    free = slice(None) if psi else slice(-1)
    gradient = found.gradient[:, free]
    observed, expected = found.observed[:, free, free], found.expected[:, free, free]
    convex = _definite(observed)
    usable = convex | _definite(expected)
    information = np.where(convex[:, None, None], observed, expected)
    information = np.where(usable[:, None, None], information, np.eye(gradient.shape[1]))
    direction = -np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    step = np.zeros(found.gradient.shape)
    step[:, free] = np.where(usable[:, None], direction, 0.0)
    return step, -(gradient * direction).sum(axis=1), convex


def _definite(information: Array) -> Flags:
    sizes = np.diagonal(information, axis1=1, axis2=2)
    positive: Flags = np.asarray(np.isfinite(information).all(axis=(1, 2)) & (sizes > 0).all(axis=1))
    root = np.sqrt(np.where(positive[:, None], sizes, 1.0))
    scaled = np.where(
        positive[:, None, None], information / (root[:, :, None] * root[:, None, :]), np.eye(sizes.shape[1])
    )
    return np.asarray(positive & (np.linalg.eigvalsh(scaled)[:, 0] > LEAST_CURVATURE))


def _walked(
    stack: Stack, theta: Array, value: Array, step: Array, decrement: Array
) -> tuple[Array, Array, Flags]:
    """The first of the full, half, quarter ... steps that lowers the objective enough."""
    moved, reached, length = theta.copy(), value.copy(), 1.0
    waiting = np.flatnonzero(np.abs(step).sum(axis=1) > 0)
    for _ in range(MOST_HALVINGS):
        if not len(waiting):
            break
        tried = theta[waiting] + length * step[waiting]
        found = state_at(stack.at(waiting), tried).value
        limit = value[waiting] - 1e-4 * length * decrement[waiting] + 1e-12 * (1 + np.abs(value[waiting]))
        good = found <= limit
        moved[waiting[good]], reached[waiting[good]] = tried[good], found[good]
        waiting = waiting[~good]
        length /= 2
    walked = np.ones(len(theta), dtype=bool)
    walked[waiting] = False
    walked[np.abs(step).sum(axis=1) == 0] = False
    return moved, reached, walked


@dataclass(frozen=True)
class Answers:
    """One contrast in R trials: estimate, its standard error and df (R,)."""

    estimate: Array
    se: Array
    df: Array


def answers(stack: Stack, theta: Array, contrast: Array, *, df: str, psi: bool) -> Answers:
    """By `models.degrees`, for a contrast (k,), from the observed information.

    psi: the groups' variance counts as estimated; where it is nought the information is the expected one, as in
    `models.groups`. NaN where the information determines nothing.
    """
    at = state_at(stack, theta)
    found = derivatives(at)
    at_edge = psi & (theta[:, -1] <= 0)
    bent = np.where(at_edge[:, None, None], found.expected, found.observed)
    spread = np.full(bent.shape, np.nan)
    spread[:, -1], spread[:, :, -1] = 0.0, 0.0
    free = slice(None) if psi else slice(-1)
    known = np.flatnonzero(_definite(bent[:, free, free]))
    spread[known, free, free] = np.linalg.inv(bent[known, free, free])
    along = at.phi @ contrast
    variance = along @ contrast
    gradient = np.einsum("ri,rkij,rj->rk", along, found.slopes, along, optimize=True)
    uncertainty = np.einsum("rk,rkl,rl->r", gradient, spread, gradient)
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = np.full(len(theta), np.inf) if df == "z" else 2 * variance**2 / uncertainty
    if df == "kenward-roger":
        product = np.einsum(
            "rkl,rkij,rjm,rlmn->rin", spread, found.slopes, at.phi, found.slopes, optimize=True
        )
        excess = middle(at, found, spread) - product
        variance = variance + 2 * np.einsum("ri,rij,rj->r", along, excess, along)
    with np.errstate(invalid="ignore"):
        return Answers(at.beta @ contrast, np.sqrt(variance), degrees)
