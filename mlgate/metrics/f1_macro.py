"""Macro F1: the mean F1 of the classes."""

from __future__ import annotations

from mlgate.metrics._per_class import MacroAverage
from mlgate.metrics._per_class_values import F1OfClasses


class F1Macro(F1OfClasses, MacroAverage):
    """The F1 of each class, averaged over the classes, in [0, 1], higher is better; a rare class counts as much as a frequent one.

    f1_macro = mean over classes of 2 TP / (2 TP + FP + FN) (Opitz and Burst 2019, arXiv doi:10.48550/arXiv.1911.03347, the mean of F1s),
    scikit-learn's `f1_score(average="macro")` (checked to 1e-12): a class that occurs among the predictions only counts with 0. Coverage is
    nominal where every class has 25 rows; with fewer of any class a PASS is not granted.
    """
