"""Recall: the share of positive rows that are predicted positive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._count_ratio import CountRatio

if TYPE_CHECKING:
    from mlgate.metrics._count_ratio import Bits, Parts


class Recall(CountRatio):
    """The share of rows of class 1 that are predicted as 1, in [0, 1], higher is better (also: sensitivity, true positive rate).

    recall = TP / (TP + FN) (Yerushalmy 1947, doi:10.2307/4586294, as sensitivity), scikit-learn's `recall_score` of a binary label (checked
    to 1e-12). Uncertainty: the jackknife over the cells of label and predictions. With fewer than 30 positive labels a PASS is not granted.
    """

    @staticmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """Hits over positive labels."""
        return (truth & answer).astype(np.float64), truth.astype(np.float64)
