"""The covariance of two scores at T timepoints under the random-intercept cross-lagged panel model.

    score_t = mean_t + steady difference of the person + w_t,    w_t = A w_{t-1} + u_t

(Hamaker, Kuiper & Grasman, Psychological Methods 2015; 20: 102-116). A (2 x 2), the lags, is the same from each
timepoint to the next; the covariance of the steady differences, of w_1 and of each u_t is free. With the scores ordered by
timepoint, K = (I - L x A)^-1 for the shift L by one timepoint, D the block diagonal of the covariances of w_1, u_2 ...:

    Sigma = J x Psi + K D K'

whose derivatives follow from dK = K (L x dA) K. Only the sums of products of real or complex numbers are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
LAGS = 4  # theta: A by rows, Psi (11, 21, 22), w_1 (11, 21, 22), u_2 (11, 21, 22) ...
PAIR = (np.array([[1.0, 0], [0, 0]]), np.array([[0.0, 1], [1, 0]]), np.array([[0.0, 0], [0, 1]]))


@dataclass(frozen=True)
class CrossLagged:
    """Two scores at `times` timepoints, ordered by timepoint."""

    times: int

    @property
    def size(self) -> int:
        return LAGS + 3 + 3 * self.times

    def parts(self, theta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """A (2, 2), Psi (2, 2) and the T blocks of D (T, 2, 2)."""
        blocks = [_pair(theta[place : place + 3]) for place in range(LAGS, self.size, 3)]
        return theta[:LAGS].reshape(2, 2), blocks[0], np.array(blocks[1:])

    def within(self, theta: Numbers) -> Numbers:
        """Covariance of w_t at each timepoint (T, 2, 2)."""
        lags, _, blocks = self.parts(theta)
        found = [blocks[0]]
        for block in blocks[1:]:
            found.append(lags @ found[-1] @ lags.T + block)
        return np.array(found)

    def at(self, theta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Sigma (2T, 2T), first derivatives (m, 2T, 2T) and second ones (m, m, 2T, 2T)."""
        q, m = 2 * self.times, self.size
        k, inside, whole = self._built(theta)
        shift = np.eye(self.times, k=-1)
        moves = [k @ np.kron(shift, _unit(place)) for place in range(LAGS)]
        first, second = np.zeros((m, q, q), dtype=k.dtype), np.zeros((m, m, q, q), dtype=k.dtype)
        for place, move in enumerate(moves):
            first[place] = _both(move @ inside)
        for place, pair in enumerate(PAIR):
            first[LAGS + place] = np.kron(np.ones((self.times, self.times)), pair)
            for t in range(self.times):
                columns = k[:, 2 * t : 2 * t + 2]
                first[LAGS + 3 + 3 * t + place] = columns @ pair @ columns.T
        for one, move in enumerate(moves):
            for other in range(LAGS):
                second[one, other] = _both(moves[other] @ move @ inside + move @ first[other])
            for other in range(LAGS + 3, m):
                second[one, other] = second[other, one] = _both(move @ first[other])
        return whole, first, second

    def sigma(self, theta: Numbers) -> Numbers:
        """(2T, 2T) alone."""
        return self._built(theta)[2]

    def _built(self, theta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """K, K D K' and Sigma."""
        lags, steady, blocks = self.parts(theta)
        k = np.linalg.inv(np.eye(2 * self.times) - np.kron(np.eye(self.times, k=-1), lags))
        d = np.zeros(k.shape, dtype=k.dtype)
        for t, block in enumerate(blocks):
            d[2 * t : 2 * t + 2, 2 * t : 2 * t + 2] = block
        inside = k @ d @ k.T
        return k, inside, np.kron(np.ones((self.times, self.times)), steady) + inside


def _pair(elements: Numbers) -> Numbers:
    return np.array([[elements[0], elements[1]], [elements[1], elements[2]]])


def _unit(place: int) -> Numbers:
    made = np.zeros((2, 2))
    made[divmod(place, 2)] = 1.0
    return made


def _both(half: Numbers) -> Numbers:
    return half + half.T
