"""Matthews's correlation coefficient between label and prediction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.metrics._confusion import Confusion, ConfusionMetric
from mlgate.metrics._per_class import outside_the_largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Mcc(ConfusionMetric):
    """The correlation of label and prediction, in [-1, 1], higher is better; 0 says no more than chance, whatever the class shares.

    mcc = (T n - sum r_k c_k) / sqrt((n^2 - sum c_k^2) (n^2 - sum r_k^2)) with T right rows, r_k rows and c_k predictions of class k (Matthews 1975,
    doi:10.1016/0005-2795(75)90109-9; for several classes Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006), scikit-learn's
    `matthews_corrcoef` (checked to 1e-12); 0.0 where a model predicts one class only, and not defined where labels are of one class (there
    scikit-learn says 0). With fewer than 30 rows outside of the largest class, or a model of one class, a PASS is not granted.
    """

    def of(self, confusion: Confusion) -> float:
        """The coefficient. Raises `MeasurementError` (cause data) where the labels are of one class."""
        together, own, given, _ = _moments(confusion)
        if given <= 0:
            raise MeasurementError(
                f"{self.name} is not defined: all labels are of one class", cause="data", fix="judge it on rows of several classes"
            )
        return together / math.sqrt(own * given) if own > 0 else 0.0

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        together, own, given, total = _moments(confusion)
        if own <= 0:
            return np.zeros_like(confusion.cells)
        scale = math.sqrt(own * given)
        shared = total * np.eye(confusion.classes.size) + confusion.right.sum() - confusion.predicted[:, None] - confusion.labels[None, :]
        spread = (total - confusion.predicted[None, :]) / own + (total - confusion.labels[:, None]) / given
        slopes: NDArray[np.float64] = shared / scale - together / scale * spread
        return slopes

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        constant = any(sample.y_pred is not None and (sample.y_pred == sample.y_pred[0]).all() for sample in samples)
        return (*outside_the_largest(samples[0]), *(("a model predicts one class only",) if constant else ()))


def _moments(confusion: Confusion) -> tuple[float, float, float, float]:
    """n^2 times: covariance of label and prediction, variance of the predictions, variance of the labels (0 where they are of one class); and n."""
    labels, predicted = confusion.labels, confusion.predicted
    total = float(predicted.sum())
    together = float(confusion.right.sum()) * total - float(labels @ predicted)
    own, given = (total**2 - float(side @ side) if np.count_nonzero(side) > 1 else 0.0 for side in (predicted, labels))
    return together, own, given, total
