"""How well one feature alone tells a class from the rest: scores made of the feature, none from the label of its own row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.stats.auc import Auc
from mlgate.stats.grid import edges
from mlgate.stats.largest import Largest

FOLDS = 5
CELLS = 64
_PRIOR_ROWS = 10.0  # a level's rate is drawn towards the rate of all rows as if it had so many more of them


def giveaway(feature: Sequence[Any] | NDArray[Any], classes: Sequence[NDArray[np.bool_]], *, seed: int) -> Largest:
    """The area under the ROC curve of one feature (n,), the largest over `classes` (each (n,), its rows against all others) and over scores.

    A number is scored by its own value, rising or falling, and by the share of the class among rows of the same cell (of about 64 of equal mass,
    a value that is frequent having one of its own), which finds what rises and falls; any other value by the share among rows of the same level.
    A missing value is a level, so that what is missing can give the label away too. Shares come from the other four of five folds and are drawn
    towards the share of all of them by ten rows, so no row's label is in its own score. Each area with DeLong's interval; its fold-wise scores are
    taken as given, which leans towards 0.5. Raises `MeasurementError` where a class has no rows, or all.
    """
    ranks, levels = _read(feature)
    return Largest(tuple(one for positive in classes for one in _scored(ranks, levels, positive, seed)))


def _scored(ranks: NDArray[np.float64] | None, levels: NDArray[np.intp], positive: NDArray[np.bool_], seed: int) -> Iterator[Auc]:
    if ranks is not None:
        rising = Auc.of(positive, ranks)
        yield rising if rising.value >= 0.5 else Auc.of(positive, -ranks)
    yield Auc.of(positive, fold_rates(levels, positive, seed=seed))


def _read(feature: Sequence[Any] | NDArray[Any]) -> tuple[NDArray[np.float64] | None, NDArray[np.intp]]:
    """(values to rank, least where missing; None where they have no order, level of each row)."""
    values = np.asarray(feature)
    if values.dtype.kind in "iuf":
        number = values.astype(np.float64)
        missing = np.isnan(number)
        cells = np.searchsorted(np.asarray(edges(number, CELLS)), number, side="left") + 1
        return np.where(missing, -np.inf, number), np.where(missing, 0, cells).astype(np.intp)
    known: dict[Any, int] = {}
    return None, np.fromiter((known.setdefault(value, len(known)) for value in values.tolist()), np.intp, len(values))


def fold_rates(levels: NDArray[np.intp], positive: NDArray[np.bool_], *, seed: int) -> NDArray[np.float64]:
    """Per row (n,) the share of positive rows among those of its level in the other folds; folds hold both classes alike."""
    fold = _folds(positive, seed)
    cells = levels * FOLDS + fold
    size = (int(levels.max()) + 1) * FOLDS if len(levels) else 0
    rows, hits = (np.bincount(cells, weights, size).reshape(-1, FOLDS) for weights in (None, positive.astype(np.float64)))
    other_rows, other_hits = (one.sum(axis=1, keepdims=True) - one for one in (rows, hits))
    prior = other_hits.sum(axis=0) / np.maximum(other_rows.sum(axis=0), 1)
    rates = (other_hits + _PRIOR_ROWS * prior) / (other_rows + _PRIOR_ROWS)
    found: NDArray[np.float64] = rates[levels, fold]
    return found


def _folds(positive: NDArray[np.bool_], seed: int) -> NDArray[np.intp]:
    random = np.random.default_rng(seed)
    fold = np.empty(len(positive), np.intp)
    for side in (positive, ~positive):
        fold[side] = random.permutation(int(np.count_nonzero(side))) % FOLDS
    return fold
