"""Sums of half-normals: what a sum of absolute differences shows when nothing but noise differs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, gammainccinv, gammaln

Vector = NDArray[np.float64]
HALF_NORMAL_MEAN = math.sqrt(2 / math.pi)


def sum_moments(scales: Vector, correlation: Vector | None) -> tuple[float, float]:
    """Mean and variance of the sum of |X|, X normal of mean 0 with standard deviations `scales` (k,).

    Cov(|X|, |Y|) = (2 / pi) (r asin r + sqrt(1 - r^2) - 1) per unit scales. `correlation` (k, k), of either sign, or None for independent ones.
    """
    mean, own = float(scales.sum()) * HALF_NORMAL_MEAN, 1 - 2 / math.pi
    if correlation is None:
        return mean, own * float(np.dot(scales, scales))
    r = np.clip(correlation, -1.0, 1.0)
    covariance = (2 / math.pi) * (r * np.arcsin(r) + np.sqrt(1 - r**2) - 1)
    np.fill_diagonal(covariance, own)
    return mean, float(scales @ covariance @ scales)


def chi_quantile(mean: float, variance: float, level: float) -> float:
    """The (1 - level) quantile of the scaled chi with this mean and variance: exact for one half-normal, near-normal for the sum of many."""
    ratio = mean**2 / (mean**2 + variance)

    def excess(df: float) -> float:
        return 2 / df * math.exp(2 * (gammaln((df + 1) / 2) - gammaln(df / 2))) - ratio

    df = float(brentq(excess, 0.5, 1e5)) if excess(1e5) > 0 else 1e5
    return math.sqrt((mean**2 + variance) / df * float(chdtri(df, level)))


def gamma_quantile(mean: float, variance: float, level: float) -> float:
    """The (1 - level) quantile of the gamma with this mean and variance: close to the area under a Brownian bridge, whose parts go together."""
    return variance / mean * float(gammainccinv(mean**2 / variance, level))
