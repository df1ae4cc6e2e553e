"""The difference of two independent estimates, from the interval that each has by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import ndtr

from mlgate.core.statistic import Alternative, Interval, Statistic

_NEAREST, _FARTHEST = 1e-6, 37.0  # standard normal points between which a p-value is looked for


@dataclass(frozen=True)
class Apart:
    """first - second, of two samples that share no rows.

    The interval recovers each side's variance from its own limits (Zou and Donner 2008, doi 10.1002/sim.3095), so that skewed and exact intervals
    keep their shape; of two normal estimates it is the usual one. p is the level at which the interval touches the null, from 0 to 1 without
    a jump; checked against Newcombe's (1998) published intervals from Wilson's limits.
    """

    first: Statistic
    second: Statistic

    @property
    def value(self) -> float:
        return self.first.value - self.second.value

    @property
    def n_obs(self) -> int:
        return self.first.n_obs + self.second.n_obs

    @property
    def standard_error(self) -> float:
        return math.hypot(self.first.standard_error, self.second.standard_error)

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.first.flags, *self.second.flags)))

    def interval(self, confidence_level: float) -> Interval:
        one, other = self.first.interval(confidence_level), self.second.interval(confidence_level)
        below = math.hypot(self.first.value - one.low, other.high - self.second.value)
        above = math.hypot(one.high - self.first.value, self.second.value - other.low)
        return Interval(self.value - below, self.value + above, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        if not math.isfinite(self.standard_error):
            return 1.0
        shown = self.value > null if alternative == "greater" else self.value < null
        reached = self._reach(null)
        return float(ndtr(-reached if shown else reached))

    def _reach(self, null: float) -> float:
        """The standard normal point at which the interval's end on the side of `null` touches it."""

        def beyond(point: float) -> float:
            found = self.interval(1 - 2 * float(ndtr(-point)))
            return found.low - null if null < self.value else null - found.high

        if null == self.value or beyond(_NEAREST) <= 0:
            return 0.0
        return _FARTHEST if beyond(8.0) > 0 else float(brentq(beyond, _NEAREST, 8.0, xtol=1e-10))
