"""Balanced accuracy: the mean recall of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._confusion import Confusion, ConfusionMetric, over

if TYPE_CHECKING:
    from numpy.typing import NDArray


class BalancedAccuracy(ConfusionMetric):
    """The share of right predictions in each class, averaged over the classes of the label, in [0, 1], higher is better.

    balanced_accuracy = mean over classes of (right ones / rows of the class) (Brodersen and others 2010, doi:10.1109/ICPR.2010.764), scikit-learn's
    `balanced_accuracy_score` (checked to 1e-12); any number of classes, numbers or strings. A row of class k adds ([right] - recall_k) /
    (K rows of k). Coverage is nominal where every class has 25 rows; with fewer of any class a PASS is not granted.
    """

    def of(self, confusion: Confusion) -> float:
        labels = confusion.labels
        return float(over(confusion.right, labels)[labels > 0].mean())

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        labels = confusion.labels
        recall = over(confusion.right, labels)
        return over(np.eye(labels.size) - recall[:, None], (labels * (labels > 0).sum())[:, None])
