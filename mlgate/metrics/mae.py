"""Mean absolute error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Labels, Needs
from mlgate.metrics._mean_loss import MeanLoss, errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Mae(MeanLoss):
    """The mean absolute difference between prediction and label, in the label's unit, 0 or more, lower is better.

    mae = mean(|prediction - label|) (Willmott and Matsuura 2005, doi:10.3354/cr030079), scikit-learn's `mean_absolute_error` (checked to
    1e-12). Rows without groups and weights: Hall's interval, see `MeanLoss`.
    """

    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"
    unit: ClassVar[str] = "label units"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        return np.abs(errors(sample))
