"""Accuracy: the share of rows whose prediction equals the label."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Labels
from mlgate.metrics._count_ratio import CountRatio
from mlgate.metrics._support import predictions
from mlgate.stats.paired import PairedProportion
from mlgate.stats.proportion import Proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic
    from mlgate.metrics._count_ratio import Bits, Parts


class Accuracy(CountRatio):
    """The share of right predictions, in [0, 1], higher is better; any number of classes, numbers or strings.

    accuracy = #(prediction = label) / n, scikit-learn's `accuracy_score` (checked to 1e-12). One model: Clopper and Pearson (1934,
    doi:10.1093/biomet/26.4.404). Two models on the same rows: the score interval of Tango (1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B) and the mid-p McNemar test (Fagerland, Lydersen and Laake 2013,
    doi:10.1186/1471-2288-13-91). Relative margins: cell jackknife. Groups and weights: influence values.
    """

    labels: ClassVar[Labels] = "classes"

    @staticmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """A row's truth is that it counts; its answer, that it was right."""
        return (truth & answer).astype(np.float64), truth.astype(np.float64)

    def bits(self, sample: Sample) -> tuple[Bits, Bits]:
        right: NDArray[np.bool_] = np.asarray(sample.y_true == predictions(sample), dtype=bool)
        return np.ones(right.size, dtype=bool), right

    def _alone(self, sample: Sample) -> Statistic:
        _, right = self.bits(sample)
        return Proportion(successes=int(sample.count[right].sum()), n_obs=int(sample.count.sum()))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        if ratio != 1.0:
            return super()._paired(candidate, baseline, ratio)
        (_, new), (_, old) = self.bits(candidate), self.bits(baseline)
        count = candidate.count
        return PairedProportion(n_obs=int(count.sum()), better=int(count[new & ~old].sum()), worse=int(count[old & ~new].sum()))

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return ()
