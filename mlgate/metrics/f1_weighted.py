"""Weighted F1: the mean F1 of the classes, each by its rows."""

from __future__ import annotations

from mlgate.metrics._per_class import WeightedAverage
from mlgate.metrics._per_class_values import F1OfClasses


class F1Weighted(F1OfClasses, WeightedAverage):
    """The F1 of each class, averaged by how many rows it has, in [0, 1], higher is better.

    f1_weighted = sum over classes of (rows of the class / n) * 2 TP / (2 TP + FP + FN) (Sokolova and Lapalme 2009, doi:10.1016/j.ipm.2009.03.002),
    scikit-learn's `f1_score(average="weighted")` (checked to 1e-12). With fewer than 30 rows outside of the largest class a PASS is not granted.
    """
