"""Distance by a classifier that tells the two samples apart."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mlgate.core.distance import JointDistance
from mlgate.core.request import Probe, Rows
from mlgate.core.statistic import Nothing
from mlgate.distances._separation import Separation
from mlgate.stats.normal import quantile
from mlgate.stats.out_of_fold import FoldedAuc, shared_training

FOLDS = 5
SHOWN = 5


class DomainClassifier(JointDistance):
    """How often a classifier tells a current row from a reference row, all columns together: an area under the ROC curve, 0.5 for no difference.

    A classifier two-sample test (Lopez-Paz and Oquab 2017, ICLR) judged against a tolerance: it sees what no column shows by itself, such as a
    correlation that turned round. Gradient-boosted trees (scikit-learn), nulls and categories as they are, on at most about 20,000 rows of each
    side, always the same ones. Each row is scored by a model trained on the other four fifths; the area is taken
    within each fifth and averaged, so that overfitting cannot raise it. Bounds by DeLong's method, widened for the rows that the models share
    (Nadeau and Bengio 2003). Trees see less than the best classifier would: FAIL shows that the sides differ, PASS that this
    classifier, with this many rows, hardly tells them apart.

    Of `columns: all` those with a role (key, time, group) are left out, because they tell the sides apart for no reason of the data. The columns
    that matter most are named by how much the area falls when one is shuffled (columns that say the same share it). 0.6: a current row
    looks more like one than a reference row does in 60 of 100 pairs. At the tolerance a false FAIL is no more frequent than its level.
    """

    default_at_most: ClassVar[float] = 0.6
    unit: ClassVar[str] = "AUC"

    def request(self, current: Rows, reference: Rows, *, seed: int, grouped: bool) -> Probe:
        return Probe(self.name, (current, reference), (FOLDS, seed, grouped))

    def statistic(self, answer: Any) -> FoldedAuc | Nothing:
        found = _read(answer)
        return Nothing(found.why) if found.why else _area(found)

    def noise_floor(self, answer: Any, level: float) -> float:
        found = _read(answer)
        n = int(np.count_nonzero(found.positive))
        m = len(found.positive) - n
        folds = int(found.fold.max()) + 1
        by_rank = shared_training(folds) * math.sqrt((n + m + folds) / (12 * n * m))  # of Mann and Whitney's count within each fold
        spread = by_rank if found.groups is None else max(by_rank, _area(found).standard_error)
        return min(1.0, 0.5 + quantile(level) * spread)

    def details(self, answer: Any) -> tuple[str, ...]:
        found = _read(answer)
        n, folds = int(np.count_nonzero(found.positive)), int(found.fold.max()) + 1
        together = "" if found.groups is None else f", rows of one of {len(np.unique(found.groups)):,} groups together"
        how = f"{n:,} current and {len(found.positive) - n:,} reference rows, {folds} folds{together}, {len(found.losses)} columns"
        top = sorted((name for name, loss in found.losses.items() if loss > 0), key=lambda name: (-found.losses[name], name))[:SHOWN]
        named = ", ".join(f"{name} {found.losses[name]:.3f}" for name in top) or "none"
        return (how, f"columns that tell the sides apart, by how much the AUC falls when one is shuffled: {named}")


def _read(answer: Any) -> Separation:
    assert isinstance(answer, Separation)
    return answer


def _area(found: Separation) -> FoldedAuc:
    return FoldedAuc.of(found.positive, found.score, found.fold, groups=found.groups)
