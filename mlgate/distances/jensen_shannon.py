"""Jensen-Shannon distance."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from scipy.special import rel_entr

from mlgate.core.distance import Distance, Distribution
from mlgate.stats.divergence import Vector
from mlgate.stats.level_divergence import LevelDivergence, level_counts
from mlgate.stats.root_estimate import RootEstimate


class JensenShannon(Distance):
    """How far the mix of values has moved: the root of the Jensen-Shannon divergence in nats, in [0, sqrt(ln 2)] = [0, 0.833].

    The natural logarithm, so that values and tolerances are those of scipy.spatial.distance.jensenshannon and of the tools that use it; a
    tolerance of 0.1 is a divergence of 0.01 nats. Numeric columns are binned by ten quantiles of the reference, others by level; levels that one
    side lacks are included, nulls are not (null rates are judged apart). Unlike `psi` it needs no smoothing and a new level cannot dominate it.
    The divergence is corrected for bias (about (levels - 1) (1 / n + 1 / m) / 8, exact for levels of few rows) before the root is taken; bounds
    by the multinomial delta method on the divergence, noise floor by chi-square. Value checked against scipy, bounds by simulation at the tolerance.
    """

    default_at_most: ClassVar[float] = 0.1
    numeric: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    unit: ClassVar[str] = ""

    def statistic(self, current: Distribution, reference: Distribution) -> RootEstimate:
        return RootEstimate(_DIVERGENCE.estimate(*level_counts(current, reference)))

    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        return math.sqrt(_DIVERGENCE.noise_floor(*level_counts(current, reference), level))


def _terms(p: Vector, q: Vector) -> Vector:
    middle = (p + q) / 2
    terms: Vector = np.maximum(0.0, (rel_entr(p, middle) + rel_entr(q, middle)) / 2)  # rounding may fall below
    return terms


def _slopes(p: Vector, q: Vector) -> Vector:
    met = p > 0
    return np.log(p, where=met, out=np.zeros_like(p)) / 2 - np.log((p + q) / 2, where=met, out=np.zeros_like(p)) / 2


_DIVERGENCE = LevelDivergence(_terms, _slopes, curvature=1 / 8)
