"""Brier score: the mean squared error of a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Needs
from mlgate.metrics._by_class import class_probabilities, scored_labels
from mlgate.metrics._mean_loss import MeanLoss
from mlgate.metrics._support import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Brier(MeanLoss):
    """The mean squared difference between the probability of class 1 and the label, in [0, 1], lower is better; for more classes in [0, 2].

    brier = mean((p - y)^2) of a `score`; where a model gives `score_<class>` only, mean(sum over classes of (p - [label = class])^2), the
    form of Brier (1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2), halved where there are two classes: scikit-learn's
    `brier_score_loss` (checked to 1e-12). Probabilities of classes must sum to 1 and have a class for every label. Rows without groups and
    weights: Hall's interval, see `MeanLoss`.
    """

    needs: ClassVar[Needs] = "score"
    by_class: ClassVar[bool] = True

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        if sample.scores is None:
            return np.asarray(np.square(probabilities(self.name, sample) - (sample.y_true == 1)), dtype=np.float64)
        missed = class_probabilities(self.name, sample).copy()
        missed[np.arange(sample.y_true.size), scored_labels(self.name, sample)] -= 1.0
        total = np.square(missed).sum(axis=1)
        return np.asarray(total / 2 if missed.shape[1] < 3 else total, dtype=np.float64)
