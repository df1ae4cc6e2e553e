"""The area under the ROC curve of one class against the others, with weights: its value, and what each row adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.stats.auc import influence as plain_influence
from mlgate.stats.auc import placements as plain_placements

if TYPE_CHECKING:
    from numpy.typing import NDArray


def area(positive: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64] | None) -> float:
    """The area. Raises `MeasurementError` for NaN scores and where a class is missing."""
    if weight is None:
        return plain_placements(positive, score).auc
    placed = _placements(positive, score, weight)
    return float(np.average(placed[positive], weights=weight[positive]))


def area_influence(positive: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """(n,) what each row adds to n times the area's error."""
    if weight is None:
        return np.asarray(plain_influence(positive, score), dtype=np.float64)
    share = np.where(positive, weight[positive].sum(), weight[~positive].sum()) / positive.size
    placed = _placements(positive, score, weight)
    found = float(np.average(placed[positive], weights=weight[positive]))
    residual: NDArray[np.float64] = weight * (placed - found) / share
    return residual


def _placements(positive: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) weighted share of the other class that a row beats (positives) or is beaten by (negatives), ties counting half."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    tie = np.repeat(np.arange(first.size), np.diff(np.r_[first, ranked.size]))
    negative_at = np.add.reduceat(np.where(positive, 0.0, weight)[order], first)
    positive_at = np.add.reduceat(np.where(positive, weight, 0.0)[order], first)
    below = (np.cumsum(negative_at) - negative_at / 2) / negative_at.sum()
    above = 1.0 - (np.cumsum(positive_at) - positive_at / 2) / positive_at.sum()
    placement = np.empty(score.size)
    placement[order] = np.where(positive[order], below[tie], above[tie])
    return placement
