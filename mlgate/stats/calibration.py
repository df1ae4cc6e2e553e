"""Whether probabilities are what happens: the calibration error over bins without its bias, and how the bins come about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, chndtr, ndtr

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.clustered import few_groups, group_codes
from mlgate.stats.normal import tail_of

ROWS_PER_BIN = 10
FEW_ROWS = 100
_FAR = 1e4  # noncentrality from which on the series of the noncentral chi-square gives way to a normal approximation
_SMALLEST_DF = 1e-3


@dataclass(frozen=True, eq=False)
class Bins:
    """Rows by bins of about equal mass of their score; equal scores are in one bin. All arrays (bins,), ascending by score.

    `code` (n,) is the bin of each row; `low` and `high` are the ends, `predicted` the mean score, `observed` the share of class 1.
    """

    code: NDArray[np.intp]
    rows: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]

    @classmethod
    def of(cls, score: NDArray[np.float64], positive: NDArray[np.bool_], *, bins: int) -> Self:
        """At most `bins` of them, and no more than leave 10 rows in each. Raises `MeasurementError` for fewer than 2 rows."""
        n = len(score)
        if n < 2:
            raise MeasurementError(f"{n} row says nothing about calibration", fix="judge the model on more rows")
        ranked, place, rows_of = np.unique(score, return_inverse=True, return_counts=True)
        place = place.reshape(-1)
        below = np.cumsum(rows_of) - rows_of
        most = max(1, min(bins, n // ROWS_PER_BIN))
        of_value = _without_single_rows(below * most // n, rows_of)
        code = of_value[place]
        rows = np.bincount(code)
        ends = np.flatnonzero(np.diff(of_value, append=of_value[-1] + 1))
        starts = np.r_[0, ends[:-1] + 1]
        return cls(
            code,
            rows,
            ranked[starts],
            ranked[ends],
            np.bincount(code, weights=score) / rows,
            np.bincount(code, weights=positive) / rows,
        )

    def __len__(self) -> int:
        return len(self.rows)


def _without_single_rows(code: NDArray[np.intp], rows_of: NDArray[np.intp]) -> NDArray[np.intp]:
    """Codes 0, 1, ... of ascending values, a bin of one row going to its neighbour: one row has no variance."""
    _, code = np.unique(code, return_inverse=True)
    code = code.reshape(-1)
    while True:
        rows = np.bincount(code, weights=rows_of)
        single = np.flatnonzero(rows < 2)
        if not single.size or len(rows) == 1:
            return code.astype(np.intp)
        bin_ = int(single[0])
        code = np.where(code == bin_, bin_ - 1 if bin_ else 1, code)
        _, code = np.unique(code, return_inverse=True)
        code = code.reshape(-1)


@dataclass(frozen=True, kw_only=True)
class CalibrationError:
    """The root of the mean squared calibration error over bins, sum of n_b / n (observed_b - predicted_b)^2, in probability units, without its bias.

    The plain sum (and more so the well-known ECE) is above 0 for a perfectly calibrated model, the more so the fewer the rows: observed shares
    scatter by `bias` = sum of n_b / n observed_b (1 - observed_b) / (n_b - 1), which is subtracted (Bröcker 2012, doi 10.1007/s00382-011-1191-1;
    Kumar, Liang and Ma 2019, NeurIPS). `value` is the root of what is left, 0 where nothing is.

    Bounds invert the law of the plain sum where the true error is tau: `scale` times a noncentral chi-square with bias / scale degrees of freedom
    and noncentrality tau^2 / scale, which has the sum's mean, and with the largest of the bins' variances as its scale at least its spread, wherever
    the error sits. So no resampling, and tails that do not depend on a seed. Given the scores; rows of one group (a user) may be scattered over
    bins. The error between bins is meant: what differs within one is not seen, so that more bins see more. Checked against scipy's
    noncentral chi-square and by simulation. Fewer than 100 rows are flagged.
    """

    total: float
    bias: float
    scale: float
    df: float
    n_obs: int
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, bins: Bins, positive: NDArray[np.bool_], *, groups: NDArray[np.generic] | None = None) -> Self:
        """From bins and the label (n,) of each row; `groups` (n,) are ids of rows that belong together."""
        weight = bins.rows / bins.rows.sum()
        total = float(weight @ np.square(bins.observed - bins.predicted))
        own = weight * bins.observed * (1 - bins.observed) / (bins.rows - 1)
        expected = weight * bins.predicted * (1 - bins.predicted) / bins.rows
        bias, scale, n_obs, few = float(own.sum()), max(float(own.max()), float(expected.max())), int(bins.rows.sum()), tuple[str, ...]()
        if groups is not None:
            table, n_groups = _covariance(bins, positive, groups)
            spread = np.sqrt(weight)[:, None] * table * np.sqrt(weight)[None, :]
            bias, n_obs, few = max(bias, float(np.trace(spread))), n_groups, few_groups(n_groups)
            scale = max(scale, float(np.linalg.eigvalsh(spread)[-1]))
        scale = max(scale, 1e-300)
        df = max(bias or float(expected.sum()), _SMALLEST_DF * scale) / scale
        flag = (f"{int(bins.rows.sum())} rows are too few for a calibration error (at least {FEW_ROWS})",) if bins.rows.sum() < FEW_ROWS else ()
        return cls(total=total, bias=bias, scale=scale, df=df, n_obs=n_obs, flags=(*flag, *few))

    @property
    def value(self) -> float:
        return math.sqrt(max(0.0, self.total - self.bias))

    @property
    def standard_error(self) -> float:
        """How far one standard deviation of the sum reaches upwards: plans sample sizes, decides nothing."""
        spread = math.sqrt(self.scale * (2 * self.bias + 4 * self.value**2))
        return math.sqrt(self.value**2 + spread) - self.value

    @property
    def noise_floor(self) -> float:
        """What a perfectly calibrated model stays below 95 % of the time."""
        return math.sqrt(max(0.0, self.scale * float(chdtri(self.df, 0.05)) - self.bias))

    def interval(self, confidence_level: float) -> Interval:
        tail = tail_of(confidence_level)
        low = 0.0 if self._below(0.0) <= 1 - tail else self._solve(1 - tail)
        high = 0.0 if self._below(0.0) <= tail else self._solve(tail)
        return Interval(low, high, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """p of H0 "error <= null" against "greater", of H0 "error >= null" against "less". A null below 0 is decided: 0 or 1."""
        if null < 0:
            return 0.0 if alternative == "greater" else 1.0
        below = self._below(null)
        return below if alternative == "less" else 1 - below

    def _solve(self, level: float) -> float:
        """The true error at which the sum is this small with probability `level`."""
        top = 1.0
        while self._below(top) > level:
            top *= 2
        return float(brentq(lambda error: self._below(error) - level, 0.0, top, xtol=1e-10))

    def _below(self, error: float) -> float:
        """The probability of a sum as small as this one, or smaller, were `error` the true error."""
        return noncentral_chi_square(self.total / self.scale, df=self.df, noncentrality=error**2 / self.scale)


def noncentral_chi_square(point: float, *, df: float, noncentrality: float) -> float:
    """The probability of at most `point`; above a noncentrality of 10,000 by Sankaran's (1963, doi 10.1093/biomet/50.1-2.199) approximation."""
    if point <= 0:
        return 0.0
    if noncentrality <= _FAR:
        return min(1.0, max(0.0, float(chndtr(point, df, noncentrality))))
    mean, double = df + noncentrality, df + 2 * noncentrality
    h = 1 - 2 * mean * (df + 3 * noncentrality) / (3 * double**2)
    p, m = double / mean**2, (h - 1) * (1 - 3 * h)
    middle = 1 + h * p * (h - 1 - 0.5 * (2 - h) * m * p)
    return float(ndtr(((point / mean) ** h - middle) / (h * math.sqrt(2 * p) * (1 + 0.5 * m * p))))


def _covariance(bins: Bins, positive: NDArray[np.bool_], groups: NDArray[np.generic]) -> tuple[NDArray[np.float64], int]:
    """(bins, bins) covariance of the observed shares, rows of one group going together (CR1), and the number of groups."""
    codes, n_groups = group_codes(groups)
    if n_groups == 1:
        raise MeasurementError("all rows are in one group: their spread cannot be told from the group's", fix="take rows of more groups")
    width = len(bins)
    residual = positive - bins.observed[bins.code]
    sums = np.bincount(codes * width + bins.code, weights=residual, minlength=n_groups * width).reshape(n_groups, width) / bins.rows
    return sums.T @ sums * n_groups / (n_groups - 1), n_groups


def rows_for_error(error: float, *, bins: int, alpha: float, power: float) -> int:
    """Rows with which perfect probabilities near 0.5 are shown to have less than `error` (> 0), at one-sided alpha, with this power."""
    reached = float(chdtri(bins, 1 - power))
    needed = brentq(lambda nc: noncentral_chi_square(reached, df=bins, noncentrality=nc) - alpha, 0.0, 1e4)
    return max(FEW_ROWS, math.ceil(float(needed) * 0.25 / error**2))
