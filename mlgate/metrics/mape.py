"""Mean absolute percentage error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Needs
from mlgate.metrics._mean_loss import MeanLoss, errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class Mape(MeanLoss):
    """The mean absolute error as a share of the label, 0 or more (0.1: ten per cent), lower is better.

    mape = mean(|prediction - label| / |label|) (de Myttenaere and others 2016, doi:10.1016/j.neucom.2015.12.114), scikit-learn's
    `mean_absolute_percentage_error` (checked to 1e-12). A label of 0 makes it undefined and is an error; scikit-learn divides by 2.2e-16 there.
    Rows without groups and weights: Hall's interval, see `MeanLoss`.
    Not for labels near 0: few of them decide; it also rewards predictions that are too low. `mae` or `loss` say what an error costs.
    """

    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"

    def losses(self, sample: Sample) -> NDArray[np.float64]:
        """Raises `MeasurementError` (cause data) for labels of 0."""
        size = np.abs(sample.y_true.astype(np.float64))
        zero = size == 0
        if zero.any():
            rows, n = int(sample.count[zero].sum()), int(sample.count.sum())
            raise MeasurementError(
                f"{self.name} is not defined: the label is 0 in {rows:,} of {n:,} rows",
                cause="data",
                fix="use mae, or leave these rows out with `where`",
            )
        return np.abs(errors(sample)) / size
