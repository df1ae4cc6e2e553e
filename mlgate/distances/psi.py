"""Population stability index."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from mlgate.core.distance import Distance, Distribution
from mlgate.stats import divergence
from mlgate.stats.binning import by_level, by_reference_bins, rows_of
from mlgate.stats.tolerance import ToleranceEstimate, sizes_term

BINS = 10
SMOOTHING = 0.5


class PopulationStabilityIndex(Distance):
    """How far the mix of values has moved: sum of (p - q) ln(p / q), symmetric, at least 0, without an upper end.

    Numeric columns are binned by ten quantiles of the reference, others by level; levels that one side lacks are included, nulls are not (null
    rates are judged apart). Half a row is added to every bin. The reported value is corrected for bias: two samples of one population show
    (bins - 1) (1 / n + 1 / m) on average, which is more than 0.1 for 100 rows. Bounds by the multinomial delta method with the variance
    of that noise added (Yurdakul 2018; du Pisanie et al. 2023), the noise floor by chi-square. `value` is 0 where the bias is larger.
    At the tolerance, where 5 % is asked, a false FAIL happens in 0.3 to 5 % of samples of 200 to 100,000 rows, a false PASS in 2 to 6 %.
    """

    default_at_most: ClassVar[float] = 0.1
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    unit: ClassVar[str] = ""

    def statistic(self, current: Distribution, reference: Distribution) -> ToleranceEstimate:
        x, y = _counts(current, reference)
        n, m = rows_of(x), rows_of(y)
        p, q = _smoothed(x), _smoothed(y)
        raw = divergence.psi(p, q)
        noise = sizes_term(n, m)
        ratio = np.log(p / q)
        slopes = divergence.spread(p, ratio + 1 - q / p) / n + divergence.spread(q, 1 - ratio - p / q) / m
        # one bin alone still leaves room for a level not met yet, so the noise never has less than one degree of freedom
        error = math.sqrt(slopes + 2 * noise**2 * max(1, len(x) - 1))
        corrected = raw - noise * (len(x) - 1)
        return ToleranceEstimate(value=max(0.0, corrected), raw=raw, n_obs=min(n, m), standard_error=error, low_from=corrected, high_from=corrected)

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        x, y = _counts(current, reference)
        return sizes_term(rows_of(x), rows_of(y)) * float(chdtri(len(x) - 1, level)) if len(x) > 1 else 0.0


def _counts(current: Distribution, reference: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return by_reference_bins(current, reference, BINS) if reference.numeric else by_level(current, reference)


def _smoothed(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = (counts + SMOOTHING) / (counts.sum() + SMOOTHING * len(counts))
    return shares
