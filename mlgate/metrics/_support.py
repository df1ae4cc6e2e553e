"""What a sample must hold before a metric means anything, and the sentences that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


def need_rows(metric: str, found: int, rows: int, without: str) -> None:
    """Raises `MeasurementError` (cause data) where no row is of the class that the metric is about; `without` says so."""
    if found == 0:
        raise _one_class(metric, without, rows)


def need_both_classes(metric: str, positive: NDArray[np.bool_]) -> None:
    """Raises `MeasurementError` (cause data) where all rows are of one class."""
    if positive.all() or not positive.any():
        raise _one_class(metric, f"no label is {'negative' if positive.any() else 'positive'}", positive.size)


def _one_class(metric: str, what: str, rows: int) -> MeasurementError:
    return MeasurementError(f"{metric} is not defined: {what} among {rows:,} rows", cause="data", fix="judge it on rows of both classes")


def fewer(found: int, needed: int, what: str) -> tuple[str, ...]:
    """The flag that makes a PASS inconclusive where fewer than `needed` rows carry the metric."""
    return (f"{found:,} {what}, fewer than the {needed} that the interval needs",) if found < needed else ()


def scores(sample: Sample) -> NDArray[np.float64]:
    """The scores of a sample. Raises `MeasurementError` (cause model) where it holds none."""
    if sample.y_score is None:
        raise MeasurementError("the model gives no score", cause="model", fix="add `method: predict_proba` to the model, or name its score column")
    return sample.y_score


def predictions(sample: Sample) -> NDArray[np.generic]:
    """The predictions of a sample. Raises `MeasurementError` (cause model) where it holds none."""
    if sample.y_pred is None:
        raise MeasurementError("the model gives no prediction", cause="model", fix="add `threshold:` to the model, or name its prediction column")
    return sample.y_pred


def probabilities(metric: str, sample: Sample) -> NDArray[np.float64]:
    """Scores that are probabilities. Raises `MeasurementError` (cause model) where some lie outside [0, 1]."""
    score = scores(sample)
    outside = (score < 0) | (score > 1)
    need_probabilities(metric, score[outside], int(sample.count[outside].sum()), int(sample.count.sum()))
    return score


def need_probabilities(metric: str, outside: NDArray[np.float64], found: int, rows: int) -> None:
    """Raises `MeasurementError` (cause model) where scores lie outside of [0, 1], in `found` of `rows` rows."""
    if outside.size:
        raise MeasurementError(
            f"{metric} needs probabilities: {found:,} of {rows:,} scores lie outside [0, 1], such as {cell('score', f'{float(outside[0]):g}')}",
            cause="model",
            fix="add `method: predict_proba` to the model, or judge it by roc_auc, which needs an order only",
        )
