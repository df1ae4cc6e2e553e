"""Cramer's V between two samples."""

from __future__ import annotations

import math
from typing import ClassVar

from mlgate.core.distance import Distance, Distribution
from mlgate.stats.divergence import Vector
from mlgate.stats.level_divergence import LevelDivergence, level_counts
from mlgate.stats.root_estimate import RootEstimate


class CramersV(Distance):
    """How well the value tells which of the two samples a row is from: Cramer's V of the table side by level, in [0, 1].

    Both sides have the same weight, so that a tolerance means the same whatever the size of the reference (V of the raw table would shrink to 0
    against a large one); for samples of one size it is the textbook's V. 0.1 is Cohen's small effect. Numeric columns are binned by ten
    quantiles of the reference, others by level; levels that one side lacks are included, nulls are not (null rates are judged apart). V squared is
    corrected for bias (Bergsma 2013, doi 10.1016/j.jkss.2012.10.002: (levels - 1) / (rows - 1), for unequal sizes by the same
    permutation argument level by level); bounds by the multinomial delta method on V squared, noise floor by chi-square.
    Value checked against scipy.stats.contingency.association, the bounds by simulation at the tolerance.
    """

    default_at_most: ClassVar[float] = 0.1
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    unit: ClassVar[str] = ""

    def statistic(self, current: Distribution, reference: Distribution) -> RootEstimate:
        return RootEstimate(_SQUARED.estimate(*level_counts(current, reference)))

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        return min(1.0, math.sqrt(_SQUARED.noise_floor(*level_counts(current, reference), level)))


def _terms(p: Vector, q: Vector) -> Vector:
    return (p - q) ** 2 / (2 * (p + q))


def _slopes(p: Vector, q: Vector) -> Vector:
    return (p - q) * (p + 3 * q) / (2 * (p + q) ** 2)


_SQUARED = LevelDivergence(_terms, _slopes, curvature=1 / 4)
