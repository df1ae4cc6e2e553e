"""Specificity: the share of negative rows that are predicted negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.metrics._subset_share import SubsetShare
from mlgate.metrics._support import predictions

if TYPE_CHECKING:
    from mlgate.core.metric import Sample
    from mlgate.metrics._count_ratio import Bits


class Specificity(SubsetShare):
    """The share of rows of class 0 that are not predicted as 1, in [0, 1], higher is better (also: true negative rate).

    specificity = TN / (TN + FP) (Yerushalmy 1947, doi:10.2307/4586294), scikit-learn's `recall_score` with `pos_label=0` (checked to 1e-12).
    Over the negative rows: Clopper-Pearson for one model, Tango (1998) and mid-p McNemar for two, see `accuracy`. With fewer than 30 negative
    labels a PASS is not granted.
    """

    rows: ClassVar[str] = "negatives"

    def bits(self, sample: Sample) -> tuple[Bits, Bits]:
        return np.asarray(sample.y_true != 1), np.asarray(predictions(sample) != 1)
