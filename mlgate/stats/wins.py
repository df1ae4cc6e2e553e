"""How often one recipe beats another when both are trained again: P(A > B)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import smallest_standard_error, tail_of
from mlgate.stats.proportion import Proportion

CHANCE = 0.5


@dataclass(frozen=True, kw_only=True)
class Wins:
    """The share of paired runs in which the candidate is better, ties counting half, in [0, 1]: P(A > B).

    Bouthillier et al. (2021, MLSys, "Accounting for variance in machine learning benchmarks") take the percentile bootstrap over the pairs; it is
    computed here without resampling (the share of n draws with replacement has a known distribution), so it has neither a seed nor a Monte
    Carlo error. For few pairs it is too short (of two wins in two pairs it is a point), so an end of the interval is the wider one of it and
    Clopper and Pearson's (1934, doi 10.1093/biomet/26.4.404), and a p-value the larger one. Runs must not share training rows. Raises
    `MeasurementError` for no pairs.
    """

    wins: int
    ties: int
    losses: int

    def __post_init__(self) -> None:
        if self.n_obs < 1:
            raise MeasurementError("there are no pairs of runs")

    @classmethod
    def of(cls, better_by: NDArray[np.float64]) -> Self:
        """From the candidate's lead (J,) in each pair: above 0 where it is better."""
        wins, losses = int(np.count_nonzero(better_by > 0)), int(np.count_nonzero(better_by < 0))
        return cls(wins=wins, ties=len(better_by) - wins - losses, losses=losses)

    @property
    def n_obs(self) -> int:
        return self.wins + self.ties + self.losses

    @property
    def value(self) -> float:
        return (self.wins + self.ties / 2) / self.n_obs

    @property
    def standard_error(self) -> float:
        """Plans the number of runs, decides nothing."""
        variance = (self.wins + self.ties / 4) / self.n_obs - self.value**2
        return math.sqrt(max(0.0, variance) / self.n_obs) or smallest_standard_error(self.n_obs)

    @property
    def flags(self) -> tuple[str, ...]:
        return ()

    def percentile(self, confidence_level: float) -> Interval:
        """The percentile bootstrap alone."""
        tail = tail_of(confidence_level)
        below, above = np.cumsum(self._resampled), np.cumsum(self._resampled[::-1])
        points = 2 * self.n_obs
        low = int(np.searchsorted(below, tail * (1 - 1e-12)))
        high = points - int(np.searchsorted(above, tail * (1 - 1e-12)))
        return Interval(min(low, points) / points, max(high, 0) / points, confidence_level)

    def interval(self, confidence_level: float) -> Interval:
        resampled, exact = self.percentile(confidence_level), self._exact.interval(confidence_level)
        return Interval(min(resampled.low, exact.low), max(resampled.high, exact.high), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        points = np.arange(2 * self.n_obs + 1) / (2 * self.n_obs)
        beyond = points <= null if alternative == "greater" else points >= null
        resampled = min(1.0, float(self._resampled[beyond].sum()))
        return max(resampled, self._exact.pvalue(null, alternative))

    @property
    def _exact(self) -> Proportion:
        return Proportion(successes=self.wins + self.ties / 2, n_obs=self.n_obs)

    @cached_property
    def _resampled(self) -> NDArray[np.float64]:
        """(2 n + 1,) the probability that n pairs drawn with replacement have this many half wins: the n-th power of the law of one."""
        law = np.array([self.losses, self.ties, self.wins], dtype=np.float64) / self.n_obs
        power, square, left = np.ones(1), law, self.n_obs
        while left:
            if left & 1:
                power = np.convolve(power, square)
            left >>= 1
            square = np.convolve(square, square) if left else square
        return power


@dataclass(frozen=True, kw_only=True)
class MeaningfulWins:
    """P(A > B) judged as Bouthillier et al. (2021) recommend: meaningful where its interval lies above 0.5 and reaches above `gamma`.

    Claimed with the lower bound 0.5. A PASS is not granted where the upper bound lies below `gamma`: better more often than not, and yet not
    often enough to matter. p against "less" is that of H0 "P(A > B) is `gamma` or more", so that a FAIL says that a meaningful lead is excluded.
    """

    wins: Wins
    gamma: float

    @property
    def value(self) -> float:
        return self.wins.value

    @property
    def n_obs(self) -> int:
        return self.wins.n_obs

    @property
    def standard_error(self) -> float:
        return self.wins.standard_error

    @property
    def flags(self) -> tuple[str, ...]:
        high = self.wins.interval(0.9).high
        return (f"P(A > B) is shown to be at most {high:.3g}, below {self.gamma:g}",) if high <= self.gamma else ()

    def interval(self, confidence_level: float) -> Interval:
        return self.wins.interval(confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        return self.wins.pvalue(max(null, self.gamma) if alternative == "less" else null, alternative)
