"""Wasserstein distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlgate.core.distance import Distance, Distribution
from mlgate.core.errors import MeasurementError
from mlgate.stats import divergence
from mlgate.stats.binning import Sorted, ordered, require_rows
from mlgate.stats.half_normals import HALF_NORMAL_MEAN, gamma_quantile, sum_moments
from mlgate.stats.normal import smallest_standard_error
from mlgate.stats.tolerance import ToleranceEstimate, sizes_term

MOVED = 3.0  # standard deviations beyond which |F - G| is its own shift and carries no bias
FLOOR_STEPS = 300  # the noise floor integrates over so many pieces of equal spread
LARGE_SKEW = 0.3

Vector = NDArray[np.float64]


class Wasserstein(Distance):
    """How far the values have moved on average, in standard deviations of the reference: the area between both distribution functions.

    The first Wasserstein (earth mover's) distance over the reference's standard deviation, at least 0: 0.1 is a shift of all rows by a tenth of it.
    A reference of one single value has none; then that of both samples, mixed evenly, is the unit. The lower bound loses the mean area that
    noise alone shows wherever the two functions have not plainly moved apart; the upper bound needs no correction, because the sample's
    distance is at least the gain of the true Kantorovich potential. The error is that of the sample's potential (del Barrio, Gine and
    Matran 1999, Ann. Prob. 27:1009) and of the standard deviation. Where few rows dominate it (heavy tails), the estimate is flagged: `ks`
    does not depend on tails. Of samples that were counted in cells, both bounds are widened by what the places of rows within their cells
    can change. For numbers and not for categories, which have no size. Value checked against scipy.stats.wasserstein_distance.
    """

    default_at_most: ClassVar[float] = 0.1
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = False
    unit: ClassVar[str] = "standard deviations"
    cells: ClassVar[int] = 512
    placed: ClassVar[bool] = True

    def statistic(self, current: Distribution, reference: Distribution) -> ToleranceEstimate:
        found = _Functions.of(current, reference)
        distance = float(np.dot(np.abs(found.gaps), found.widths))
        unmoved = np.abs(found.gaps) <= MOVED * found.noise
        bias = HALF_NORMAL_MEAN * float(np.dot(found.noise[unmoved], found.widths[unmoved]))
        by_current, by_reference = found.influences(distance)
        variance = divergence.spread(found.p, by_current) / found.n + divergence.spread(found.q, by_reference) / found.m
        smaller = min(found.n, found.m)
        return ToleranceEstimate(
            value=distance,
            raw=distance,
            n_obs=smaller,
            standard_error=math.sqrt(variance) if variance > 1e-15 else smallest_standard_error(smaller),
            low_from=distance - bias - found.slack(distance),
            high_from=distance + found.slack(distance),
            flags=_flags((found.p, by_current, found.n), (found.q, by_reference, found.m)),
        )

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        found = _Functions.of(current, reference)
        if len(found.points) == 1:
            return 0.0
        scales, shares = _pieces(found.noise * found.widths, found.pooled)
        odds = np.sqrt(shares / np.maximum(1 - shares, 1e-12))
        bridge = np.minimum.outer(odds, odds) / np.maximum.outer(odds, odds)
        return gamma_quantile(*sum_moments(scales, bridge), level)


@dataclass(frozen=True)
class _Functions:
    """Both samples over the values that occur, in standard deviations of the reference.

    `points` (k,) ascending; `p` and `q` (k,) their shares in the current and the reference sample, of `n` and `m` rows; between two
    points, (k - 1,): `widths`, `gaps` F - G, `pooled` (rows up to here, of both) and `noise`, the standard deviation of a gap without drift.
    `loose` (k,) is how far below its point a row may lie, where rows were counted in cells.
    """

    points: Vector
    p: Vector
    q: Vector
    n: int
    m: int
    loose: Vector

    @classmethod
    def of(cls, current: Distribution, reference: Distribution) -> _Functions:
        """Raises `MeasurementError` for a side without rows, and for values that are infinite or no numbers."""
        require_rows(current, reference)
        now, then = ordered(current), ordered(reference)
        values = np.union1d(now[0], then[0])
        if not np.isfinite(values).all():
            raise MeasurementError(
                "a distance in standard deviations is not defined for infinite values",
                fix="judge them apart (kind `columns`, `values`), leave them out with `where`, or use ks, for which size does not matter",
            )
        p, q = _shares(values, now), _shares(values, then)
        largest = np.abs(values).max() or 1.0
        scaled = values / largest  # so that no square overflows
        unit = math.sqrt(divergence.spread(q, scaled)) or math.sqrt(divergence.spread((p + q) / 2, scaled)) or 1.0
        loose = np.array([(reference.widths or {}).get(value, 0.0) for value in values.tolist()]) / largest / unit
        return cls((scaled - np.dot(q, scaled)) / unit, p, q, current.n_obs, reference.n_obs, loose)

    @property
    def widths(self) -> Vector:
        return np.diff(self.points)

    @property
    def gaps(self) -> Vector:
        gaps: Vector = np.cumsum(self.p - self.q)[:-1]
        return gaps

    @property
    def pooled(self) -> Vector:
        mixed = (self.n * self.p + self.m * self.q) / (self.n + self.m)
        pooled: Vector = np.cumsum(mixed)[:-1]
        return pooled

    @property
    def noise(self) -> Vector:
        noise: Vector = np.sqrt(sizes_term(self.n, self.m) * self.pooled * np.clip(1 - self.pooled, 0, 1))
        return noise

    def slack(self, distance: float) -> float:
        """The most that the places of rows within their cells can change of the distance: of the area, and of the unit it is measured in."""
        return float(np.dot(self.loose, np.maximum(self.p, self.q)) + distance * np.sqrt(np.dot(self.q, self.loose**2)))

    def influences(self, distance: float) -> tuple[Vector, Vector]:
        """What one more row of the current and of the reference sample would add to the distance, at every point (k,)."""
        potential = np.concatenate([[0.0], np.cumsum(-np.sign(self.gaps) * self.widths)])
        of_unit = distance * (self.points**2 - 1) / 2  # `points` are standardized by the reference, whose deviation is estimated too
        return potential, -potential - of_unit


def _shares(values: Vector, sample: Sorted) -> Vector:
    shares = np.zeros(len(values))
    shares[np.searchsorted(values, sample[0])] = sample[1] / sample[1].sum()
    return shares


def _flags(*sides: tuple[Vector, Vector, int]) -> tuple[str, ...]:
    """Why the error of a mean of influences must not be trusted."""
    worst = 0.0
    for shares, influences, rows in sides:
        centred = influences - np.dot(shares, influences)
        variance = float(np.dot(shares, centred**2))
        if variance > 1e-15:
            worst = max(worst, abs(float(np.dot(shares, centred**3))) / variance**1.5 / math.sqrt(rows))
    return (f"few rows dominate the distance (|skewness| / sqrt(n) is {worst:.2f}, at most {LARGE_SKEW})",) if worst > LARGE_SKEW else ()


def _pieces(scales: Vector, shares: Vector) -> tuple[Vector, Vector]:
    """At most `FLOOR_STEPS` pieces with about the same part of the sum of `scales` (k,) each, and the pooled share in their middle."""
    if len(scales) <= FLOOR_STEPS:
        return scales, shares
    running = np.cumsum(scales)
    piece = np.minimum((running / running[-1] * FLOOR_STEPS).astype(np.int64), FLOOR_STEPS - 1)
    joined: Vector = np.bincount(piece, weights=scales, minlength=FLOOR_STEPS).astype(np.float64)
    used = joined > 0
    middle = np.bincount(piece, weights=scales * shares, minlength=FLOOR_STEPS)[used] / joined[used]
    return joined[used], middle
