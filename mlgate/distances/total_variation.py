"""Total variation distance."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlgate.core.distance import Distance, Distribution
from mlgate.stats import divergence
from mlgate.stats.binning import by_level, by_reference_bins, rows_of
from mlgate.stats.half_normals import HALF_NORMAL_MEAN, chi_quantile, sum_moments
from mlgate.stats.normal import smallest_standard_error
from mlgate.stats.tolerance import ToleranceEstimate, sizes_term

BINS = 10
MOST_LEVELS = 50  # of a numeric column; with more it is binned
CORRELATED_LEVELS = 1000  # with more, the levels of a multinomial are as good as independent
MOVED = 3.0  # standard deviations beyond which a level's |p - q| is its own shift and carries no bias


class TotalVariation(Distance):
    """The share of rows that would have to change their value to turn one sample into the other: half the sum of |p - q|, in [0, 1].

    By level, those that one side lacks included; nulls are left out (null rates are judged apart). A numeric column with more than 50 distinct
    values is binned by ten quantiles of the reference. The distance between two samples of one population is not 0 but a sum of half-normals: the
    mean of these is taken off the lower bound, level by level, save those that have plainly moved (three standard deviations). The upper bound
    needs no correction, because the sample's distance is at least the one of the true witness set. At the tolerance a false FAIL is at
    most about as frequent as its level, whether one level moved or all did; a false PASS is rarer.
    """

    default_at_most: ClassVar[float] = 0.05
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    unit: ClassVar[str] = "share of rows"
    cells: ClassVar[int] = 2 * MOST_LEVELS

    def statistic(self, current: Distribution, reference: Distribution) -> ToleranceEstimate:
        x, y = _counts(current, reference)
        n, m = rows_of(x), rows_of(y)
        p, q = x / n, y / m
        distance = divergence.total_variation(p, q)
        signs = np.sign(p - q) / 2
        variance = divergence.spread(p, signs) / n + divergence.spread(q, signs) / m
        scales = _half_normal_scales(x, y)
        unmoved = np.abs(p - q) / 2 <= MOVED * scales
        bias = float(scales[unmoved].sum()) * HALF_NORMAL_MEAN
        return ToleranceEstimate(
            value=distance,
            raw=distance,
            n_obs=min(n, m),
            standard_error=math.sqrt(variance) if variance > 1e-15 else smallest_standard_error(min(n, m)),
            low_from=distance - bias,
            high_from=distance,
        )

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        x, y = _counts(current, reference)
        if len(x) == 1:
            return 0.0
        scales = _half_normal_scales(x, y)
        return min(1.0, chi_quantile(*sum_moments(scales, _correlation((x + y) / (x + y).sum())), level))


def _counts(current: Distribution, reference: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if reference.numeric and (len(reference.counts) > MOST_LEVELS or not reference.exact):
        return by_reference_bins(current, reference, BINS)
    return by_level(current, reference)


def _half_normal_scales(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the standard deviation of each level's p - q, were both samples of the pooled population."""
    shares = (x + y) / (x + y).sum()
    scales: NDArray[np.float64] = np.sqrt(sizes_term(rows_of(x), rows_of(y)) * shares * (1 - shares)) / 2
    return scales


def _correlation(shares: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Of the levels' p - q in a multinomial, but for its sign, which does not matter; None where there are so many that it is next to none."""
    if len(shares) > CORRELATED_LEVELS:
        return None
    odds = np.sqrt(shares / (1 - shares))
    return np.outer(odds, odds)
