"""Shares of right answers among the rows of one class: recall and specificity."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.metrics._count_ratio import CountRatio, table_of
from mlgate.metrics._support import fewer, need_rows
from mlgate.stats.paired import PairedProportion
from mlgate.stats.proportion import Proportion
from mlgate.stats.subset import OfSubset

if TYPE_CHECKING:
    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic
    from mlgate.metrics._count_ratio import Bits, Parts


class SubsetShare(CountRatio):
    """The share of rows of a class that are predicted to be of it. `bits` gives (is of the class, is predicted to be); `rows` is their name.

    Given how many rows the class has, each of them is right or wrong: one model has Clopper and Pearson's interval, two models have Tango's
    (1998) and the mid-p McNemar test, over the rows of the class. Relative margins: the jackknife over their cells.
    """

    rows: ClassVar[str]

    @staticmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """Right answers over rows of the class."""
        return (truth & answer).astype(np.float64), truth.astype(np.float64)

    def value(self, sample: Sample) -> float:
        """The share. Raises `MeasurementError` (cause data) where no row is of the class."""
        truth, _ = self.bits(sample)
        need_rows(self.name, int(sample.count[truth].sum()), int(sample.count.sum()), f"no label is {self.rows.removesuffix('s')}")
        return self._ratio_of(sample)

    def _alone(self, sample: Sample) -> Statistic:
        self.value(sample)
        truth, right = self.bits(sample)
        found = Proportion(successes=int(sample.count[truth & right].sum()), n_obs=int(sample.count[truth].sum()))
        return OfSubset(inner=found, n_obs=int(sample.count.sum()), flags=self._flags(sample))

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        self.value(candidate)
        inner = self._tango(candidate, baseline) if ratio == 1.0 else self._relative(candidate, baseline, ratio)
        return OfSubset(inner=inner, n_obs=int(candidate.count.sum()), flags=self._flags(candidate, baseline))

    def _tango(self, candidate: Sample, baseline: Sample) -> Statistic:
        (truth, new), (_, old) = self.bits(candidate), self.bits(baseline)
        better, worse = (int(candidate.count[truth & one & ~other].sum()) for one, other in ((new, old), (old, new)))
        return PairedProportion(n_obs=int(candidate.count[truth].sum()), better=better, worse=worse)

    def _relative(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        table = table_of((candidate, baseline), self)
        table[0] = 0  # given the number of rows of the class, the others say nothing
        return self._with_pseudo_rows(self._jackknifed(table, ratio, ()), table, ratio)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        truth, _ = self.bits(samples[0])
        return fewer(int(samples[0].count[truth].sum()), 30, self.rows)
