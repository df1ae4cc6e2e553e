"""Weighted precision: the mean precision of the classes, each by its rows."""

from __future__ import annotations

from mlgate.metrics._per_class import WeightedAverage
from mlgate.metrics._per_class_values import PrecisionOfClasses


class PrecisionWeighted(PrecisionOfClasses, WeightedAverage):
    """The precision of each class, averaged by how many rows it has, in [0, 1], higher is better.

    precision_weighted = sum over classes of (rows of the class / n) * TP / (TP + FP) (Sokolova and Lapalme 2009, doi:10.1016/j.ipm.2009.03.002),
    scikit-learn's `precision_score(average="weighted")` (checked to 1e-12); 0 for a class that is never predicted. With fewer than 30 rows
    outside of the largest class a PASS is not granted.
    """
