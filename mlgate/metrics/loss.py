"""Loss: the mean of a business loss that the gate file states as an expression."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Needs, Sample
from mlgate.metrics._influence import as_rows
from mlgate.metrics._mean_loss import MeanLoss
from mlgate.stats.mean import HallMean
from mlgate.stats.subset import OfSubset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic

FEW = 10  # rows on which two losses differ


class Loss(MeanLoss):
    """The mean over rows of an expression over the columns, `prediction`, `score` and `actual` (the label), in its own unit, lower is better.

    `loss: "case when prediction < actual then 3 * (actual - prediction) else prediction - actual end"` says what a row costs; the engine computes it
    under both models (Granger 1969, doi:10.1057/jors.1969.42, on asymmetric costs of error). With `abs(prediction - actual)` it is
    scikit-learn's `mean_absolute_error` (checked to 1e-12). A row without a loss is an error. Rows without groups and weights: Hall's interval,
    see `MeanLoss`; where two models' losses differ on fewer than 10 rows, the error is at least that of two rows more that differ by as
    much as the losses range, and where all losses are equal, so that nothing is known of their range, a PASS is not granted.
    """

    needs: ClassVar[Needs] = "loss"
    labels: ClassVar[Labels] = "numbers"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        if sample.loss is None:
            raise MeasurementError("the rows have no loss", cause="configuration", fix='state it as `loss: "<expression>"`')
        return sample.loss

    def _alone(self, sample: Sample) -> Statistic:
        found = self.losses(as_rows(sample))
        return _flagged(HallMean.of(found), found.min() == found.max())

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        new, old = self.losses(as_rows(candidate)), self.losses(as_rows(baseline))
        found = HallMean.of(new - ratio * old)
        if np.count_nonzero(new != old) >= FEW:
            return found
        reach = float(max(new.max(), old.max()) - min(new.min(), old.min()))
        return _flagged(replace(found, std=max(found.std, reach * math.sqrt(2 / new.size))), reach == 0)


def _flagged(found: HallMean, equal: bool) -> Statistic:
    if not equal:
        return found
    return OfSubset(inner=found, n_obs=found.n_obs, flags=(*found.flags, "all losses are equal: these rows say nothing of how they spread"))
