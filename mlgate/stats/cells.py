"""Metrics that depend on the data only through counts: the jackknife over the distinct cells instead of the rows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.normal import NormalEstimate

CountMetric = Callable[[NDArray[np.float64]], float]


def jackknife(counts: NDArray[np.int64], value: CountMetric, *, flags: tuple[str, ...] = ()) -> NormalEstimate:
    """The delete-one jackknife of `value(counts)`: rows in one cell are alike, so one deletion per cell stands for all of them.

    `counts` (M,) rows per cell, for example of (label, candidate's prediction, baseline's prediction); `value` takes counts (M,)
    as float64. t with n - 1 degrees of freedom (Efron and Stein 1981, doi 10.1214/aos/1176345462).

    Empty cells are cells that could have been met. Where no deletion changes the value (identical or perfect predictions), the largest change
    by one row added to an empty cell takes the place of the standard error: it is 1 / (n + 1) for accuracy, as in `PairedProportion`.
    Where deleting one row makes the metric undefined the error is infinite, and flagged. Raises `MeasurementError` for no rows or an
    undefined metric.
    """
    full = np.asarray(counts, dtype=np.float64)
    n_obs = int(full.sum())
    if n_obs == 0:
        raise MeasurementError("there are no rows to measure on")
    with np.errstate(divide="ignore", invalid="ignore"):  # an undefined metric is judged below, not warned about
        estimate = float(value(full))
        if not math.isfinite(estimate):
            raise MeasurementError("the metric is not defined on these counts")
        if n_obs == 1:
            return NormalEstimate(value=estimate, standard_error=math.inf, n_obs=1, flags=flags)
        occupied = np.flatnonzero(full > 0)
        deleted = _changed(full, occupied, -1.0, value)
        error = _error(full[occupied], deleted)
        if error == 0 and len(occupied) < len(full):
            added = _changed(full, np.flatnonzero(full == 0), 1.0, value)
            error = float(np.max(np.abs(added[np.isfinite(added)] - estimate), initial=0.0))
    if math.isinf(error):
        flags = (*flags, "the metric rests on one row: without it, it is undefined")
    return NormalEstimate(value=estimate, standard_error=error, n_obs=n_obs, df=n_obs - 1, flags=flags)


def _error(sizes: NDArray[np.float64], deleted: NDArray[np.float64]) -> float:
    if not np.isfinite(deleted).all():
        return math.inf
    n_obs = sizes.sum()
    centred = deleted - np.dot(sizes, deleted) / n_obs
    if np.ptp(deleted) <= 1e-14 * np.abs(deleted).max():
        return 0.0
    return math.sqrt(float(np.dot(sizes, centred * centred)) * (n_obs - 1) / n_obs)


def _changed(full: NDArray[np.float64], cells: NDArray[np.intp], by: float, value: CountMetric) -> NDArray[np.float64]:
    """The metric with `by` rows more in each of `cells` in turn."""
    changed = np.empty(len(cells))
    counts = full.copy()
    for index, cell in enumerate(cells):
        counts[cell] += by
        changed[index] = value(counts)
        counts[cell] -= by
    return changed
