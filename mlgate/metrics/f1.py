"""F1: the harmonic mean of precision and recall of the positive class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._count_ratio import CountRatio

if TYPE_CHECKING:
    from mlgate.metrics._count_ratio import Bits, Parts


class F1(CountRatio):
    """The harmonic mean of precision and recall of class 1, in [0, 1], higher is better.

    F1 = 2 TP / (2 TP + FP + FN) (van Rijsbergen, Information Retrieval, 1979, ISBN 0-408-70929-4), scikit-learn's `f1_score` of a binary
    label (checked to 1e-12); 0.0 where no row is predicted positive. Uncertainty: the jackknife over the cells of label and
    predictions. With fewer than 30 positive labels no interval covers what it says, so a PASS is not granted.
    """

    @staticmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """2 for a hit; 1 for each of label and prediction that is positive."""
        return (truth & answer) * np.float64(2), truth.astype(np.float64) + answer
