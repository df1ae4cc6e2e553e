"""Cohen's kappa: agreement of label and prediction beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.metrics._confusion import Confusion, ConfusionMetric
from mlgate.metrics._per_class import outside_the_largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class CohenKappa(ConfusionMetric):
    """The agreement of label and prediction, less what their class shares give by chance, in [-1, 1], higher is better.

    kappa = (p_o - p_e) / (1 - p_e), p_o the share of right predictions and p_e = sum r_k c_k / n^2 (Cohen 1960, doi:10.1177/001316446002000104),
    scikit-learn's `cohen_kappa_score` (checked to 1e-12). The error is that of Fleiss, Cohen and Everitt (1969, doi:10.1037/h0028106), which the
    infinitesimal jackknife gives. With fewer than 30 rows outside of the largest class a PASS is not granted.
    """

    def of(self, confusion: Confusion) -> float:
        """Kappa. Raises `MeasurementError` (cause data) where labels and predictions are all of one class."""
        total, chance = _moments(confusion)
        if total**2 - chance <= 0:
            raise MeasurementError(
                f"{self.name} is not defined: all labels and predictions are of one class", cause="data", fix="judge it on rows of several classes"
            )
        return (float(confusion.right.sum()) * total - chance) / (total**2 - chance)

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        total, chance = _moments(confusion)
        kappa = self.of(confusion)
        by_chance = confusion.predicted[:, None] + confusion.labels[None, :]
        agreed = total * np.eye(confusion.classes.size) + confusion.right.sum()
        slopes: NDArray[np.float64] = (agreed - by_chance - kappa * (2 * total - by_chance)) / (total**2 - chance)
        return slopes

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return outside_the_largest(samples[0])


def _moments(confusion: Confusion) -> tuple[float, float]:
    """n, and sum r_k c_k."""
    return float(confusion.cells.sum()), float(confusion.labels @ confusion.predicted)
