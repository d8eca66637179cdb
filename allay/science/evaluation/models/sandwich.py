"""Empirical ("sandwich") standard errors that stay right when the covariance structure is wrong.

With person i's whitened rows X_i = L^-1 X, e_i = L^-1 (y - X beta), Sigma[o, o] = L L', H_ij = X_i Phi X_j' and
u_i = X_i' A_i e_i, the covariance of beta is Phi (sum u_i u_i') Phi with

    CR0   A_i = I                      (Liang & Zeger, Biometrika 1986; 73: 13-22)
    CR2   A_i = (I - H_ii)^(-1/2)      (Bell & McCaffrey, Survey Methodology 2002; 28: 169-181)
    CR3   A_i = (I - H_ii)^-1          (Mancl & DeRouen, Biometrics 2001; 57: 126-134)

df (Bell & McCaffrey): under the working covariance the variance of c'beta is a quadratic form in normal variables with
matrix D - B Phi B', D = diag |A_i X_i Phi c|^2 and rows b_i = X_i' A_i X_i Phi c of B; df = trace^2 / trace of
the square. The matrix is diagonal minus rank k, so both traces take time in proportion to the people.
"""

from __future__ import annotations

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
class Sandwich:
    """Robust covariance of beta in the basis (k, k), with the people it came from for df."""

    kind: str
    solution: Solution
    blocks: tuple[Block, ...]
    covariance: Array

    def variance(self, c: Array) -> float:
        return float(c @ self.covariance @ c)

    def df(self, contrasts: Array) -> Array:
        """Bell-McCaffrey df of each row of contrasts (q, k)."""
        rows = contrasts @ self.solution.phi
        traces, squares = np.zeros(len(rows)), np.zeros(len(rows))
        outer = np.zeros((len(rows), self.solution.rank, self.solution.rank))
        for x, _, hat in _whitened(self.solution, self.blocks):
            adjusted = _adjusted(self.kind, x, hat)
            along = adjusted @ rows.T  # (n, o, q)
            d = (along**2).sum(axis=1)
            b = np.matmul(x.transpose(0, 2, 1), along)  # (n, k, q)
            spent = ((self.solution.root.T @ b) ** 2).sum(axis=1)
            traces += (d - spent).sum(axis=0)
            squares += (d**2 - 2 * d * spent).sum(axis=0)
            by_row = b.transpose(2, 1, 0)
            outer += by_row @ by_row.transpose(0, 2, 1)
        product = self.solution.phi @ outer
        squares += np.einsum("qij,qji->q", product, product)
        return np.asarray(np.divide(traces**2, squares, out=np.full(len(rows), np.nan), where=squares > 0))


def sandwich(solution: Solution, blocks: tuple[Block, ...], kind: str) -> Sandwich:
    """The robust covariance of a fit. Raises BadModel for an unknown kind."""
    if kind not in KINDS:
        raise BadModel(f"vcov {quoted(kind)} is unknown (there are model, {listed(KINDS)})")
    meat = np.zeros((solution.rank, solution.rank))
    for x, e, hat in _whitened(solution, blocks):
        u = np.matmul(_adjusted(kind, x, hat).transpose(0, 2, 1), e[:, :, None])[:, :, 0]
        meat += u.T @ u
    return Sandwich(kind, solution, blocks, solution.phi @ meat @ solution.phi)


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
