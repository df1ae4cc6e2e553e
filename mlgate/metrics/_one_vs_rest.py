"""The area under the ROC curve of each class against the others, averaged over the classes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Needs, Sample
from mlgate.metrics._by_class import class_scores, scored_labels
from mlgate.metrics._influence import InfluenceMetric, as_rows, mass
from mlgate.metrics._roc import area, area_influence
from mlgate.metrics._support import fewer
from mlgate.stats.auc import ROUNDING
from mlgate.stats.normal import smallest_standard_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.stats.normal import NormalEstimate


class OneVsRest(InfluenceMetric):
    """An average of AUCs. A row adds the average of what it adds to each area (placement values, as in `roc_auc`)."""

    greater_is_better: ClassVar[bool] = True
    needs: ClassVar[Needs] = "scores"
    labels: ClassVar[Labels] = "classes"

    @abstractmethod
    def shares(self, label_mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """(K,) how much each class counts, summing to 1, from what its rows weigh."""

    @abstractmethod
    def share_influence(self, areas: NDArray[np.float64], average: float, column: NDArray[np.intp]) -> NDArray[np.float64]:
        """(n,) what a row adds because it is one more of its class."""

    def value(self, sample: Sample) -> float:
        """The average. Raises `MeasurementError` for a class without rows or a label without score."""
        rows = as_rows(sample)
        column = self._columns(rows)
        return float(self.shares(self._masses(rows, column)) @ self._areas(rows, column))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        column, (found, _) = self._columns(sample), class_scores(sample)
        shares, areas = self.shares(self._masses(sample, column)), self._areas(sample, column)
        weight = mass(sample)
        total = weight / weight.mean() * self.share_influence(areas, float(shares @ areas), column)
        for place, share in enumerate(shares):
            total = total + share * area_influence(column == place, found[:, place], sample.weight)
        return np.asarray(total, dtype=np.float64)

    def _columns(self, sample: Sample) -> NDArray[np.intp]:
        column = scored_labels(self.name, sample)
        missing = int((self._masses(sample, column) == 0).sum())
        if missing:
            raise MeasurementError(
                f"{self.name} is not defined: {missing:,} of {class_scores(sample)[1].size:,} classes that the model scores have no row",
                cause="data",
                fix="judge it on rows of all classes",
            )
        return column

    def _masses(self, sample: Sample, column: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(column, weights=mass(sample), minlength=class_scores(sample)[1].size), dtype=np.float64)

    def _areas(self, sample: Sample, column: NDArray[np.intp]) -> NDArray[np.float64]:
        found, classes = class_scores(sample)
        return np.array([area(column == place, found[:, place], sample.weight) for place in range(classes.size)])

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return fewer(self._rarest(samples[0]), 25, "rows of the rarest class")

    def _rarest(self, sample: Sample) -> int:
        return int(np.bincount(self._columns(sample), weights=sample.count).min())

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        if estimate.standard_error > ROUNDING:
            return estimate
        return replace(estimate, standard_error=smallest_standard_error(min(self._rarest(arms[0]), estimate.n_obs)))
