"""Metrics that are, to first order, the mean of one value per row: the one way to grouped rows, sample weights and relative margins."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Metric, Sample
from mlgate.stats.clustered import clustered, group_codes
from mlgate.stats.normal import NormalEstimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic


class InfluenceMetric(Metric):
    """A metric with an influence function (Hampel 1974, doi:10.1080/01621459.1974.10482962).

    A subclass gives `value` and `influence`. With groups or weights the standard error is the cluster sum of influence values (CR1; each row is
    its own cluster where only weights are given). Plain rows are treated as weighted alike, unless a subclass has closed forms of its own
    (`_alone`, `_paired`).
    """

    counted: ClassVar[bool] = False

    @abstractmethod
    def influence(self, sample: Sample) -> NDArray[np.float64]:
        """(n,) values of mean zero, in the metric's unit: what each raw row adds to n times the metric's error."""

    def _alone(self, sample: Sample) -> Statistic:
        return self._summed((as_rows(sample),), 1.0)

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        return self._summed((as_rows(candidate), as_rows(baseline)), ratio)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return ()

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        """A standard error that no run of lucky rows can make zero; metrics of 0/1 outcomes override it."""
        return estimate

    def statistic(self, sample: Sample) -> Statistic:
        return self._alone(sample) if is_plain(sample) else self._summed((as_rows(sample),), 1.0)

    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        if is_plain(candidate):
            return self._paired(candidate, baseline, ratio)
        return self._summed((as_rows(candidate), as_rows(baseline)), ratio)

    def _summed(self, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        first, *others = arms
        value, flags = self.value(first), self._flags(*arms)
        influence = self.influence(first)
        for other in others:
            value -= ratio * self.value(other)
            influence = influence - ratio * self.influence(other)
        if is_plain(first) and first.y_true.size == 1:
            return NormalEstimate(value=value, standard_error=math.inf, n_obs=1, flags=flags)
        estimate = clustered(value=value, influence=influence, groups=clusters(first), flags=flags)
        return self._floored(estimate, arms, ratio)


def is_plain(sample: Sample) -> bool:
    """Neither groups nor weights: the closed forms hold."""
    return sample.group is None and sample.weight is None


def mass(sample: Sample) -> NDArray[np.float64]:
    """(n,) what each entry weighs: rows it stands for times their weight."""
    return sample.count.astype(np.float64) if sample.weight is None else sample.count * sample.weight


def as_rows(sample: Sample) -> Sample:
    """The same sample with one entry per row."""
    if (sample.count == 1).all():
        return sample
    repeated = sample.at(np.repeat(np.arange(sample.count.size), sample.count))
    return replace(repeated, count=np.ones_like(repeated.count))


def clusters(rows: Sample) -> NDArray[np.generic]:
    """(n,) ids of the independent units: the groups, else the rows themselves."""
    return np.arange(rows.y_true.size) if rows.group is None else rows.group


def rows_per_unit(sample: Sample) -> float:
    """How many rows make one independent unit: those of a group, or the rows over Kish's (1965) effective size where they are weighted."""
    if is_plain(sample):
        return 1.0
    rows = as_rows(sample)
    if rows.group is not None:
        return rows.y_true.size / group_codes(rows.group)[1]
    assert rows.weight is not None
    return float(rows.y_true.size * np.square(rows.weight).sum() / rows.weight.sum() ** 2)
