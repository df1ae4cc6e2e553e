"""Rows that come in groups (users, documents, patients, days): only the groups are independent."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.normal import NormalEstimate

FEW_GROUPS = 5


def clustered(*, value: float, influence: NDArray[np.float64], groups: NDArray[np.generic], flags: tuple[str, ...] = ()) -> NormalEstimate:
    """An estimate with the cluster-robust error of its influence values (CR1), t with groups - 1 degrees of freedom.

    `influence` (n,) is what each row adds to n * (value - truth), with mean 0: value - mean for a mean, `auc.influence` for an area. `groups`
    (n,) are ids of any type. `n_obs` is the number of groups. The formula of statsmodels' cov_type="cluster", checked by hand
    (Cameron, Gelbach and Miller 2008, doi 10.1162/rest.90.3.414). Fewer than 5 groups are flagged; one group, and rows
    without a group, raise `MeasurementError`.
    """
    codes, n_groups = group_codes(groups)
    if n_groups == 1:
        raise MeasurementError("all rows are in one group: their spread cannot be told from the group's", fix="take rows of more groups")
    sums = np.bincount(codes, weights=influence, minlength=n_groups)
    error = math.sqrt(n_groups / (n_groups - 1) * float(np.dot(sums, sums))) / len(influence)
    return NormalEstimate(value=value, standard_error=error, n_obs=n_groups, df=n_groups - 1, flags=(*flags, *few_groups(n_groups)))


def few_groups(n_groups: int) -> tuple[str, ...]:
    """The flag of an estimate from fewer than 5 groups."""
    return (f"{n_groups} groups are too few (at least {FEW_GROUPS})",) if n_groups < FEW_GROUPS else ()


def group_codes(groups: NDArray[np.generic]) -> tuple[NDArray[np.intp], int]:
    """Ids as codes 0, 1, ... and their number. Raises `MeasurementError` for null ids and for no rows."""
    missing = _missing(groups)
    if missing:
        raise MeasurementError(f"{missing} of {len(groups)} rows have no group", fix="give every row its group, or leave these rows out with `where`")
    if len(groups) == 0:
        raise MeasurementError("there are no rows to group")
    if groups.dtype == object:  # ids of mixed types cannot be sorted, only told apart
        seen: dict[object, int] = {}
        return np.fromiter((seen.setdefault(one, len(seen)) for one in groups), dtype=np.intp, count=len(groups)), len(seen)
    found, codes = np.unique(groups, return_inverse=True)
    return codes.reshape(-1), len(found)


def _missing(groups: NDArray[np.generic]) -> int:
    if groups.dtype == object:
        return sum(one is None or (isinstance(one, float) and math.isnan(one)) for one in groups)
    return int(np.count_nonzero(np.isnan(groups.astype(np.float64)))) if groups.dtype.kind == "f" else 0
