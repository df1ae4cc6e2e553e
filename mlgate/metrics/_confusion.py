"""Metrics that are a smooth function of the confusion matrix, of any number of classes. The engine counts, no row is pulled."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Needs, Sample
from mlgate.metrics._influence import InfluenceMetric, mass, rows_per_unit
from mlgate.metrics._support import fewer, predictions
from mlgate.stats.normal import NormalEstimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic

MOST_CLASSES = 1_000
RARE = 10  # below this many telling rows of a class, pseudo-rows stand in for what was not seen (as in `CountRatio`)
SMALL_CLASS = 25


@dataclass(frozen=True)
class Confusion:
    """How the rows of one model spread over label and prediction.

    `cells` (K, K) float64: what the rows of label i and prediction j weigh together. `occurs` (K,): whether the class is a label or a prediction of
    this model at all. `labels` (K,), `predicted` (K,) and `right` (K,) are the sums over rows, over columns, and the diagonal.
    """

    classes: NDArray[Any]
    cells: NDArray[np.float64]
    occurs: NDArray[np.bool_]

    @property
    def labels(self) -> NDArray[np.float64]:
        total: NDArray[np.float64] = self.cells.sum(axis=1)
        return total

    @property
    def predicted(self) -> NDArray[np.float64]:
        total: NDArray[np.float64] = self.cells.sum(axis=0)
        return total

    @property
    def right(self) -> NDArray[np.float64]:
        return np.diagonal(self.cells)


@dataclass(frozen=True)
class Coded:
    """Label and predictions of all models as places in `classes`."""

    classes: NDArray[Any]
    label: NDArray[np.intp]
    answers: tuple[NDArray[np.intp], ...]

    def confusion(self, sample: Sample, arm: int) -> Confusion:
        k, answer = self.classes.size, self.answers[arm]
        cells = np.asarray(np.bincount(self.label * k + answer, weights=mass(sample), minlength=k * k), dtype=np.float64).reshape(k, k)
        occurs = np.zeros(k, dtype=bool)
        occurs[self.label] = occurs[answer] = True
        return Confusion(self.classes, cells, occurs)


def coded(arms: tuple[Sample, ...]) -> Coded:
    """Raises `MeasurementError` for more than 1,000 classes, which are numbers taken for classes."""
    parts = [arms[0].y_true, *(predictions(arm) for arm in arms)]
    classes, codes = np.unique(np.concatenate(parts), return_inverse=True)
    if classes.size > MOST_CLASSES:
        raise MeasurementError(
            f"label and predictions have {classes.size:,} different values, too many to be classes",
            cause="configuration",
            fix="judge numbers by a metric of numbers, such as mae or rmse",
        )
    label, *answers = np.split(codes.reshape(-1), len(parts))
    return Coded(classes, label, tuple(answers))


class ConfusionMetric(InfluenceMetric):
    """A metric v(C) of the confusion matrix C that does not change when all cells grow alike.

    Uncertainty: the infinitesimal jackknife (Jaeckel 1972; Efron 1982, doi:10.1137/1.9781611970319, ch. 6): a row of label y and prediction p adds
    dv/dC[y, p], and two models on one row the difference of theirs, so the error costs one look-up per (label, predictions) cell. Where
    fewer than 10 rows of a class tell the models apart, pseudo-rows stand in for those that were not seen: up to one that only the candidate
    gets right and one that only the baseline does, spread over the wrong classes (Bonett and Price 2012, doi:10.3102/1076998611411915); of one
    model up to two right and two wrong ones (Agresti and Coull 1998, doi:10.1080/00031305.1998.10480550).
    """

    counted: ClassVar[bool] = True
    needs: ClassVar[Needs] = "prediction"
    labels: ClassVar[Labels] = "classes"
    greater_is_better: ClassVar[bool] = True

    @abstractmethod
    def of(self, confusion: Confusion) -> float:
        """The metric. Raises `MeasurementError` (cause data) where it is not defined."""

    @abstractmethod
    def gradient(self, confusion: Confusion) -> NDArray[np.float64]:
        """(K, K) derivatives of the metric by each cell; 0 where it has none."""

    def value(self, sample: Sample) -> float:
        return self.of(coded((sample,)).confusion(sample, 0))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        codes = coded((sample,))
        gradient = self.gradient(codes.confusion(sample, 0))
        added: NDArray[np.float64] = sample.y_true.size * mass(sample) * gradient[codes.label, codes.answers[0]]
        return added

    def _alone(self, sample: Sample) -> Statistic:
        return self._closed((sample,), 1.0)

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        return self._closed((candidate, baseline), ratio)

    def _closed(self, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        codes, count = coded(arms), arms[0].count
        tables = [codes.confusion(arm, place) for place, arm in enumerate(arms)]
        value, *baseline = (self.of(table) for table in tables)
        n, added = int(count.sum()), self._added(codes, tables, ratio)
        error = math.sqrt(float(np.dot(count, np.square(added))) * n / (n - 1)) if n > 1 else math.inf
        estimate = NormalEstimate(value=value - ratio * sum(baseline), standard_error=error, n_obs=n, df=max(1, n - 1), flags=self._flags(*arms))
        return self._floored(estimate, arms, ratio)

    def _added(self, codes: Coded, tables: list[Confusion], ratio: float) -> NDArray[np.float64]:
        """(n,) what one row of each entry adds to the difference (or to the one value)."""
        signs = (1.0, -ratio)
        parts = [sign * self.gradient(table)[codes.label, answer] for sign, table, answer in zip(signs, tables, codes.answers, strict=False)]
        total: NDArray[np.float64] = np.sum(parts, axis=0)
        return total

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        _, sizes = label_sizes(samples[0])
        return fewer(int(sizes.min()), SMALL_CLASS, "rows of the rarest class")

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        unseen = self._unseen(arms, ratio, rows_per_unit(arms[0]))
        return replace(estimate, standard_error=math.hypot(estimate.standard_error, math.sqrt(unseen))) if unseen > 0 else estimate

    def _unseen(self, arms: tuple[Sample, ...], ratio: float, scale: float) -> float:
        """The variance that pseudo-rows add; `scale` is how many rows make an independent unit."""
        codes = coded(arms)
        gradients = [self.gradient(codes.confusion(arm, place)) for place, arm in enumerate(arms)]
        count, k = arms[0].count, codes.classes.size
        squares = np.square(gradients[0]) if len(arms) == 1 else None
        right = np.diagonal(gradients[0])
        if squares is not None:  # two right and two wrong rows of each class
            hits = np.bincount(codes.label, weights=count * (codes.label == codes.answers[0]), minlength=k)
            telling = np.minimum(hits, np.bincount(codes.label, weights=count, minlength=k) - hits)
            added = 2 * (np.square(right) + _off_diagonal_mean(squares))
        else:  # one row that only the candidate gets right, one that only the baseline does
            telling = np.bincount(codes.label, weights=count * (codes.answers[0] != codes.answers[1]), minlength=k)
            only_new = _off_diagonal_mean(np.square(right[:, None] - ratio * gradients[1]))
            only_old = _off_diagonal_mean(np.square(gradients[0] - ratio * np.diagonal(gradients[1])[:, None]))
            added = only_new + only_old
        lacking = np.clip(1 - telling / scale / RARE, 0, 1) * (np.bincount(codes.label, weights=count, minlength=k) > 0)
        return float(np.dot(lacking, added)) * self._row_mass(arms[0], scale) ** 2

    def _row_mass(self, sample: Sample, scale: float) -> float:
        """What one independent unit weighs."""
        return scale * float(mass(sample).sum() / sample.count.sum())


def label_sizes(sample: Sample) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Classes of the label and how many rows each has."""
    classes, codes = np.unique(sample.y_true, return_inverse=True)
    return classes, np.asarray(np.bincount(codes.reshape(-1), weights=sample.count), dtype=np.float64)


def over(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """top / bottom, 0 where the bottom is 0, as scikit-learn has it."""
    return np.divide(top, bottom, out=np.zeros(np.broadcast_shapes(np.shape(top), np.shape(bottom))), where=bottom > 0)


def _off_diagonal_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) mean of each row without the diagonal."""
    k = values.shape[0]
    total: NDArray[np.float64] = values.sum(axis=1) - np.diagonal(values)
    return np.asarray(total / max(1, k - 1), dtype=np.float64)
