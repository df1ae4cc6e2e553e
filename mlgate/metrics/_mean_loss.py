"""Metrics that are the mean of a loss per row."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.metrics._influence import InfluenceMetric, as_rows, mass
from mlgate.metrics._support import predictions
from mlgate.stats.mean import HallMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic


class MeanLoss(InfluenceMetric):
    """The mean over rows of `losses`; lower is better.

    Uncertainty: the skewness-removing transform of Hall (1992, doi:10.1111/j.2517-6161.1992.tb01875.x) on the losses of one model, or on
    the differences of two models' losses on the same rows. A few rows that dominate the mean make a PASS inconclusive.
    """

    greater_is_better: ClassVar[bool] = False

    @abstractmethod
    def losses(self, sample: Sample) -> NDArray[np.float64]:
        """(n,) the loss of each entry, at least 0."""

    def value(self, sample: Sample) -> float:
        return float(np.average(self.losses(sample), weights=mass(sample)))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        weight = mass(sample)
        residual: NDArray[np.float64] = weight * (self.losses(sample) - self.value(sample)) / weight.mean()
        return residual

    def _alone(self, sample: Sample) -> Statistic:
        return HallMean.of(self.losses(as_rows(sample)))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        return HallMean.of(self.losses(as_rows(candidate)) - ratio * self.losses(as_rows(baseline)))


def errors(sample: Sample) -> NDArray[np.float64]:
    """(n,) prediction - label, in the label's unit."""
    difference: NDArray[np.float64] = predictions(sample).astype(np.float64) - sample.y_true.astype(np.float64)
    return difference
