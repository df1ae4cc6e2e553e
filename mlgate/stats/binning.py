"""Counts of two samples side by side: by level, or by bins that the reference alone decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError

Sorted = tuple[NDArray[np.float64], NDArray[np.float64]]


def require_rows(current: Distribution, reference: Distribution) -> None:
    """Raises `MeasurementError` where a side has no non-null value."""
    for side, distribution in (("current", current), ("reference", reference)):
        if not distribution.counts:
            raise MeasurementError(f"the {side} sample has no non-null value to compare")


def by_level(current: Distribution, reference: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts (k,) of every level that either sample has, reference's levels first."""
    require_rows(current, reference)
    levels = dict.fromkeys((*reference.counts, *current.counts))
    return _counts_of(levels, current.counts), _counts_of(levels, reference.counts)


def rows_of(counts: NDArray[np.float64]) -> int:
    """How many rows counts are of: whole, also where the counts are those of a thinned sample."""
    return round(float(counts.sum()))


def _counts_of(levels: Iterable[Any], counts: Mapping[Any, float]) -> NDArray[np.float64]:
    return np.array([counts.get(level, 0) for level in levels], dtype=np.float64)


def ordered(distribution: Distribution) -> Sorted:
    """Distinct values ascending, as float64, with their counts. Raises `MeasurementError` for values that are no numbers."""
    try:
        values = np.array([float(value) for value in distribution.counts], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MeasurementError(
            f"the values have no size to compare: {error}", cause="configuration", fix="use total_variation or psi for columns of categories"
        ) from error
    counts = np.array(list(distribution.counts.values()), dtype=np.float64)
    order = np.argsort(values, kind="stable")
    return values[order], counts[order]


def by_reference_bins(current: Distribution, reference: Distribution, n_bins: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts (k,) in bins between the reference's quantiles, each closed on the right, open to both infinities.

    A value that makes up 1 / n_bins of the reference or more has a bin of its own, so that mass cannot leave it unseen. Bins that are empty in
    both samples are left out; there are at most 2 * n_bins + 1. Samples that were counted in about so many cells keep these.
    """
    require_rows(current, reference)
    if reference.widths is not None and len(reference.widths) <= 2 * n_bins + 2:
        return by_level(current, reference)
    reference_values, reference_counts = ordered(reference)
    current_values, current_counts = ordered(current)
    edges = _edges(reference_values, reference_counts, n_bins)
    in_reference = _binned(edges, reference_values, reference_counts)
    in_current = _binned(edges, current_values, current_counts)
    used = (in_reference > 0) | (in_current > 0)
    return in_current[used], in_reference[used]


def _edges(values: NDArray[np.float64], counts: NDArray[np.float64], n_bins: int) -> NDArray[np.float64]:
    """Upper ends of all bins but the last."""
    running, total = np.cumsum(counts), counts.sum()
    ranks = np.arange(1, n_bins) * total / n_bins  # the first value that as many rows do not exceed
    quantiles = values[np.searchsorted(running, ranks - total * 1e-12)]
    heavy = values[counts * n_bins >= total]
    with np.errstate(all="ignore"):  # below the smallest float comes -inf, which is the edge that is meant
        below_heavy = np.nextafter(heavy, -np.inf)
    # the largest value is no quantile unless it is heavy: the last bin holds the largest values and all above, or only what is above a heavy one
    edges: NDArray[np.float64] = np.unique(np.concatenate([quantiles, heavy, below_heavy]))
    return edges


def _binned(edges: NDArray[np.float64], values: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(np.searchsorted(edges, values), weights=counts, minlength=len(edges) + 1).astype(np.float64)
