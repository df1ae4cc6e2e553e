"""Top-k accuracy: how often the true class is among the k that score highest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.metric import Needs
from mlgate.metrics._by_class import class_scores, label_columns
from mlgate.metrics.accuracy import Accuracy

if TYPE_CHECKING:
    from mlgate.core.metric import Sample
    from mlgate.metrics._count_ratio import Bits


class TopKAccuracy(Accuracy):
    """The share of rows whose label is among the `k` classes that score highest, in [0, 1], higher is better.

    top_k_accuracy = #(label among the k highest of score_<class>) / n (Russakovsky and others 2015, doi:10.1007/s11263-015-0816-y), scikit-learn's
    `top_k_accuracy_score` of three or more classes (checked to 1e-12): of tied scores the later class in order comes first. Any scores that
    order the classes will do. A label that the model gives no score for is an error of the model and counts as wrong (scikit-learn refuses
    it). Each row is right or wrong, so the bounds are those of `accuracy`: Clopper-Pearson, Tango (1998) and mid-p McNemar.
    """

    needs: ClassVar[Needs] = "scores"
    counted: ClassVar[bool] = False
    takes: ClassVar[Mapping[str, Any]] = {"k": 1}

    def __init__(self, *, k: int = 1) -> None:
        self.k = k

    def bits(self, sample: Sample) -> tuple[Bits, Bits]:
        found, classes = class_scores(sample)
        order = np.argsort(classes)  # classes in order, so that ties fall as in scikit-learn whatever the order of the columns
        highest = order[np.argsort(found[:, order], axis=1, kind="stable")[:, ::-1][:, : self.k]]
        right = (highest == label_columns(sample)[:, None]).any(axis=1)
        return np.ones(right.size, dtype=bool), right
