"""Kolmogorov-Smirnov distance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import kolmogi

from mlgate.core.distance import Distance, Distribution
from mlgate.stats.binning import ordered, require_rows
from mlgate.stats.normal import smallest_standard_error
from mlgate.stats.tolerance import ToleranceEstimate, pooled_sd


class KolmogorovSmirnov(Distance):
    """The largest share of rows that has moved across one threshold, whatever the column's unit: sup |F - G|, in [0, 1].

    Lower bound by Kolmogorov's band, which keeps its level for ties and any sample size; upper bound by the normal error at the threshold
    where the distance is largest (Raghavachari 1973, doi 10.1214/aos/1193342382). At the tolerance a false FAIL and a false PASS
    are both rarer than their level. Of samples that were counted in cells, the upper bound takes the worst place that the rows of a cell
    can have in it. For numbers and not for categories, which have no order. Value checked against scipy.stats.ks_2samp.
    """

    default_at_most: ClassVar[float] = 0.05
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = False
    unit: ClassVar[str] = "share of rows"
    cells: ClassVar[int] = 512
    placed: ClassVar[bool] = True

    def statistic(self, current: Distribution, reference: Distribution) -> ToleranceEstimate:
        require_rows(current, reference)
        n, m = current.n_obs, reference.n_obs
        points, f, g = _shares_up_to(current, reference)
        gaps = np.abs(f - g)
        distance = float(gaps.max())
        widest = gaps >= distance - 1e-12
        spread = float((f[widest] * (1 - f[widest]) / n + g[widest] * (1 - g[widest]) / m).max())
        error = np.sqrt(spread) if spread > 1e-15 else smallest_standard_error(min(n, m))
        return ToleranceEstimate(
            value=distance,
            raw=distance,
            n_obs=min(n, m),
            standard_error=float(error),
            low_from=distance,
            high_from=max(distance, _within_cells(points, f, g, reference.widths)),
            band=pooled_sd(n, m),
        )

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        require_rows(current, reference)
        return min(1.0, float(kolmogi(level)) * pooled_sd(current.n_obs, reference.n_obs))


def _shares_up_to(current: Distribution, reference: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Every value that occurs, and both distribution functions there."""
    (xs, x_counts), (ys, y_counts) = ordered(current), ordered(reference)
    points = np.union1d(xs, ys)
    return points, _function(xs, x_counts, points), _function(ys, y_counts, points)


def _within_cells(points: NDArray[np.float64], f: NDArray[np.float64], g: NDArray[np.float64], widths: Mapping[float, float] | None) -> float:
    """How far both functions can be apart inside a cell whose values are not all equal; 0 where every value was counted."""
    wide = np.array([bool(widths and widths[point]) for point in points.tolist()])
    if not wide.any():
        return 0.0
    f_before, g_before = np.concatenate([[0.0], f[:-1]]), np.concatenate([[0.0], g[:-1]])
    return float(np.maximum(f - g_before, g - f_before)[wide].max())


def _function(values: NDArray[np.float64], counts: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    running = np.concatenate([[0], np.cumsum(counts)])
    shares: NDArray[np.float64] = running[np.searchsorted(values, points, side="right")] / running[-1]
    return shares
