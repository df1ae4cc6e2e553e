"""Cost: what a prediction costs on average, by a matrix of costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.metrics._confusion import Confusion, ConfusionMetric, coded
from mlgate.metrics._influence import rows_per_unit
from mlgate.stats.mean import HallMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.core.statistic import Statistic

PLACES: Mapping[str, tuple[float, float]] = {"TP": (1.0, 1.0), "FN": (1.0, 0.0), "FP": (0.0, 1.0), "TN": (0.0, 0.0)}


class Cost(ConfusionMetric):
    """The mean cost of a row by a matrix of costs, in the unit of the costs, lower is better.

    `cost: {FN: 5, FP: 1}` of a binary label (TP and TN cost 0 unless stated), or `cost: {<label>: {<prediction>: cost}}`, where a right
    prediction costs 0 unless stated and every wrong one that occurs must be stated (Elkan 2001, The foundations of cost-sensitive learning,
    IJCAI, ISBN 1-55860-777-3). With {FN: 1, FP: 1} it is 1 - scikit-learn's `accuracy_score` (checked to 1e-12). Uncertainty: Hall's (1992)
    interval on the costs, see `MeanLoss`, from the counted cells; where fewer than 10 rows of a class tell the models apart, pseudo-rows widen
    it, see `ConfusionMetric`. Rare costly errors that dominate the mean make a PASS inconclusive.
    """

    greater_is_better: ClassVar[bool] = False
    takes: ClassVar[Mapping[str, Any]] = {"cost": {"FN": 5, "FP": 1}}

    def __init__(self, *, cost: Mapping[Any, Any]) -> None:
        self._binary = all(isinstance(amount, (int, float)) for amount in cost.values())
        if self._binary:
            vars(self).update(labels="binary")  # a class variable of every other metric
        self._costs = {PLACES[word]: float(amount) for word, amount in cost.items()} if self._binary else _nested(cost)

    def of(self, confusion: Confusion) -> float:
        """The mean cost. Raises `MeasurementError` for a wrong prediction that occurs and has no cost."""
        costs = self._matrix(confusion)
        return float(np.average(costs, weights=confusion.cells))

    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        costs = self._matrix(confusion)
        slopes: NDArray[np.float64] = (costs - self.of(confusion)) / confusion.cells.sum()
        return slopes

    def _matrix(self, confusion: Confusion) -> NDArray[np.float64]:
        values = confusion.classes.tolist()
        costs = np.array([[self._costs.get((label, answer), 0.0 if label == answer else math.nan) for answer in values] for label in values])
        if self._binary:
            return np.asarray(np.nan_to_num(costs), dtype=np.float64)
        unpriced = np.isnan(costs)
        if (unpriced & (confusion.cells > 0)).any():
            pairs = int((unpriced & (confusion.cells > 0)).sum())
            raise MeasurementError(
                f"cost says nothing of {pairs:,} pairs of label and prediction that occur",
                cause="configuration",
                fix="state the cost of every wrong prediction: cost: {<label>: {<prediction>: number}}",
            )
        return np.where(unpriced, 0.0, costs)

    def _alone(self, sample: Sample) -> Statistic:
        return self._halls((sample,), 1.0)

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        return self._halls((candidate, baseline), ratio)

    def _halls(self, arms: tuple[Sample, ...], ratio: float) -> Statistic:
        codes, count = coded(arms), arms[0].count
        tables = [codes.confusion(arm, place) for place, arm in enumerate(arms)]
        parts = [self._matrix(table)[codes.label, answer] for table, answer in zip(tables, codes.answers, strict=True)]
        costs = parts[0] if len(parts) == 1 else parts[0] - ratio * parts[1]
        unseen = self._unseen(arms, ratio, rows_per_unit(arms[0]))
        return HallMean.of_counts(costs, count, unseen=unseen)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return ()


def _nested(cost: Mapping[Any, Any]) -> dict[tuple[Any, Any], float]:
    """Costs by (label, prediction), numbers and booleans as float64, as labels are."""
    return {(_plain(label), _plain(answer)): float(amount) for label, row in cost.items() for answer, amount in row.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)
