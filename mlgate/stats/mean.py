"""Means of a number per row: losses, errors, and their differences between two models."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import NormalEstimate, exceedance, quantile, tail_of

SMALL_SAMPLE = 30
LARGE_SAMPLE = 100_000
LARGE_SKEW = 0.3
FARTHEST = 1e90  # standard deviations; beyond, the cube overflows and p is 0 or 1 anyway


@dataclass(frozen=True, kw_only=True)
class HallMean:
    """The mean of independent values that may be skewed, as losses are: a model's rare large errors pull one side of the interval out.

    Hall's (1992, JRSS-B 54:221) skewness-removing cubic of the t statistic, referred to Student's t: closed form, and its interval and p-values
    agree. `std` is the sample's (n - 1), `skewness` the moment ratio m3 / m2^1.5. With skewness 0, and above 100,000 rows where the
    correction no longer matters, it is the t interval. Below 30 rows, and where |skewness| / sqrt(n) > 0.3 (a few rows dominate the mean: the
    catastrophes that would decide may not be in the sample), it is flagged: there neither this nor any other interval keeps its level.
    One value has an infinite standard error; values that are all equal have none. The t interval is checked against R 4.2.2 t.test and scipy.
    Raises `MeasurementError` for no values.
    """

    value: float
    n_obs: int
    std: float
    skewness: float

    def __post_init__(self) -> None:
        if self.n_obs < 1:
            raise MeasurementError("there are no values to take a mean of")

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """From the values (n,) themselves. Raises `MeasurementError` for no values, NaN and infinities."""
        mean, std, skewness = _moments(values)
        return cls(value=mean, n_obs=len(values), std=std, skewness=skewness)

    @classmethod
    def of_counts(cls, values: NDArray[np.float64], count: NDArray[np.int64], *, unseen: float = 0.0) -> Self:
        """From values (m,) that occur `count` (m,) times each. `unseen` is variance of the mean from rows that were not met.

        Raises `MeasurementError` as `of`.
        """
        met = count > 0
        mean, std, skewness = _counted_moments(values[met], count[met])
        n_obs = int(count.sum())
        return cls(value=mean, n_obs=n_obs, std=math.sqrt(std**2 + n_obs * unseen), skewness=skewness)

    @property
    def standard_error(self) -> float:
        return self._t.standard_error

    @property
    def flags(self) -> tuple[str, ...]:
        found = []
        if self.n_obs < SMALL_SAMPLE:
            found.append(f"{self.n_obs} rows are too few for a mean (at least {SMALL_SAMPLE})")
        if (weight := abs(self.skewness) / math.sqrt(self.n_obs)) > LARGE_SKEW:
            found.append(f"few rows dominate the mean (|skewness| / sqrt(n) is {weight:.2f}, at most {LARGE_SKEW})")
        return tuple(found)

    @property
    def _t(self) -> NormalEstimate:
        if self.n_obs == 1:
            return NormalEstimate(value=self.value, standard_error=math.inf, n_obs=1)
        return NormalEstimate(value=self.value, standard_error=self.std / math.sqrt(self.n_obs), n_obs=self.n_obs, df=self.n_obs - 1)

    @property
    def _corrected(self) -> bool:
        return self.skewness != 0 and 1 < self.n_obs <= LARGE_SAMPLE and self.std > 0

    def interval(self, confidence_level: float) -> Interval:
        if not self._corrected:
            return self._t.interval(confidence_level)
        reach = quantile(tail_of(confidence_level), df=self.n_obs - 1)
        return Interval(self.value - self.std * self._removed(reach), self.value - self.std * self._removed(-reach), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        if not self._corrected:
            return self._t.pvalue(null, alternative)
        g, n = self.skewness, self.n_obs
        t = max(-FARTHEST, min(FARTHEST, (self.value - null) / self.std))
        point = math.sqrt(n) * (t + g * t**2 / 3 + g**2 * t**3 / 27 + g / (6 * n))
        return exceedance(point if alternative == "greater" else -point, df=n - 1)

    def _removed(self, point: float) -> float:
        """The inverse of the cubic: (mean - truth) / std where the cubic is `point` / sqrt(n)."""
        g, n = self.skewness, self.n_obs
        step = point / math.sqrt(n) - g / (6 * n)
        # (3 / g) (cbrt(1 + g step) - 1), written without the cancellation at small g
        root = float(np.cbrt(1 + g * step))
        return 3 * step / (root * root + root + 1)


def _moments(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean, standard deviation (n - 1) and moment skewness; equal values have exactly 0 of both."""
    n = len(values)
    if n == 0:
        raise MeasurementError("there are no values to take a mean of")
    if not np.isfinite(values).all():
        unusable = int(np.count_nonzero(~np.isfinite(values)))
        raise MeasurementError(f"{unusable} of {n} values are NaN or infinite", fix="find the rows that the model cannot score")
    if values.min() == values.max():
        return float(values[0]), 0.0, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        centred = values - mean
        squares = float(np.dot(centred, centred))
        std = math.sqrt(squares / (n - 1))
        third = 0.0
        if std > 0:
            centred /= math.sqrt(squares / n)  # before it is cubed, so that the cube of a large value does not overflow
            third = float(np.dot(centred * centred, centred)) / n
    if not (math.isfinite(mean) and math.isfinite(std)):
        raise MeasurementError("the values are too large to take a mean of", fix="rescale the column, or look for a wrong unit")
    return mean, std, third


def _counted_moments(values: NDArray[np.float64], count: NDArray[np.int64]) -> tuple[float, float, float]:
    """As `_moments`, of few values that occur often."""
    n = int(count.sum())
    if not np.isfinite(values).all():
        raise MeasurementError(f"{int(count[~np.isfinite(values)].sum())} of {n} values are NaN or infinite")
    if n == 0 or values.min() == values.max():
        return _moments(values[:1])
    mean = float(np.dot(values, count)) / n
    centred = values - mean
    squares = float(np.dot(count, np.square(centred)))
    centred /= math.sqrt(squares / n)
    return mean, math.sqrt(squares / (n - 1)), float(np.dot(count, centred**3)) / n
