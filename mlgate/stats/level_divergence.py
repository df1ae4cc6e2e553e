"""Symmetric divergences of two samples of levels, with the noise that two samples of one population show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, gammaln

from mlgate.core.distance import Distribution
from mlgate.stats import divergence
from mlgate.stats.binning import by_level, by_reference_bins, rows_of
from mlgate.stats.divergence import Vector
from mlgate.stats.tolerance import ToleranceEstimate, sizes_term

Counts = NDArray[np.float64]
BINS = 10
EXACT_UP_TO = 50  # rows of a level, both samples together; beyond, the noise of a level is chi-square


def level_counts(current: Distribution, reference: Distribution) -> tuple[Counts, Counts]:
    """Counts (k,) of both samples by level, those of a numeric reference in ten bins between its quantiles."""
    return by_reference_bins(current, reference, BINS) if reference.numeric else by_level(current, reference)


@dataclass(frozen=True)
class LevelDivergence:
    """A divergence that is a sum over levels, the same when the samples change places, 0 where they agree.

    `term` (p, q) -> (k,) is what each level adds, `slope` (p, q) -> (k,) its derivative by the first share (0 where that is 0); `curvature`
    is the noise: for many rows, samples of one population show curvature * (1 / n + 1 / m) * chi-square of k - 1 degrees.
    """

    term: Callable[[Vector, Vector], Vector]
    slope: Callable[[Vector, Vector], Vector]
    curvature: float

    def estimate(self, x: Counts, y: Counts) -> ToleranceEstimate:
        """The divergence of counts (k,) with bounds by the multinomial delta method, less the mean noise, whose variance is added.

        The error is at least what two rows of a level not met yet would add, so that a few rows that all agree prove little.
        """
        n, m = rows_of(x), rows_of(y)
        p, q = x / n, y / m
        raw = float(self.term(p, q).sum())
        mean, variance = self._noise(x, y)
        by_sample = divergence.spread(p, self.slope(p, q)) / n + divergence.spread(q, self.slope(q, p)) / m
        unmet = 2 * float(self.term(np.array([1 / min(n, m)]), np.zeros(1))[0])
        corrected = raw - mean
        return ToleranceEstimate(
            value=max(0.0, corrected),
            raw=raw,
            n_obs=min(n, m),
            standard_error=max(math.sqrt(by_sample + variance), unmet),
            low_from=corrected,
            high_from=corrected,
        )

    def noise_floor(self, x: Counts, y: Counts, level: float) -> float:
        """The (1 - level) quantile of the noise: of the scaled chi-square with its mean and variance."""
        mean, variance = self._noise(x, y)
        if variance == 0:
            return mean
        return variance / (2 * mean) * float(chdtri(2 * mean**2 / variance, level))

    def _noise(self, x: Counts, y: Counts) -> tuple[float, float]:
        """Mean and variance of the divergence were the rows dealt out to two samples of these sizes at random, given each level's rows."""
        n, m = rows_of(x), rows_of(y)
        totals, times = np.unique(x + y, return_counts=True)
        scale = self.curvature * sizes_term(n, m)
        mean = variance = 0.0
        for total, levels in zip(totals.tolist(), times.tolist(), strict=True):
            if total > EXACT_UP_TO or not float(total).is_integer():  # counts of a thinned sample are no whole numbers
                rest = 1 - total / (n + m)
                own = scale * rest, 2 * scale**2 * rest
            else:
                own = self._exact_noise(total, n, m)
            mean, variance = mean + levels * own[0], variance + levels * own[1]
        return mean, variance

    def _exact_noise(self, total: float, n: int, m: int) -> tuple[float, float]:
        """Mean and variance of one level's term: its rows in the first sample are hypergeometric."""
        drawn = np.arange(max(0, total - m), min(total, n) + 1, dtype=np.float64)
        chance = np.exp(_ln_choose(n, drawn) + _ln_choose(m, total - drawn) - _ln_choose(n + m, np.array([total])))
        added = self.term(drawn / n, (total - drawn) / m)
        mean = float(np.dot(chance, added))
        return mean, float(np.dot(chance, (added - mean) ** 2))


def _ln_choose(rows: int, drawn: Counts) -> Vector:
    chosen: Vector = gammaln(rows + 1) - gammaln(drawn + 1) - gammaln(rows - drawn + 1)
    return chosen
