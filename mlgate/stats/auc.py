"""The area under the ROC curve and the difference of two on the same rows, by DeLong's method with one sort per score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.normal import NormalEstimate, smallest_standard_error

SMALL_CLASS = 25
ROUNDING = 1e-14  # below the error of a single swapped pair among 1e6 rows of each class: not a spread but the rounding of a mean


@dataclass(frozen=True)
class Placements:
    """The area and each row's part in it.

    `values` (n,) in [0, 1]: of a positive row the share of negatives scored below it, of a negative row the share of positives scored above
    it, ties counted half. Their mean over either class is `auc`.
    """

    auc: float
    values: NDArray[np.float64]


def placements(positive: NDArray[np.bool_], score: NDArray[np.float64]) -> Placements:
    """Placement values from one argsort: midranks within a class are running counts of the classes along the order.

    Both arrays (n,). Raises `MeasurementError` for NaN scores and where one class is missing. Infinite scores are ordered like any other.
    """
    n_positive, n_negative = _class_sizes(positive)
    if np.isnan(score).any():
        raise MeasurementError(
            f"{int(np.isnan(score).sum())} of {len(score)} scores are NaN", fix="find the rows that the model cannot score, and why"
        )
    order = np.argsort(score)
    ordered_score, ordered_positive = score[order], positive[order]
    positive_at, negative_at = np.flatnonzero(ordered_positive), np.flatnonzero(~ordered_positive)
    new_score = ordered_score[1:] != ordered_score[:-1]
    if new_score.all():
        negatives_below = (positive_at - np.arange(n_positive)).astype(np.float64)
        positives_below = (negative_at - np.arange(n_negative)).astype(np.float64)
    else:
        ends = np.append(np.flatnonzero(new_score) + 1, len(score))  # one past the last row of each tied score
        positives_to = np.cumsum(ordered_positive)[ends - 1]
        sizes = np.diff(ends, prepend=0)
        negatives_below = np.repeat(_middles(ends - positives_to), sizes)[positive_at]
        positives_below = np.repeat(_middles(positives_to), sizes)[negative_at]
    values = np.empty(len(score))
    values[order[positive_at]] = negatives_below / n_negative
    values[order[negative_at]] = 1.0 - positives_below / n_positive
    return Placements(float(negatives_below.sum()) / (n_positive * n_negative), values)


def _middles(to: NDArray[np.int64]) -> NDArray[np.float64]:
    """Running counts with the tied ones counted half."""
    middles = to.astype(np.float64)
    middles[1:] += to[:-1]
    return middles / 2


def _class_sizes(positive: NDArray[np.bool_]) -> tuple[int, int]:
    n_positive = int(np.count_nonzero(positive))
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        missing = "positive" if not n_positive else "negative"
        raise MeasurementError(f"roc_auc needs both classes: none of {len(positive)} rows is {missing}", fix="take rows with both labels")
    return n_positive, n_negative


def _flags(positive: NDArray[np.bool_]) -> tuple[str, ...]:
    sizes = zip(_class_sizes(positive), ("positive", "negative"), strict=True)
    few = [f"{size} {name} rows" for size, name in sizes if size < SMALL_CLASS]
    return (f"{' and '.join(few)} are too few for roc_auc (at least {SMALL_CLASS} of each class)",) if few else ()


def _error(positive: NDArray[np.bool_], parts: NDArray[np.float64]) -> float:
    """The error of the sum of two means, one over the rows of each class."""
    n_positive, n_negative = _class_sizes(positive)
    rarer = min(n_positive, n_negative)
    if rarer == 1:
        return math.inf
    in_positive = positive.astype(np.float64)
    of_positive = float(np.dot(parts, in_positive))
    squares = (parts - np.where(positive, of_positive / n_positive, (float(parts.sum()) - of_positive) / n_negative)) ** 2
    from_positive = float(np.dot(squares, in_positive))
    from_negative = max(0.0, float(squares.sum()) - from_positive)
    error = math.sqrt(from_positive / (n_positive - 1) / n_positive + from_negative / (n_negative - 1) / n_negative)
    return error if error > ROUNDING else smallest_standard_error(rarer)


@dataclass(frozen=True, kw_only=True)
class Auc(NormalEstimate):
    """The chance that a positive row scores above a negative one, ties counted half; in [0, 1], higher is better.

    Error by DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44:837, doi 10.2307/2531595). Checked against pROC 1.18 and, for the
    value, scikit-learn. Where the classes are wholly apart DeLong's error is 0; `smallest_standard_error` of the rarer class takes its place.
    Fewer than 25 rows of a class are flagged; with one row the error is infinite. Rows must be independent; else `influence` and `clustered`.
    """

    @classmethod
    def of(cls, positive: NDArray[np.bool_], score: NDArray[np.float64]) -> Self:
        """From the rows (n,). Raises `MeasurementError` as `placements`."""
        placed = placements(positive, score)
        return cls(value=placed.auc, standard_error=_error(positive, placed.values), n_obs=len(positive), flags=_flags(positive))


@dataclass(frozen=True, kw_only=True)
class AucDifference(NormalEstimate):
    """auc(candidate) - ratio * auc(baseline) on the same rows, with their correlation accounted for by DeLong's covariance.

    The variance is taken of the differences of placement values, which is the same number as the sum of DeLong's covariances. Flags and the
    error of models that order all rows alike are as for `Auc`.
    """

    @classmethod
    def of(
        cls, positive: NDArray[np.bool_], candidate_score: NDArray[np.float64], baseline_score: NDArray[np.float64], *, ratio: float = 1.0
    ) -> Self:
        """From the rows (n,). Raises `MeasurementError` as `placements`."""
        candidate, baseline = placements(positive, candidate_score), placements(positive, baseline_score)
        error = _error(positive, candidate.values - ratio * baseline.values)
        return cls(value=candidate.auc - ratio * baseline.auc, standard_error=error, n_obs=len(positive), flags=_flags(positive))


def influence(positive: NDArray[np.bool_], score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Per row (n,) how much it moves the area, mean 0: std / sqrt(n) is DeLong's error to first order. For `clustered` and weights."""
    placed = placements(positive, score)
    n_positive, n_negative = _class_sizes(positive)
    return (placed.values - placed.auc) * len(positive) / np.where(positive, n_positive, n_negative)
