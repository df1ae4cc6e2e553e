"""Log loss: the mean surprise at the true class, in nats."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from mlgate.metrics._mean_loss import MeanLoss
from mlgate.metrics._support import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample

EPS = float(np.finfo(np.float64).eps)


class LogLoss(MeanLoss):
    """The mean of -log(probability given to the true class), in nats, 0 or more, lower is better.

    log_loss = -mean(y log p + (1 - y) log(1 - p)) (Good 1952, doi:10.1111/j.2517-6161.1952.tb00104.x), scikit-learn's `log_loss` (checked to
    1e-12). Probabilities are clipped to [eps, 1 - eps] with eps = 2.220446049250313e-16, scikit-learn's own for float64, so one row
    that is certain and wrong costs 36.04 nats. Rows without groups and weights: Hall's interval, see `MeanLoss`.
    Not for models that are certain and sometimes wrong on small sets: rare catastrophes that are not among the rows cannot be inferred.
    """

    needs: ClassVar[Literal["prediction", "score"]] = "score"
    unit: ClassVar[str] = "nats"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        given = np.clip(probabilities(self.name, sample), EPS, 1.0 - EPS)
        return np.asarray(-np.log(np.where(sample.y_true == 1, given, 1.0 - given)), dtype=np.float64)
