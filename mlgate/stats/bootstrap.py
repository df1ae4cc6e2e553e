"""The bootstrap, for metrics that are a user's own function and have no formula for their error."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.clustered import few_groups, group_codes
from mlgate.stats.normal import NormalEstimate

FEW_ROWS = 30
TOLERATED_FAILURES = 0.05
_RESAMPLE_ERRORS = (ArithmeticError, ValueError, LookupError, MeasurementError)


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float], *, n_obs: int, seed: int, n_resamples: int = 2000, groups: NDArray[np.generic] | None = None
) -> NormalEstimate:
    """Resamples rows, or whole groups of them, and measures each time.

    `statistic` takes row indices (k,) int64, with repeats, and gives the metric on those rows. `groups` (n_obs,) are ids of clusters. The same
    `seed` gives the same result. Resamples on which it raises (ArithmeticError, ValueError, LookupError, MeasurementError) or gives NaN
    are left out, and more than 5 % of them is a `MeasurementError`, as is a value that is no number on all rows. What it raises on
    all rows is passed on. Efron (1979, doi 10.1214/aos/1176344552); for groups Davison and Hinkley (1997, sec. 3.8).
    Fewer than 30 rows or 5 groups are flagged.

    The interval is value -+ t * standard error and not the percentiles of the resamples: p-values must reach alpha / 1000, far beyond what
    2,000 resamples can show, so they need the normal tail, and an interval from another method could pass what the p-value fails.
    """
    if n_resamples < 2:
        raise ValueError(f"n_resamples is at least 2, got {n_resamples}")
    if n_obs < 1:
        raise MeasurementError("there are no rows to measure on")
    value = float(statistic(np.arange(n_obs, dtype=np.int64)))
    if not math.isfinite(value):
        raise MeasurementError(f"the metric is {value} on these rows, which is no number")
    units = _rows_of(groups) if groups is not None else None
    n_units = len(units) if units is not None else n_obs
    few = few_groups(n_units) if units is not None else _few_rows(n_obs)
    if n_units == 1:
        return NormalEstimate(value=value, standard_error=math.inf, n_obs=1, flags=few)
    values = np.array([_measure(statistic, rows) for rows in _resamples(n_units, units, seed, n_resamples)])
    usable = values[np.isfinite(values)]
    failed = n_resamples - len(usable)
    if failed > TOLERATED_FAILURES * n_resamples:
        raise MeasurementError(
            f"the metric is undefined on {failed} of {n_resamples} resamples of the rows",
            fix="use more rows, or a metric that is defined when a class is rare",
        )
    error = float(usable.std(ddof=1)) if np.ptp(usable) > 0 else 0.0
    return NormalEstimate(value=value, standard_error=error, n_obs=n_units, df=n_units - 1, flags=few)


def _few_rows(n_obs: int) -> tuple[str, ...]:
    return (f"{n_obs} rows are too few to resample (at least {FEW_ROWS})",) if n_obs < FEW_ROWS else ()


def _rows_of(groups: NDArray[np.generic]) -> list[NDArray[np.int64]]:
    codes, n_groups = group_codes(groups)
    order = np.argsort(codes, kind="stable").astype(np.int64)
    return np.split(order, np.cumsum(np.bincount(codes, minlength=n_groups))[:-1])


def _resamples(n_units: int, units: list[NDArray[np.int64]] | None, seed: int, n_resamples: int) -> Iterator[NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    for _ in range(n_resamples):
        drawn = rng.integers(n_units, size=n_units)
        yield drawn if units is None else np.concatenate([units[unit] for unit in drawn])


def _measure(statistic: Callable[[NDArray[np.int64]], float], rows: NDArray[np.int64]) -> float:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said once on all rows; a resample has nothing to add
            return float(statistic(rows))
    except _RESAMPLE_ERRORS:
        return math.nan
