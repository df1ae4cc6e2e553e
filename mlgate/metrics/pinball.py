"""Pinball loss: how well a prediction of a quantile keeps its promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.metric import Labels, Needs
from mlgate.metrics._mean_loss import MeanLoss, errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Pinball(MeanLoss):
    """The mean loss of a prediction of the quantile `quantile`, in the label's unit, 0 or more, lower is better.

    pinball = mean(q (label - prediction) where the label is above, (1 - q) (prediction - label) where it is below) (Koenker and Bassett 1978,
    doi:10.2307/1913643), scikit-learn's `mean_pinball_loss(alpha=q)` (checked to 1e-12); least where a share q of the labels is below the
    prediction. Rows without groups and weights: Hall's interval, see `MeanLoss`.
    """

    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"
    unit: ClassVar[str] = "label units"
    takes: ClassVar[Mapping[str, Any]] = {"quantile": 0.5}

    def __init__(self, *, quantile: float = 0.5) -> None:
        self.quantile = quantile

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        error = errors(sample)
        return np.asarray(np.maximum(-self.quantile * error, (1 - self.quantile) * error), dtype=np.float64)
