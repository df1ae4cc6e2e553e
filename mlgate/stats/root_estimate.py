"""The square root of an estimate, for distances that are roots of a divergence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.tolerance import ToleranceEstimate


@dataclass(frozen=True)
class RootEstimate:
    """The root of `squared`: bounds are the roots of its bounds, and a null is tested by its square, so that no level is lost at 0."""

    squared: ToleranceEstimate

    @property
    def value(self) -> float:
        return math.sqrt(self.squared.value)

    @property
    def raw(self) -> float:
        """The root of the plain divergence between the samples."""
        return math.sqrt(self.squared.raw)

    @property
    def n_obs(self) -> int:
        return self.squared.n_obs

    @property
    def standard_error(self) -> float:
        """How far one standard error of the square reaches upwards: finite at 0, where the delta method is not."""
        return math.sqrt(self.squared.value + self.squared.standard_error) - self.value

    @property
    def flags(self) -> tuple[str, ...]:
        return self.squared.flags

    def interval(self, confidence_level: float) -> Interval:
        inner = self.squared.interval(confidence_level)
        return Interval(math.sqrt(inner.low), math.sqrt(inner.high), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """p of H0 "distance <= null" against "greater", of H0 "distance >= null" against "less". A null below 0 is decided: 0 or 1."""
        return self.squared.pvalue(math.copysign(null**2, null), alternative)
