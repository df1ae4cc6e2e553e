"""Recall over all classes together, which is accuracy where each row has one label."""

from __future__ import annotations

from mlgate.metrics.accuracy import Accuracy


class RecallMicro(Accuracy):
    """Recall of all classes counted together, in [0, 1], higher is better: where each row has one label it equals `accuracy`.

    Summed over classes, every wrong row is one false positive and one false negative (Sokolova and Lapalme 2009, doi:10.1016/j.ipm.2009.03.002), so
    it is #(prediction = label) / n, scikit-learn's `recall_score(average="micro")` (checked to 1e-12). Bounds are those of `accuracy`.
    """
