"""Precision, recall and F1 of each class, averaged over the classes: plainly (macro) or by their rows (weighted)."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._confusion import SMALL_CLASS, Confusion, ConfusionMetric, coded, label_sizes
from mlgate.metrics._support import fewer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample


class PerClass(ConfusionMetric):
    """A value for each class. `each` gives the (K,) values and `slopes` the (K, K) sums over classes of weight_k * d value_k / dC[y, p]."""

    @abstractmethod
    def each(self, confusion: Confusion) -> NDArray[np.float64]:
        """(K,) the value of each class; 0 where it has no bottom, as in scikit-learn."""

    @abstractmethod
    def slopes(self, confusion: Confusion, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """(K, K) derivatives by each cell of the sum of `weight` (K,) times the values."""


class MacroAverage(PerClass):
    """The plain mean over the classes that occur, as labels or as predictions."""

    def of(self, confusion: Confusion) -> float:
        return float(self.each(confusion)[confusion.occurs].mean())

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        return self.slopes(confusion, confusion.occurs / confusion.occurs.sum())


class WeightedAverage(PerClass):
    """The mean over rows of their class's value."""

    def of(self, confusion: Confusion) -> float:
        return float(np.average(self.each(confusion), weights=confusion.labels))

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        total = confusion.cells.sum()
        own = (self.each(confusion) - self.of(confusion)) / total
        return np.asarray(self.slopes(confusion, confusion.labels / total) + own[:, None], dtype=np.float64)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return outside_the_largest(samples[0])


def outside_the_largest(sample: Sample) -> tuple[str, ...]:
    """The flag of metrics in which classes count by their rows: too few rows are of another class than the largest."""
    _, sizes = label_sizes(sample)
    return fewer(int(sizes.sum() - sizes.max()), 30, "rows outside of the largest class")


def few_predicted(samples: tuple[Sample, ...]) -> tuple[str, ...]:
    """The flag of metrics that need predictions of every class of the label."""
    least = []
    for sample in samples:
        codes = coded((sample,))
        k = codes.classes.size
        labels, predicted = (np.bincount(part, weights=sample.count, minlength=k) for part in (codes.label, codes.answers[0]))
        least.append(predicted[labels > 0].min())
    return fewer(int(min(least)), SMALL_CLASS, "predictions of the class predicted least")
