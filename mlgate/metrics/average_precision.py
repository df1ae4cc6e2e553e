"""Average precision: the area under the precision-recall curve, in steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlgate.core.metric import Needs
from mlgate.metrics._influence import InfluenceMetric, as_rows, rows_per_unit
from mlgate.metrics._support import fewer, need_rows, scores
from mlgate.stats.auc import ROUNDING
from mlgate.stats.normal import smallest_standard_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.metric import Sample
    from mlgate.stats.normal import NormalEstimate


class AveragePrecision(InfluenceMetric):
    """The precision at the score of each row of class 1, averaged over these rows, in [0, 1], higher is better; no better than chance is their share.

    AP = mean over positive rows of P(s), P(s) = #(positive, score >= s) / #(score >= s) (Boyd, Eng and Page 2013,
    doi:10.1007/978-3-642-40994-3_29), scikit-learn's `average_precision_score` (checked to 1e-12); any score that orders rows will do.
    Uncertainty: the influence function, derived from AP = E[y A(s) / B(s)] / pi with A and B the shares of positive rows and of rows at or above
    s. A row (y0, s0) changes A by y0 [s0 >= s] - A and B by [s0 >= s] - B, so it adds y0 (P(s0) - AP) / pi + E[y [s <= s0] (y0 - P(s)) / B(s)] /
    pi; what few positive rows add by chance, mean((1 - P) / #(score >= s)), widens the error. Coverage of a difference is nominal from 30 positive
    rows, and with fewer a PASS is not granted; of one model it is from about 100, and with 30 to 60 a lower bound errs up to 8 % of the time.
    """

    greater_is_better: ClassVar[bool] = True
    needs: ClassVar[Needs] = "score"

    def value(self, sample: Sample) -> float:
        """The average. Raises `MeasurementError` (cause data) where no row is positive."""
        rows = as_rows(sample)
        positive, weight = self._positive(rows), self._weight(rows)
        precision, _ = _precisions(positive, scores(rows), weight)
        return float(np.average(precision[positive], weights=weight[positive]))

    def influence(self, sample: Sample) -> NDArray[np.float64]:
        positive, weight, score = self._positive(sample), self._weight(sample), scores(sample)
        precision, above = _precisions(positive, score, weight)
        own = np.where(positive, precision - self.value(sample), 0.0)
        hits = np.where(positive, weight, 0.0)
        first, times_precision = (_at_or_below(score, hits * part / above) for part in (np.ones_like(precision), precision))
        moved = np.where(positive, first - times_precision, -times_precision)
        added: NDArray[np.float64] = weight * (own + moved) * positive.size / hits.sum()
        return added

    def _positive(self, sample: Sample) -> NDArray[np.bool_]:
        positive = np.asarray(sample.y_true == 1)
        counts = positive if sample.weight is None else positive & (sample.weight > 0)
        need_rows(self.name, int(counts.sum()), positive.size, "no label is positive")
        return positive

    def _weight(self, rows: Sample) -> NDArray[np.float64]:
        return np.ones(rows.y_true.size) if rows.weight is None else rows.weight

    def _flags(self, *samples: Sample) -> tuple[str, ...]:
        return fewer(int(samples[0].count[self._positive(samples[0])].sum()), 30, "positives")

    def _floored(self, estimate: NormalEstimate, arms: tuple[Sample, ...], ratio: float) -> NormalEstimate:
        """The error, with what few rows add by chance; not 0 where all scores are apart."""
        added, *baseline = (self._by_chance(arm) for arm in arms)
        chance = rows_per_unit(arms[0]) * abs(added - ratio * sum(baseline))
        error = estimate.standard_error
        if error <= ROUNDING:
            error = smallest_standard_error(min(int(self._positive(arms[0]).sum()), estimate.n_obs))
        return replace(estimate, standard_error=error + chance)

    def _by_chance(self, rows: Sample) -> float:
        """How much too high the average is: each positive row is a hit among the rows it is judged by, (1 - P) / #(score >= s) too many."""
        positive, weight = self._positive(rows), self._weight(rows)
        precision, above = _precisions(positive, scores(rows), weight)
        return float(np.average(((1 - precision) * weight / above)[positive], weights=weight[positive]))


def _precisions(
    positive: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) weighted share of positives among the rows that score at least as high, and what these rows weigh. 0 where they weigh nothing."""
    above, hits = (_at_or_below(-score, part) for part in (weight, np.where(positive, weight, 0.0)))
    return np.divide(hits, above, out=np.zeros_like(hits), where=above > 0), np.where(above > 0, above, 1.0)


def _at_or_below(score: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) sum of `values` over the rows that score at most as high."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    last = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    sums = np.cumsum(values[order])[last]
    found = np.empty(score.size)
    found[order] = np.repeat(sums, np.diff(np.r_[-1, last]))
    return found
