"""R squared: the share of the label's variance that predictions explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Needs
from mlgate.metrics._influence import InfluenceMetric, as_rows, mass
from mlgate.metrics._mean_loss import errors
from mlgate.stats.mean import HallMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic


class R2(InfluenceMetric):
    """1 - mean squared error / variance of the label: 1 is perfect, 0 is as good as the label's mean, below 0 worse; higher is better.

    r2 = 1 - mean(e^2) / V, V = mean((label - mean label)^2) (Kvalseth 1985, doi:10.1080/00031305.1985.10479448), scikit-learn's `r2_score`
    (checked to 1e-12); labels that are all equal are an error (scikit-learn says 0 or 1). Uncertainty: Hall's (1992,
    doi:10.1111/j.2517-6161.1992.tb01875.x) interval on r2 + (1 - r2) (label - mean)^2 / V - e^2 / V, the row values whose mean is r2 to first
    order. Coverage is nominal from about 100 rows of labels without heavy tails; where a few rows dominate a PASS is inconclusive.
    """

    greater_is_better: ClassVar[bool] = True
    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"

    def value(self, sample: Sample) -> float:
        """R squared. Raises `MeasurementError` (cause data) where the labels do not vary."""
        weight = mass(sample)
        return 1.0 - float(np.average(np.square(errors(sample)), weights=weight) / np.average(self._spread(sample), weights=weight))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        weight, spread = mass(sample), self._spread(sample)
        variance = float(np.average(spread, weights=weight))
        residual: NDArray[np.float64] = ((1 - self.value(sample)) * spread - np.square(errors(sample))) / variance
        return np.asarray(weight * residual / weight.mean(), dtype=np.float64)

    def _spread(self, sample: Sample) -> NDArray[np.float64]:
        """(n,) squared distance of the label from its mean."""
        label, weight = sample.y_true.astype(np.float64), mass(sample)
        counted = label[weight > 0]
        if counted.size == 0 or counted.min() == counted.max():
            raise MeasurementError(
                f"{self.name} is not defined: all labels are equal", cause="data", fix="judge it on rows whose label varies, or use mae"
            )
        return np.asarray(np.square(label - np.average(label, weights=weight)), dtype=np.float64)

    def _alone(self, sample: Sample) -> Statistic:
        rows = as_rows(sample)
        return HallMean.of(self.value(rows) + self.influence(rows))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        new, old = as_rows(candidate), as_rows(baseline)
        return HallMean.of(self.value(new) - ratio * self.value(old) + self.influence(new) - ratio * self.influence(old))
