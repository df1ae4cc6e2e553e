"""Score tests of a difference, and the limits found by inverting them."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.special import ndtr

from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import quantile, tail_of

Score = Callable[[float], tuple[float, float]]
"""At a difference d in [-1, 1]: (estimate - d, its variance were d the truth)."""


def score_interval(score: Score, estimate: float, confidence_level: float) -> Interval:
    """The differences in [-1, 1] that the score test does not reject, to about 1e-12.

    Solved for T / sqrt(1 + T^2) instead of T = gap / sqrt(variance): it falls with d as T does but stays finite where the variance is zero.
    """
    z = quantile(tail_of(confidence_level))
    target = z / math.hypot(1.0, z)

    def bounded(difference: float, shift: float) -> float:
        gap, variance = score(difference)
        length = math.sqrt(variance + gap * gap)
        return (gap / length if length > 0 else 0.0) - shift

    low = _root(bounded, -1.0, estimate, target)
    high = _root(bounded, estimate, 1.0, -target)
    return Interval(low, high, confidence_level)


def _root(bounded: Callable[[float, float], float], start: float, end: float, target: float) -> float:
    if bounded(start, target) <= 0:
        return start
    if bounded(end, target) >= 0:
        return end
    return float(brentq(bounded, start, end, args=(target,), xtol=1e-12, rtol=1e-14))


def score_pvalue(score: Score, null: float, alternative: Alternative) -> float:
    """One-sided p-value of H0 "true difference = null"; a null outside [-1, 1] is impossible and decided by comparison."""
    if abs(null) > 1:
        return 0.0 if (null < -1) == (alternative == "greater") else 1.0
    gap, variance = score(null)
    certain = math.copysign(math.inf, gap) if gap * gap > 0 else 0.0  # a gap whose square vanishes is none
    statistic = gap / math.sqrt(variance) if variance > 0 else certain
    return float(ndtr(-statistic if alternative == "greater" else statistic))
