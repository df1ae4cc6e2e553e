"""Recall: the share of positive rows that are predicted positive."""

from __future__ import annotations

from typing import ClassVar

from mlgate.metrics._subset_share import SubsetShare


class Recall(SubsetShare):
    """The share of rows of class 1 that are predicted as 1, in [0, 1], higher is better (also: sensitivity, true positive rate).

    recall = TP / (TP + FN) (Yerushalmy 1947, doi:10.2307/4586294, as sensitivity), scikit-learn's `recall_score` of a binary label (checked
    to 1e-12). Over the positive rows: Clopper-Pearson for one model, Tango (1998) and mid-p McNemar for two, see `accuracy`. With fewer than 30
    positive labels a PASS is not granted.
    """

    rows: ClassVar[str] = "positives"
