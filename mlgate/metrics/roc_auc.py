"""ROC AUC: how often a positive row scores above a negative one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Needs
from mlgate.metrics._influence import InfluenceMetric, as_rows
from mlgate.metrics._roc import area, area_influence
from mlgate.metrics._support import fewer, need_both_classes, scores
from mlgate.stats.auc import Auc, AucDifference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic


class RocAuc(InfluenceMetric):
    """The chance that a row of class 1 scores above one of class 0, ties counting half, in [0, 1], higher is better.

    AUC = mean over pairs of [s+ > s-] + [s+ = s-] / 2 (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747), scikit-learn's
    `roc_auc_score` (checked to 1e-12); any score that orders rows will do. Uncertainty: the covariance of placement values
    (DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595) from one sort per model; groups: sums of placement residuals
    (Obuchowski 1997, doi:10.2307/2533958). With fewer than 25 rows of a class a PASS is not granted. Several classes: `roc_auc_ovr`.
    """

    greater_is_better: ClassVar[bool] = True
    needs: ClassVar[Needs] = "score"

    def value(self, sample: Sample) -> float:
        """The area. Raises `MeasurementError` (cause data) where all rows are of one class."""
        rows = as_rows(sample)
        return area(self._positive(rows), scores(rows), rows.weight)

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        return area_influence(self._positive(sample), scores(sample), sample.weight)

    def _positive(self, sample: Sample) -> NDArray[np.bool_]:
        positive = np.asarray(sample.y_true == 1)
        need_both_classes(self.name, positive if sample.weight is None else positive[sample.weight > 0])
        return positive

    def _alone(self, sample: Sample) -> Statistic:
        rows = as_rows(sample)
        return Auc.of(self._positive(rows), scores(rows))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        new, old = as_rows(candidate), as_rows(baseline)
        return AucDifference.of(self._positive(new), scores(new), scores(old), ratio=ratio)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        positives = int(self._positive(samples[0]).sum())
        return fewer(min(positives, samples[0].y_true.size - positives), 25, "rows of the rarer class")
