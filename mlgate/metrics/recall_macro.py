"""Macro recall: the mean recall of the classes."""

from __future__ import annotations

from mlgate.metrics._per_class import MacroAverage
from mlgate.metrics._per_class_values import RecallOfClasses


class RecallMacro(RecallOfClasses, MacroAverage):
    """The recall of each class, averaged over the classes, in [0, 1], higher is better.

    recall_macro = mean over classes of TP / (TP + FN) (Sokolova and Lapalme 2009, doi:10.1016/j.ipm.2009.03.002), scikit-learn's
    `recall_score(average="macro")` (checked to 1e-12): a class that occurs among the predictions only counts with 0, which is where it differs
    from `balanced_accuracy`. Coverage is nominal where every class has 25 rows; with fewer of any class a PASS is not granted.
    """
