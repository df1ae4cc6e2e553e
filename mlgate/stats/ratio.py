"""The ratio of two independent shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.score import score_interval, score_pvalue


@dataclass(frozen=True, kw_only=True)
class ProportionRatio:
    """(x1 / n1) / (x2 / n2) of two independent samples, in [0, inf].

    Interval and p-values come from one score test (Miettinen and Nurminen 1985, doi 10.1002/sim.4780040211, with the constrained estimate in closed
    form), so that they never disagree and shares of 0 need no correction. Two shares of 0 give the value 1 and an interval from 0 to inf.
    Checked against Gart and Nam's (1988) published intervals. Raises `MeasurementError` where a sample has no rows.
    """

    x1: float
    n1: int
    x2: float
    n2: int

    def __post_init__(self) -> None:
        if min(self.n1, self.n2) < 1:
            raise MeasurementError("there are no rows to take a share of")
        if not (0 <= self.x1 <= self.n1 and 0 <= self.x2 <= self.n2):
            raise ValueError(f"{self.x1} of {self.n1} and {self.x2} of {self.n2} are no shares")

    @property
    def value(self) -> float:
        if self.x2 == 0:
            return 1.0 if self.x1 == 0 else math.inf
        return self.x1 / self.n1 / (self.x2 / self.n2)

    @property
    def n_obs(self) -> int:
        """Rows of both samples."""
        return self.n1 + self.n2

    @property
    def standard_error(self) -> float:
        """The delta method's with half a row added to each count; plans sample sizes and decides nothing."""
        x1, n1, x2, n2 = self.x1 + 0.5, self.n1 + 1, self.x2 + 0.5, self.n2 + 1
        return x1 / n1 / (x2 / n2) * math.sqrt((1 - x1 / n1) / x1 + (1 - x2 / n2) / x2)

    @property
    def flags(self) -> tuple[str, ...]:
        return ()

    def interval(self, confidence_level: float) -> Interval:
        found = score_interval(self._score, _position(self.value), confidence_level)
        return Interval(_ratio(found.low), _ratio(found.high), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        if null < 0:
            return 0.0 if alternative == "greater" else 1.0
        return score_pvalue(self._score, _position(null), alternative)

    def _score(self, position: float) -> tuple[float, float]:
        """The gap w1 p1 - w2 p2, which is 0 where p1 / p2 is the ratio w2 / w1 at `position`, and its variance were that the truth."""
        w1, w2 = (1 - position) / 2, (1 + position) / 2
        x1, n1, x2, n2 = self.x1, self.n1, self.x2, self.n2
        a, b, c = (n1 + n2) * w2, n1 * w2 + x1 * w1 + n2 * w1 + x2 * w2, (x1 + x2) * w1
        root = math.sqrt(max(0.0, b * b - 4 * a * c))
        second = min(1.0, 2 * c / (b + root)) if b + root > 0 else 0.0
        shared = w2 * second
        variance = shared * max(0.0, w1 - shared) / n1 + w2 * shared * (1 - second) / n2
        return w1 * x1 / n1 - w2 * x2 / n2, variance * self.n_obs / (self.n_obs - 1)


def _position(ratio: float) -> float:
    """A ratio in [0, inf] as a point of [-1, 1]."""
    return 1.0 if math.isinf(ratio) else (ratio - 1) / (ratio + 1)


def _ratio(position: float) -> float:
    return math.inf if position >= 1 else (1 + position) / (1 - position)
