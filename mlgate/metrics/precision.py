"""Precision: the share of positive predictions that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._count_ratio import CountRatio
from mlgate.metrics._support import fewer

if TYPE_CHECKING:
    from mlgate.core.metric import Sample
    from mlgate.metrics._count_ratio import Bits, Parts


class Precision(CountRatio):
    """The share of rows predicted as 1 that are of class 1, in [0, 1], higher is better (also: positive predictive value).

    precision = TP / (TP + FP) (Kent, Berry, Luehrs and Perry 1955, doi:10.1002/asi.5090060209), scikit-learn's `precision_score` of a binary
    label (checked to 1e-12); 0.0 where no row is predicted positive. Uncertainty: the jackknife over the cells of label and predictions.
    With fewer than 30 positive predictions of any model a PASS is not granted.
    """

    @staticmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """Hits over positive predictions."""
        return (truth & answer).astype(np.float64), answer.astype(np.float64)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        predicted = [int(sample.count[self.bits(sample)[1]].sum()) for sample in samples]
        return fewer(min(predicted), 30, "positive predictions")
