"""Empirical ("sandwich") standard errors that stay right when the covariance structure is wrong.

With person i's whitened rows X_i = L^-1 X, e_i = L^-1 (y - X beta), Sigma[o, o] = L L', H_ij = X_i Phi X_j' and
u_i = X_i' A_i e_i, the covariance of beta is Phi (sum u_i u_i') Phi with

    CR0   A_i = I                      (Liang & Zeger, Biometrika 1986; 73: 13-22)
    CR2   A_i = (I - H_ii)^(-1/2)      (Bell & McCaffrey, Survey Methodology 2002; 28: 169-181)
    CR3   A_i = (I - H_ii)^-1          (Mancl & DeRouen, Biometrics 2001; 57: 126-134)

where i is a person, or a therapy group in a model with a random effect of groups: then L L' = V of all who meet, so that
people who meet are one cluster and people who meet nobody are clusters of their own. For groups X_i'X_i = M_i
and X_i'e_i = v_i suffice: with R'M_i R = U diag(s) U', Phi = R R', A_i = f(I - H_ii) acts as
X_i'A_i e_i = v_i + M_i R U diag((f(1 - s) - 1) / s) U'R'v_i.

df (Bell & McCaffrey): under the working covariance the variance of c'beta is a quadratic form in normal variables with
matrix D - B Phi B', D = diag |A_i X_i Phi c|^2 and rows b_i = X_i' A_i X_i Phi c of B; df = trace^2 / trace of
the square. The matrix is diagonal minus rank k, so both traces take time in proportion to the people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.models.errors import BadModel
from allay.science.evaluation.models.solution import Solution

Array = npt.NDArray[np.float64]
KINDS = ("CR0", "CR2", "CR3")
CHUNK = 20_000  # people whitened at a time


@dataclass(frozen=True)
class Block:
    """People with the same observed visits and covariance: x (n, o, k) in the basis, y (n, o), weight (n,)."""

    observed: tuple[int, ...]
    covariance: int
    x: Array
    y: Array
    weight: Array


@dataclass(frozen=True)
class Clusters:
    """Therapy groups as clusters, in the basis: gram (n, k, k) is X'V^-1 X and score (n, k) X'V^-1 (y - X beta)."""

    gram: Array
    score: Array


@dataclass(frozen=True)
class Sandwich:
    """Robust covariance of beta in the basis (k, k), with the clusters it came from for df."""

    kind: str
    solution: Solution
    blocks: tuple[Block, ...]
    clusters: Clusters | None
    covariance: Array

    def variance(self, c: Array) -> float:
        return float(c @ self.covariance @ c)

    def df(self, contrasts: Array) -> Array:
        """Bell-McCaffrey df of each row of contrasts (q, k)."""
        rows = contrasts @ self.solution.phi
        traces, squares = np.zeros(len(rows)), np.zeros(len(rows))
        outer = np.zeros((len(rows), self.solution.rank, self.solution.rank))
        for d, b in self._along(rows):
            spent = ((self.solution.root.T @ b) ** 2).sum(axis=1)
            traces += (d - spent).sum(axis=0)
            squares += (d**2 - 2 * d * spent).sum(axis=0)
            by_row = b.transpose(2, 1, 0)
            outer += by_row @ by_row.transpose(0, 2, 1)
        product = self.solution.phi @ outer
        squares += np.einsum("qij,qji->q", product, product)
        return np.asarray(np.divide(traces**2, squares, out=np.full(len(rows), np.nan), where=squares > 0))

    def _along(self, rows: Array) -> Iterator[tuple[Array, Array]]:
        """|A_i X_i Phi c|^2 (n, q) and X_i'A_i X_i Phi c (n, k, q), some clusters at a time."""
        for x, _, hat in _whitened(self.solution, self.blocks):
            along = _adjusted(self.kind, x, hat) @ rows.T  # (n, o, q)
            yield (along**2).sum(axis=1), np.matmul(x.transpose(0, 2, 1), along)
        if self.clusters is not None:
            found, moved = _spectrum(self.kind, self.solution, self.clusters), self.clusters.gram @ rows.T
            part = found.directions.transpose(0, 2, 1) @ moved
            d = np.einsum("qk,nkq->nq", rows, moved) + np.einsum("nk,nkq->nq", found.twice, part**2)
            yield d, moved + found.images @ (found.once[:, :, None] * part)


