"""Metrics that are a ratio of two counts of rows: accuracy, precision, recall, F1. The engine counts, no row is pulled."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Needs, Sample
from mlgate.metrics._influence import InfluenceMetric, mass, rows_per_unit
from mlgate.metrics._support import fewer, need_rows, predictions
from mlgate.stats.cells import jackknife

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic
    from mlgate.stats.normal import NormalEstimate

    Bits = NDArray[np.bool_]
    Parts = tuple[NDArray[np.float64], NDArray[np.float64]]

_RARE = 10  # below this many telling rows a normal interval is too short (Fagerland, Lydersen and Laake 2013)


class CountRatio(InfluenceMetric):
    """A metric R = sum of `top` / sum of `bottom` over rows, both given by a row's truth and its answer (two booleans).

    Uncertainty: the delete-one jackknife over the cells (truth, baseline's answer, candidate's answer), Efron and Stein (1981,
    doi:10.1214/aos/1176345462); it costs nothing in the number of rows. Where fewer than 10 rows tell the models apart (or, of one model, hits or
    misses are fewer than 10), the standard error is at least that of the cells with pseudo-rows added: one in each cell that tells the
    models apart (Bonett and Price 2012, doi:10.3102/1076998611411915), two in each cell of one model (Agresti and Coull 1998,
    doi:10.1080/00031305.1998.10480550). So two models that agree on 50 rows are not proven equal.
    """

    counted: ClassVar[bool] = True
    needs: ClassVar[Needs] = "prediction"
    greater_is_better: ClassVar[bool] = True
    unit: ClassVar[str] = ""

    @staticmethod
    @abstractmethod
    def parts(truth: Bits, answer: Bits) -> Parts:
        """(top, bottom) of each row, both float64 in {0, 1, 2}."""

    def bits(self, sample: Sample) -> tuple[Bits, Bits]:
        """(truth, answer) of each entry: is the label positive, is the prediction."""
        return np.asarray(sample.y_true == 1), np.asarray(predictions(sample) == 1)

    def value(self, sample: Sample) -> float:
        """R; 0.0 where the bottom is empty (a model that never predicts positive), as in scikit-learn.

        Raises `MeasurementError` (cause data) where no label is positive.
        """
        truth, _ = self.bits(sample)
        need_rows(self.name, int(sample.count[truth].sum()), int(sample.count.sum()), "no label is positive")
        return self._ratio_of(sample)

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        weight = mass(sample)
        top, bottom = self.parts(*self.bits(sample))
        mean_bottom = float(weight @ bottom) / weight.size
        residual = weight * (top - _ratio(weight, top, bottom) * bottom)
        return residual / mean_bottom if mean_bottom else residual

    def _ratio_of(self, sample: Sample) -> float:
        return _ratio(mass(sample), *self.parts(*self.bits(sample)))

    def _alone(self, sample: Sample) -> Statistic:
        self.value(sample)
        estimate = self._jackknifed(table_of((sample,), self), 1.0, self._flags(sample))
        return self._floored(estimate, (sample,), 1.0)

    def _paired(self, candidate: Sample, baseline: Sample, ratio: float) -> Statistic:
        self.value(candidate)
        estimate = self._jackknifed(table_of((candidate, baseline), self), ratio, self._flags(candidate, baseline))
        return self._floored(estimate, (candidate, baseline), ratio)

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        truth, _ = self.bits(samples[0])
        return fewer(int(samples[0].count[truth].sum()), 30, "positives")

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        return self._with_pseudo_rows(estimate, table_of(arms, self), ratio, scale=rows_per_unit(arms[0]))

    def _with_pseudo_rows(self, estimate: NormalEstimate, table: NDArray[np.int64], ratio: float, *, scale: float = 1.0) -> NormalEstimate:
        pseudo = self._pseudo_rows(table)
        if pseudo is None:
            return estimate
        floor = scale * self._jackknifed(table + pseudo, ratio, ()).standard_error
        return replace(estimate, standard_error=max(estimate.standard_error, floor))

    def _jackknifed(self, table: NDArray[np.int64], ratio: float, flags: tuple[str, ...]) -> NormalEstimate:
        truth, *answers = _coordinates(table.ndim)
        arms = [self.parts(truth, answer) for answer in answers]

        def value(counts: NDArray[np.float64]) -> float:
            values = [_ratio(np.asarray(counts, dtype=np.float64).ravel(), top, bottom) for top, bottom in arms]
            return values[0] if len(values) == 1 else values[0] - ratio * values[1]

        return jackknife(table.ravel(), value, flags=flags)

    def _pseudo_rows(self, table: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """What to add to the cells of a table in which too few rows tell anything, else None."""
        truth, *answers = _coordinates(table.ndim)
        arms = [self.parts(truth, answer) for answer in answers]
        counts = table.ravel()
        if len(arms) == 1:
            ((top, bottom),) = arms
            cells, added = bottom > 0, 2
            telling = [counts[cells & (top > 0)].sum(), counts[cells & (top == 0)].sum()]
        else:
            (top, bottom), (other_top, other_bottom) = arms
            cells, added = (top != other_top) | (bottom != other_bottom), 1
            telling = [counts[cells].sum(), counts[bottom > 0].sum(), counts[other_bottom > 0].sum()]
        return (added * cells).astype(np.int64).reshape(table.shape) if min(telling) < _RARE else None


def _ratio(weight: NDArray[np.float64], top: NDArray[np.float64], bottom: NDArray[np.float64]) -> float:
    below = float(weight @ bottom)
    return float(weight @ top) / below if below > 0 else 0.0


def table_of(arms: tuple[Sample, ...], metric: CountRatio) -> NDArray[np.int64]:
    """Rows per (truth, answer of each arm), shape (2,) * (1 + arms)."""
    truth, _ = metric.bits(arms[0])
    code = truth.astype(np.int64)
    for arm in arms:
        code = 2 * code + metric.bits(arm)[1]
    cells = 2 ** (1 + len(arms))
    if (arms[0].count == 1).all():
        return np.bincount(code, minlength=cells).astype(np.int64).reshape((2,) * (1 + len(arms)))
    return np.rint(np.bincount(code, weights=arms[0].count, minlength=cells)).astype(np.int64).reshape((2,) * (1 + len(arms)))


def _coordinates(axes: int) -> tuple[Bits, ...]:
    return tuple(axis.ravel().astype(bool) for axis in np.indices((2,) * axes))
