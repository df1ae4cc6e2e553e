"""Shares of rows: one sample against a bound, and two independent samples against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betainc, betaincc, betaincinv

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import smallest_standard_error, tail_of
from mlgate.stats.score import score_interval, score_pvalue


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """successes / n_obs, in [0, 1], with the exact interval of Clopper and Pearson (1934, doi 10.1093/biomet/26.4.404) and exact binomial p.

    Never errs more often than stated, whatever the sample size; checked against scipy.stats.binomtest. Rows in blocks are given as the fewer
    independent ones that they are worth; `successes` is then no whole number (Korn and Graubard 1998). Raises `MeasurementError` for no rows.
    """

    successes: float
    n_obs: int

    def __post_init__(self) -> None:
        _require_counts(self.successes, self.n_obs)

    @property
    def value(self) -> float:
        return self.successes / self.n_obs

    @property
    def standard_error(self) -> float:
        """Wald's, which plans sample sizes and decides nothing; never 0 (see `smallest_standard_error`)."""
        return math.sqrt(self.value * (1 - self.value) / self.n_obs) or smallest_standard_error(self.n_obs)

    @property
    def flags(self) -> tuple[str, ...]:
        return ()

    def interval(self, confidence_level: float) -> Interval:
        x, n, tail = self.successes, self.n_obs, tail_of(confidence_level)
        low = float(betaincinv(x, n - x + 1, tail)) if x > 0 else 0.0
        high = 1 - float(betaincinv(n - x, x + 1, tail)) if x < n else 1.0
        return Interval(low, high, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        if not 0 <= null <= 1:
            return 0.0 if (null < 0) == (alternative == "greater") else 1.0
        if alternative == "greater":
            return float(betainc(self.successes, self.n_obs - self.successes + 1, null)) if self.successes else 1.0
        return float(betaincc(self.successes + 1, self.n_obs - self.successes, null)) if self.successes < self.n_obs else 1.0


@dataclass(frozen=True, kw_only=True)
class ProportionDifference:
    """x1 / n1 - x2 / n2 of two independent samples, in [-1, 1].

    Interval and p-values come from one score test (Miettinen and Nurminen 1985, doi 10.1002/sim.4780040211; the constrained estimate in
    the closed form of Farrington and Manning 1990, doi 10.1002/sim.4780091208), so that they never disagree. Checked against Newcombe (1998).
    Raises `MeasurementError` where a sample has no rows.
    """

    x1: float
    n1: int
    x2: float
    n2: int

    def __post_init__(self) -> None:
        _require_counts(self.x1, self.n1)
        _require_counts(self.x2, self.n2)

    @property
    def value(self) -> float:
        return self.x1 / self.n1 - self.x2 / self.n2

    @property
    def n_obs(self) -> int:
        """Rows of both samples."""
        return self.n1 + self.n2

    @property
    def standard_error(self) -> float:
        """Wald's, which plans sample sizes and decides nothing; never 0 (see `smallest_standard_error`)."""
        p1, p2 = self.x1 / self.n1, self.x2 / self.n2
        wald = math.sqrt(p1 * (1 - p1) / self.n1 + p2 * (1 - p2) / self.n2)
        return wald or math.hypot(smallest_standard_error(self.n1), smallest_standard_error(self.n2))

    @property
    def flags(self) -> tuple[str, ...]:
        return ()

    def interval(self, confidence_level: float) -> Interval:
        return score_interval(self._score, self.value, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        return score_pvalue(self._score, null, alternative)

    def _score(self, difference: float) -> tuple[float, float]:
        """The gap to `difference` and its variance there."""
        p1, p2 = self.x1 / self.n1, self.x2 / self.n2
        gap = p1 - p2 - difference
        if p1 + p2 > 1:  # counted from the other end, where small shares of failures keep their digits
            p1, p2, difference = 1 - p1, 1 - p2, -difference
        first = _constrained(p1, p2, self.n2 / self.n1, difference)
        second = min(1.0, max(0.0, first - difference))
        rows = self.n_obs
        return gap, (first * (1 - first) / self.n1 + second * (1 - second) / self.n2) * rows / (rows - 1)


def _constrained(p1: float, p2: float, ratio: float, d: float) -> float:
    """The likeliest first share among those that are `d` above the second: the middle root of a cubic. `ratio` is n2 / n1."""
    a = 1 + ratio
    b = -(1 + ratio + p1 + ratio * p2 + d * (ratio + 2))
    c = d * d + d * (2 * p1 + ratio + 1) + p1 + ratio * p2
    e = -p1 * d * (1 + d)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + e / (2 * a)
    u = math.copysign(math.sqrt(max(0.0, (b / (3 * a)) ** 2 - c / (3 * a))), v)
    angle = math.acos(min(1.0, max(-1.0, v / u**3))) if u**3 else 0.0
    root = 2 * u * math.cos((math.pi + angle) / 3) - b / (3 * a)
    for _ in range(3):  # the arc cosine near 1 loses half of the digits, which a root next to 0 cannot spare
        slope = (3 * a * root + 2 * b) * root + c
        root -= (((a * root + b) * root + c) * root + e) / slope if slope else 0.0
    return min(1.0, 1 + d, max(0.0, d, root))


def _require_counts(successes: float, n_obs: int) -> None:
    if n_obs < 1:
        raise MeasurementError("there are no rows to take a share of")
    if not 0 <= successes <= n_obs:
        raise ValueError(f"{successes} successes do not fit {n_obs} rows")
