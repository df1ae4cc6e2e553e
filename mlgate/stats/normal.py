"""Estimates whose error is normal, or Student's t where the standard error itself is estimated from few units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from mlgate.core.statistic import Alternative, Interval


def tail_of(confidence_level: float) -> float:
    """The error on each side of a two-sided interval at `confidence_level` in (0, 1). Raises `ValueError` outside."""
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level is a number in (0, 1), got {confidence_level!r}")
    return (1 - confidence_level) / 2


def quantile(tail: float, *, df: float | None = None) -> float:
    """The point that a standard normal (or t with `df` degrees of freedom) exceeds with probability `tail`."""
    return -float(ndtri(tail) if df is None else stdtrit(df, tail))


def exceedance(point: float, *, df: float | None = None) -> float:
    """The probability that a standard normal (or t with `df` degrees of freedom) exceeds `point`; exact far into the tail."""
    return float(ndtr(-point) if df is None else stdtr(df, -point))


def smallest_standard_error(n_obs: int) -> float:
    """What takes the place of a standard error of zero where the rows show no spread at all: 1 / (n_obs + 1).

    One more row could have been the first to differ. It is the half width at one standard error of Tango's score interval without
    discordant rows, so that every 0/1-like statistic here learns at the same pace from rows that all agree.
    """
    return 1 / (n_obs + 1)


@dataclass(frozen=True, kw_only=True)
class NormalEstimate:
    """A number with a standard error, normal or (with `df`) Student's t.

    `standard_error` is at least 0 and may be `inf` (one row says nothing about its spread): then the interval is the whole line and every
    p-value is 1. With a standard error of 0 the interval is the value itself and a p-value is 0 or 1 by comparison.
    """

    value: float
    standard_error: float
    n_obs: int
    df: float | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if math.isnan(self.value) or not self.standard_error >= 0:
            raise ValueError(f"an estimate needs a value and a standard error of at least 0, got {self.value!r} and {self.standard_error!r}")
        if self.df is not None and not self.df > 0:
            raise ValueError(f"degrees of freedom are above 0, got {self.df!r}")

    def interval(self, confidence_level: float) -> Interval:
        """value -+ quantile * standard_error."""
        reach = quantile(tail_of(confidence_level), df=self.df) * self.standard_error if self.standard_error > 0 else 0.0
        return Interval(self.value - reach, self.value + reach, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """One-sided p-value of H0 "true value = null"."""
        above = self.value - null if alternative == "greater" else null - self.value
        if math.isinf(self.standard_error):
            return 1.0
        if self.standard_error == 0:
            return 0.0 if above > 0 else 1.0
        return exceedance(above / self.standard_error, df=self.df)
