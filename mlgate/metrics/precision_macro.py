"""Macro precision: the mean precision of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.metrics._per_class import MacroAverage, few_predicted
from mlgate.metrics._per_class_values import PrecisionOfClasses

if TYPE_CHECKING:
    from mlgate.core.metric import Sample


class PrecisionMacro(PrecisionOfClasses, MacroAverage):
    """The precision of each class, averaged over the classes, in [0, 1], higher is better.

    precision_macro = mean over classes of TP / (TP + FP) (Sokolova and Lapalme 2009, doi:10.1016/j.ipm.2009.03.002), scikit-learn's
    `precision_score(average="macro")` (checked to 1e-12); 0 for a class that is never predicted. Coverage is nominal where every class of the
    label has 25 rows and 25 predictions of every model; with fewer of any class a PASS is not granted.
    """

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return (*super()._flags(*samples), *few_predicted(samples))
