"""Exceedance: how often a prediction misses by more than a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.metric import Labels
from mlgate.metrics._mean_loss import errors
from mlgate.metrics.accuracy import Accuracy

if TYPE_CHECKING:
    from mlgate.core.metric import Sample
    from mlgate.metrics._count_ratio import Bits


class Exceedance(Accuracy):
    """The share of rows where prediction and label differ by more than `limit`, in [0, 1], lower is better.

    exceedance = #(|prediction - label| > limit) / n, `limit` in the label's unit. It asks what a high quantile of the error asks ("95 % of the
    errors are below 15"), and as a share it has exact bounds where a quantile has none without a density: each row exceeds the limit or
    not, so they are those of `accuracy`: Clopper-Pearson, Tango (1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B)
    and mid-p McNemar. scikit-learn has no such metric; 1 - its `accuracy_score` of the bits agrees to 1e-12.
    """

    greater_is_better: ClassVar[bool] = False
    labels: ClassVar[Labels] = "numbers"
    counted: ClassVar[bool] = False
    takes: ClassVar[Mapping[str, Any]] = {"limit": 0.5}

    def __init__(self, *, limit: float = 0.5) -> None:
        self.limit = limit

    def bits(self, sample: Sample) -> tuple[Bits, Bits]:
        beyond = np.abs(errors(sample)) > self.limit
        return np.ones(beyond.size, dtype=bool), beyond