def sandwich(
    solution: Solution, blocks: tuple[Block, ...], kind: str, clusters: Clusters | None = None
) -> Sandwich:
    """The robust covariance of a fit. Raises BadModel for an unknown kind."""
    if kind not in KINDS:
        raise BadModel(f"vcov {quoted(kind)} is unknown (there are model, {listed(KINDS)})")
    meat = np.zeros((solution.rank, solution.rank))
    for x, e, hat in _whitened(solution, blocks):
        u = np.matmul(_adjusted(kind, x, hat).transpose(0, 2, 1), e[:, :, None])[:, :, 0]
        meat += u.T @ u
    if clusters is not None:
        found = _spectrum(kind, solution, clusters)
        part = np.einsum("nki,nk->ni", found.directions, clusters.score)
        u = clusters.score + np.einsum("nki,ni->nk", found.images, found.once * part)
        meat += u.T @ u
    return Sandwich(kind, solution, blocks, clusters, solution.phi @ meat @ solution.phi)


@dataclass(frozen=True)
class Spectrum:
    """Of H_ii: directions (n, k, k) are R U, images M R U; once and twice (n, k) are (f - 1) / s and (f^2 - 1) / s."""

    directions: Array
    images: Array
    once: Array
    twice: Array


def _spectrum(kind: str, solution: Solution, clusters: Clusters) -> Spectrum:
    turned = solution.root.T @ clusters.gram @ solution.root
    s, vectors = np.linalg.eigh((turned + turned.transpose(0, 2, 1)) / 2)
    directions = solution.root @ vectors
    power = {"CR0": 0.0, "CR2": 0.5, "CR3": 1.0}[kind]
    return Spectrum(directions, clusters.gram @ directions, _excess(s, power), _excess(s, 2 * power))


def _excess(s: Array, power: float) -> Array:
    """((1 - s)^-power - 1) / s, also for s near 0; with the pseudo-inverse where s is 1."""
    usable, small = s < 1 - 1e-10, np.abs(s) < 1e-12
    inside = np.where(usable & ~small, s, 0.5)
    found = np.where(usable, np.expm1(-power * np.log1p(-inside)) / inside, -1.0)
    return np.asarray(np.where(small, power, found) if power else np.zeros_like(s))


def _whitened(solution: Solution, blocks: tuple[Block, ...]):  # type: ignore[no-untyped-def]
    """Yields whitened X (n, o, k), residuals (n, o) and H_ii (n, o, o), some thousand people at a time."""
    for block in blocks:
        seen = np.ix_(block.observed, block.observed)
        sigma = solution.covariances[block.covariance][seen] / solution.basis.scale**2
        whiten = np.linalg.inv(np.linalg.cholesky(sigma))
        for start in range(0, len(block.y), CHUNK):
            part = slice(start, start + CHUNK)
            size = np.sqrt(block.weight[part])
            x = (whiten @ block.x[part]) * size[:, None, None]
            e = (block.y[part] - block.x[part] @ solution.beta) @ whiten.T * size[:, None]
            turned = x @ solution.root
            yield x, e, turned @ turned.transpose(0, 2, 1)


def _adjusted(kind: str, x: Array, hat: Array) -> Array:
    """A_i X_i, with the pseudo-inverse where a person alone determines a coefficient."""
    if kind == "CR0":
        return x
    values, vectors = np.linalg.eigh(np.eye(hat.shape[1]) - hat)
    usable = values > 1e-10
    power = -0.5 if kind == "CR2" else -1.0
    scaled = np.where(usable, np.where(usable, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * scaled[:, None, :]) @ (vectors.transpose(0, 2, 1) @ x))
