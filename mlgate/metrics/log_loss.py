"""Log loss: the mean surprise at the true class, in nats."""

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

EPS = float(np.finfo(np.float64).eps)


class LogLoss(MeanLoss):
    """The mean of -log(probability given to the true class), in nats, 0 or more, lower is better; two classes or any number.

    log_loss = -mean(log p[label]) (Good 1952, doi:10.1111/j.2517-6161.1952.tb00104.x), scikit-learn's `log_loss` (checked to 1e-12). Read is the
    model's `score` (the probability of class 1), and where it gives none its `score_<class>`, which must sum to 1 and have a class for every
    label. Probabilities are clipped to [eps, 1 - eps] with eps = 2.220446049250313e-16, scikit-learn's own for float64, so one row that is
    certain and wrong costs 36.04 nats. Rows without groups and weights: Hall's interval, see `MeanLoss`.
    Not for models that are certain and sometimes wrong on small sets: rare catastrophes that are not among the rows cannot be inferred.
    """

    needs: ClassVar[Needs] = "score"
    by_class: ClassVar[bool] = True
    unit: ClassVar[str] = "nats"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        if sample.scores is None:
            given = np.clip(probabilities(self.name, sample), EPS, 1.0 - EPS)
            return np.asarray(-np.log(np.where(sample.y_true == 1, given, 1.0 - given)), dtype=np.float64)
        true_class = class_probabilities(self.name, sample)[np.arange(sample.y_true.size), scored_labels(self.name, sample)]
        return np.asarray(-np.log(np.clip(true_class, EPS, 1.0 - EPS)), dtype=np.float64)
