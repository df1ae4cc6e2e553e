"""Metrics that are, to first order, the mean of one value per row: the one way to grouped rows, sample weights and relative margins."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Metric, Sample
from mlgate.stats.clustered import clustered, group_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic
    from mlgate.stats.normal import NormalEstimate


class InfluenceMetric(Metric):
    """A metric with an influence function (Hampel 1974, doi:10.1080/01621459.1974.10482962).

    A subclass gives `value`, `influence`, and for rows without groups and weights its closed forms `_alone` and `_paired`. With groups or
    weights the standard error is the cluster sum of influence values (CR1; each row is its own cluster where only weights are given).
    """

    counted: ClassVar[bool] = False

    @abstractmethod
    def influence(self, sample: Sample) -> NDArray[np.float64]:
        """(n,) values of mean zero, in the metric's unit: what each raw row adds to n times the metric's error."""

    @abstractmethod
    def _alone(self, sample: Sample) -> Statistic: ...

    @abstractmethod
    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic: ...

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return ()

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        """A standard error that no run of lucky rows can make zero; metrics of 0/1 outcomes override it."""
        return estimate

    def statistic(self, sample: Sample) -> Statistic:
        if is_plain(sample):
            return self._alone(sample)
        rows = as_rows(sample)
        estimate = clustered(value=self.value(rows), influence=self.influence(rows), groups=clusters(rows), flags=self._flags(rows))
        return self._floored(estimate, (rows,), 1.0)

    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        if is_plain(candidate):
            return self._paired(candidate, baseline, ratio)
        new, old = as_rows(candidate), as_rows(baseline)
        estimate = clustered(
            value=self.value(new) - ratio * self.value(old),
            influence=self.influence(new) - ratio * self.influence(old),
            groups=clusters(new),
            flags=self._flags(new, old),
        )
        return self._floored(estimate, (new, old), ratio)


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


def independent_units(rows: Sample) -> float:
    """How many independent units the rows are worth: groups, else Kish's (1965) effective size of weighted rows."""
    if rows.group is not None:
        return float(group_codes(rows.group)[1])
    assert rows.weight is not None
    return float(rows.weight.sum() ** 2 / np.square(rows.weight).sum())
