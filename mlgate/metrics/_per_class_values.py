"""The values of one class that are averaged: F1, precision, recall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._confusion import Confusion, over
from mlgate.metrics._per_class import PerClass

if TYPE_CHECKING:
    from numpy.typing import NDArray


class F1OfClasses(PerClass):
    """2 TP / (rows + predictions) of each class."""

    def each(self, confusion: Confusion) -> NDArray[np.float64]:
        return over(2 * confusion.right, confusion.labels + confusion.predicted)

    def slopes(self, confusion: Confusion, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        share = over(weight, confusion.labels + confusion.predicted)
        lost = share * self.each(confusion)
        return np.diag(2 * share) - lost[:, None] - lost[None, :]


class PrecisionOfClasses(PerClass):
    """TP / predictions of each class."""

    def each(self, confusion: Confusion) -> NDArray[np.float64]:
        return over(confusion.right, confusion.predicted)

    def slopes(self, confusion: Confusion, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        share = over(weight, confusion.predicted)
        lost = share * self.each(confusion)
        return np.diag(share) - np.broadcast_to(lost, confusion.cells.shape)


class RecallOfClasses(PerClass):
    """TP / rows of each class."""

    def each(self, confusion: Confusion) -> NDArray[np.float64]:
        return over(confusion.right, confusion.labels)

    def slopes(self, confusion: Confusion, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        share = over(weight, confusion.labels)
        lost = share * self.each(confusion)
        return np.diag(share) - np.broadcast_to(lost[:, None], confusion.cells.shape)
