"""Root mean squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Labels, Needs
from mlgate.metrics._influence import InfluenceMetric, as_rows, mass
from mlgate.metrics._mean_loss import errors
from mlgate.stats.mean import HallMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic


class Rmse(InfluenceMetric):
    """The root of the mean squared difference between prediction and label, in the label's unit, 0 or more, lower is better.

    rmse R = sqrt(mean(e^2)) (Willmott and Matsuura 2005, doi:10.3354/cr030079), scikit-learn's `root_mean_squared_error` (checked to 1e-12).
    Uncertainty: Hall's (1992, doi:10.1111/j.2517-6161.1992.tb01875.x) interval on R + (e^2 - R^2) / 2R, the row values whose mean is R to
    first order (delta method). Squares make a few rows dominate sooner than under `mae`; such a PASS is inconclusive.
    """

    greater_is_better: ClassVar[bool] = False
    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"
    unit: ClassVar[str] = "label units"

    def value(self, sample: Sample) -> float:
        return float(np.sqrt(np.average(np.square(errors(sample)), weights=mass(sample))))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        """Zeros where every error is zero."""
        weight, squares, root = mass(sample), np.square(errors(sample)), self.value(sample)
        residual: NDArray[np.float64] = weight * (squares - root**2) / weight.mean()
        return residual / (2 * root) if root else residual

    def _alone(self, sample: Sample) -> Statistic:
        rows = as_rows(sample)
        return HallMean.of(self.value(rows) + self.influence(rows))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        new, old = as_rows(candidate), as_rows(baseline)
        return HallMean.of(self.value(new) - ratio * self.value(old) + self.influence(new) - ratio * self.influence(old))
