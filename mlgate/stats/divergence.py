"""Divergences of two probability vectors, as defined: no smoothing, no bias correction, no bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def psi(p: Vector, q: Vector) -> float:
    """Population stability index, sum of (p - q) ln(p / q): both Kullback-Leibler divergences together, in nats, at least 0.

    `p` and `q` (k,) sum to 1 each. Levels that neither has add nothing; a level that only one has makes it infinite.
    """
    used = (p > 0) | (q > 0)
    with np.errstate(divide="ignore"):
        return float(np.sum((p[used] - q[used]) * (np.log(p[used]) - np.log(q[used]))))


def total_variation(p: Vector, q: Vector) -> float:
    """Half the sum of |p - q|, in [0, 1]: the share of rows that would have to move to turn one into the other."""
    return float(np.abs(p - q).sum() / 2)


def spread(shares: Vector, slopes: Vector) -> float:
    """The variance of `slopes` (k,) under the probabilities `shares` (k,): the delta method's error of a divergence, times rows."""
    centred = slopes - np.dot(shares, slopes)
    return float(np.dot(shares, centred * centred))
