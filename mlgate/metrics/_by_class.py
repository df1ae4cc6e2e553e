"""Scores of several classes: which column is the label's, and whether they are probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell
from mlgate.metrics._support import need_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample

SUM_WITHIN = 1e-4  # how far probabilities may miss a sum of 1: single precision and four printed decimals do not, a missing class does


def class_scores(sample: Sample) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """(n, K) scores and the (K,) classes they are of. Raises `MeasurementError` (cause model) where the sample holds none."""
    if sample.scores is None or sample.classes is None:
        raise MeasurementError(
            "the model gives no score for each class", cause="model", fix="add `method: predict_proba` to the model, or store `score_<class>` columns"
        )
    return sample.scores, sample.classes


def label_columns(sample: Sample) -> NDArray[np.intp]:
    """(n,) the column of `scores` that is of the row's label, -1 where none is."""
    _, classes = class_scores(sample)
    places = {value: place for place, value in enumerate(classes.tolist())}
    found, codes = np.unique(sample.y_true, return_inverse=True)
    columns: NDArray[np.intp] = np.array([places.get(value, -1) for value in found.tolist()], dtype=np.intp)[codes.reshape(-1)]
    return columns


def scored_labels(metric: str, sample: Sample) -> NDArray[np.intp]:
    """As `label_columns`. Raises `MeasurementError` (cause model) for a label that has no score: no loss says what it costs."""
    columns = label_columns(sample)
    unseen = columns < 0
    if unseen.any():
        rows, n = int(sample.count[unseen].sum()), int(sample.count.sum())
        raise MeasurementError(
            f"{metric} needs a score for each label, and {rows:,} of {n:,} rows have a label that the model gives no score for",
            cause="model",
            fix="are classes missing from its scores? top_k_accuracy counts such rows as wrong; `where` leaves them out",
        )
    return columns


def class_probabilities(metric: str, sample: Sample) -> NDArray[np.float64]:
    """(n, K) scores that are probabilities. Raises `MeasurementError` (cause model) where some lie outside [0, 1] or a row does not sum to 1."""
    found, _ = class_scores(sample)
    n = int(sample.count.sum())
    outside = (found < 0) | (found > 1)
    need_probabilities(metric, found[outside], int(sample.count[outside.any(axis=1)].sum()), n)
    sums = found.sum(axis=1)
    wrong = np.abs(sums - 1) > SUM_WITHIN
    if wrong.any():
        raise MeasurementError(
            f"{metric} needs probabilities: those of {int(sample.count[wrong].sum()):,} of {n:,} rows do not sum to 1, but to "
            f"{cell('score', f'{float(sums[wrong][0]):g}')}",
            cause="model",
            fix="is a class missing, or a column that is no class called score_...? Divide each row's by their sum if they are only rounded",
        )
    return found
