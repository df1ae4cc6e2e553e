"""Brier score: the mean squared error of a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from mlgate.metrics._mean_loss import MeanLoss
from mlgate.metrics._support import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Brier(MeanLoss):
    """The mean squared difference between the probability of class 1 and the label, in [0, 1], lower is better.

    brier = mean((p - y)^2), the two-class form of Brier (1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2), scikit-learn's
    `brier_score_loss` (checked to 1e-12). Rows without groups and weights: Hall's interval, see `MeanLoss`.
    """

    needs: ClassVar[Literal["prediction", "score"]] = "score"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        return np.asarray(np.square(probabilities(self.name, sample) - (sample.y_true == 1)), dtype=np.float64)
