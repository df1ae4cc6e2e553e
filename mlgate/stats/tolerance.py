"""Estimates of a distance between two samples, judged against a tolerance above zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import kolmogi, kolmogorov, ndtr

from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import quantile, tail_of


@dataclass(frozen=True, kw_only=True)
class ToleranceEstimate:
    """A distance with one-sided bounds that keep their level for any sample size; an interval within [0, inf).

    `value` is the distance as reported, `raw` the plain distance between the samples where `value` is corrected for bias. The upper bound is
    `high_from` + z * `standard_error`. The lower bound is `low_from` - z * `standard_error`, or with `band`, the root of 1 / n + 1 / m, the edge
    of Kolmogorov's band `low_from` - K * `band`. p-values are the levels at which the bounds touch the null.
    """

    value: float
    raw: float
    n_obs: int
    standard_error: float
    low_from: float
    high_from: float
    band: float | None = None
    flags: tuple[str, ...] = ()

    def interval(self, confidence_level: float) -> Interval:
        tail = tail_of(confidence_level)
        z = quantile(tail)
        below = z * self.standard_error if self.band is None else float(kolmogi(tail)) * self.band
        return Interval(max(0.0, self.low_from - below), max(0.0, self.high_from + z * self.standard_error), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """p of H0 "distance <= null" against "greater", of H0 "distance >= null" against "less". A null below 0 is decided: 0 or 1."""
        if null < 0:
            return 0.0 if alternative == "greater" else 1.0
        if alternative == "less":
            return float(ndtr((self.high_from - null) / self.standard_error))
        above = self.low_from - null
        if self.band is not None:
            return float(kolmogorov(above / self.band)) if above > 0 else 1.0
        return float(ndtr(-above / self.standard_error))


def sizes_term(n: int, m: int) -> float:
    """1 / n + 1 / m: what two sample sizes add to the variance of a difference of shares, and to the bias of a distance."""
    return 1 / n + 1 / m


def pooled_sd(n: int, m: int) -> float:
    """The root of `sizes_term`."""
    return math.sqrt(sizes_term(n, m))
