"""Metric `promise_cost`: how well a prediction keeps its promise nine times in ten."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Metric, Needs, Sample
from mlgate.core.statistic import Statistic
from mlgate.stats.mean import HallMean

QUANTILE = 0.9


class PromiseCost(Metric):
    """The mean pinball loss of a prediction of the 0.9 quantile, in the label's unit, lower is better.

    A minute too late costs 0.9, a minute too early 0.1 (Koenker and Bassett 1978, doi:10.2307/1913643); equal to scikit-learn's
    `mean_pinball_loss(alpha=0.9)`. Rows are independent: no groups and no weights.
    """

    greater_is_better: ClassVar[bool] = False
    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"
    unit: ClassVar[str] = "label units"

    def value(self, sample: Sample) -> float:
        return float(_losses(sample).mean())

    def statistic(self, sample: Sample) -> Statistic:
        return HallMean.of(_losses(sample))

    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        return HallMean.of(_losses(candidate) - ratio * _losses(baseline))


def _losses(sample: Sample) -> NDArray[np.float64]:
    if sample.group is not None or sample.weight is not None:
        raise MeasurementError("promise_cost knows no groups and no weights", cause="configuration", fix="remove `groups` and `sample_weight`")
    assert sample.y_pred is not None
    short = sample.y_true.astype(np.float64) - sample.y_pred.astype(np.float64)
    return np.maximum(QUANTILE * short, (QUANTILE - 1) * short)
