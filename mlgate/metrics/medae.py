"""Median absolute error."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Labels, Needs
from mlgate.metrics._influence import InfluenceMetric, as_rows, mass, rows_per_unit
from mlgate.metrics._mean_loss import errors
from mlgate.stats.normal import smallest_standard_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.stats.normal import NormalEstimate

Z = 1.959964  # of the 95 % level that the bandwidth is best for


class Medae(InfluenceMetric):
    """The median of the absolute differences between prediction and label, in the label's unit, 0 or more, lower is better.

    medae = median(|prediction - label|), scikit-learn's `median_absolute_error` (checked to 1e-12), with weights too. Uncertainty: a row adds
    (1/2 - [|e| <= m]) / f(m), f the density of the absolute errors at their median m (Bahadur 1966, doi:10.1214/aoms/1177699450), estimated from
    two quantiles beside it with the bandwidth of Hall and Sheather (1988, doi:10.1111/j.2517-6161.1988.tb01735.x). Coverage is nominal from 50
    rows of errors that have a density; where errors are tied at the median (whole numbers) there is none, and nothing is decided. Not for a
    promise about most rows: `exceedance` bounds a share exactly.
    """

    greater_is_better: ClassVar[bool] = False
    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "numbers"
    unit: ClassVar[str] = "label units"

    def value(self, sample: Sample) -> float:
        return _quantile(np.abs(errors(sample)), mass(sample), 0.5)

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        size, weight = np.abs(errors(sample)), mass(sample)
        below = size <= self.value(sample)
        share = float(np.average(below, weights=weight))  # 1/2 up to one row, so that the values have mean zero
        added: NDArray[np.float64] = weight / weight.mean() * (share - below) * self._sparsity(sample)
        return added

    def _sparsity(self, sample: Sample) -> float:
        """1 / density of the absolute errors at their median, 0 where they are tied there."""
        size, weight = np.abs(errors(sample)), mass(sample)
        units = float(sample.count.sum()) / rows_per_unit(sample)
        density_at_middle = 1 / math.sqrt(2 * math.pi)
        width: float = min(0.25, units ** (-1 / 3) * Z ** (2 / 3) * (1.5 * density_at_middle**2) ** (1 / 3))
        low, high = (_quantile(size, weight, share) for share in (0.5 - width, 0.5 + width))
        return (high - low) / (2 * width)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        tied = any(self._sparsity(sample) == 0 for sample in samples)
        few = len(samples[0].y_true) < 50
        return (
            *(("errors are tied at their median, so nothing is known of its spread; exceedance can decide",) if tied else ()),
            *((f"{len(samples[0].y_true)} rows are too few for a median (at least 50)",) if few else ()),
        )

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        """Infinite where errors are tied at the median, unless both models are the same."""
        rows = [as_rows(arm) for arm in arms]
        if all(self._sparsity(arm) > 0 for arm in rows):
            if estimate.standard_error > 0:
                return estimate
            return replace(estimate, standard_error=self._sparsity(rows[0]) * smallest_standard_error(estimate.n_obs))
        return replace(estimate, standard_error=math.inf)


def _quantile(values: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """The averaged inverted distribution function (Hyndman and Fan 1996, type 2), with weights: numpy's median where all weigh alike."""
    order = np.argsort(values, kind="stable")
    ranked, mass_to = values[order], np.cumsum(weight[order])
    target = share * mass_to[-1]
    first = int(np.searchsorted(mass_to, target, side="left"))
    first = min(first, ranked.size - 1)
    if mass_to[first] - target <= np.finfo(np.float64).eps and (after := np.flatnonzero(weight[order][first + 1 :] > 0)).size:
        return float((ranked[first] + ranked[first + 1 + after[0]]) / 2)
    return float(ranked[first])
