"""Recall of each class, weighted by its rows, which is accuracy."""

from __future__ import annotations

from mlgate.metrics.accuracy import Accuracy


class RecallWeighted(Accuracy):
    """The recall of each class averaged over rows, in [0, 1], higher is better: it equals `accuracy`.

    sum over classes of (rows of the class / n) * (right ones / rows of the class) = #(prediction = label) / n (Sokolova and Lapalme 2009,
    doi:10.1016/j.ipm.2009.03.002), scikit-learn's `recall_score(average="weighted")` (checked to 1e-12). Bounds are those of `accuracy`.
    """
