"""A classifier that learns which of two samples a row is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.adapters.probes._two_sided import group_codes, matrix
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe
from mlgate.distances._separation import Separation
from mlgate.stats.auc import placements
from mlgate.stats.out_of_fold import folds_of, too_few

SHUFFLED_ROWS = 4000  # of each fold, for the loss of a shuffled column


class DomainClassifierProbe:
    """Scores the rows of two frames out of fold by scikit-learn's HistGradientBoostingClassifier, on one thread, so that they are the same each time.

    A probe's `args` are the number of folds, the seed, and whether the last column of both frames names the rows that belong together.
    """

    marks_values = True

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Separation:
        """Raises `MeasurementError` for rows without a group."""
        (current, reference), (folds, seed, grouped) = frames, probe.args
        groups = None
        if grouped:
            groups = group_codes(current.iloc[:, -1], reference.iloc[:, -1])
            current, reference = current.iloc[:, :-1], reference.iloc[:, :-1]
            if (missing := int(np.count_nonzero(groups < 0))) > 0:
                raise MeasurementError(f"{missing:,} rows have no group", fix="give every row its group, or leave these rows out with `where`")
        positive = np.arange(len(current) + len(reference)) < len(current)
        if why := too_few(positive, groups):
            return Separation.impossible(why)
        fold = folds_of(positive, int(folds or 0), int(seed or 0), groups=groups)
        score, losses = _scored(*matrix(current, reference), positive, fold, int(seed or 0))
        return Separation(positive, score, fold, groups, dict(zip(current.columns, losses.tolist(), strict=True)))


def _scored(
    rows: NDArray[np.float64], categories: NDArray[np.bool_], positive: NDArray[np.bool_], fold: NDArray[np.intp], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Out-of-fold scores (n,), and by how much each column's shuffling lowers the area (columns,)."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MeasurementError(
            f"domain_classifier needs scikit-learn: {error}", cause="infrastructure", fix="pip install 'mlgate[sklearn]'"
        ) from error
    score, losses = np.empty(len(rows)), np.zeros(rows.shape[1])
    rng = np.random.default_rng(seed)
    with threadpool_limits(limits=1):
        for number in range(int(fold.max()) + 1):
            own = fold == number
            model = HistGradientBoostingClassifier(
                max_iter=60, max_leaf_nodes=15, early_stopping=False, categorical_features=categories, random_state=seed
            )
            model.fit(rows[~own], positive[~own])
            score[own] = model.decision_function(rows[own])
            losses += _losses(model, rows[own], positive[own], score[own], rng)
    return score, losses / (fold.max() + 1)


def _losses(
    model: Any, rows: NDArray[np.float64], positive: NDArray[np.bool_], score: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """How much of the area is lost when one column at a time is shuffled."""
    order = rng.permutation(len(rows))[:SHUFFLED_ROWS]
    rows, positive, score = rows[order], positive[order], score[order]
    losses = np.zeros(rows.shape[1])
    if positive.all() or not positive.any():
        return losses
    whole = placements(positive, score).auc
    for place in range(rows.shape[1]):
        shuffled = rows.copy()
        shuffled[:, place] = rng.permutation(shuffled[:, place])
        losses[place] = whole - placements(positive, model.decision_function(shuffled)).auc
    return losses
