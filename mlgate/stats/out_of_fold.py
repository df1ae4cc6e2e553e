"""The area under the ROC curve of scores that each came from a model which had not seen its row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlgate.stats import auc
from mlgate.stats.clustered import FEW_GROUPS, clustered
from mlgate.stats.normal import NormalEstimate

LEAST = 0.4  # an area below is no chance and no quirk of small samples


@dataclass(frozen=True, kw_only=True)
class FoldedAuc(NormalEstimate):
    """The mean over folds of the area within each fold, in [0, 1]; scores of different models are never compared with each other.

    Error by DeLong's placements within the folds, or with `groups` (users, days) by the groups' sums, and times the root of
    1 + folds / (folds - 1): the models share most of their training rows, so that the folds are no independent ones (Nadeau and Bengio 2003,
    doi 10.1023/A:1024068626366). Without a difference the area of five folds scatters 1.3 times as much as independent folds would, and the
    error allows for 1.5 (by simulation). The truth it speaks of is the area of models trained on this much data, no best one.
    """

    @classmethod
    def of(
        cls, positive: NDArray[np.bool_], score: NDArray[np.float64], fold: NDArray[np.intp], *, groups: NDArray[np.generic] | None = None
    ) -> Self:
        """From the rows (n,); `fold` numbers 0, 1, ... Raises `MeasurementError` where a fold lacks a class."""
        folds = [fold == number for number in range(int(fold.max()) + 1)]
        areas = [auc.Auc.of(positive[own], score[own]) for own in folds]
        value, count = math.fsum(area.value for area in areas) / len(areas), len(areas)
        shared = shared_training(count)
        flags = tuple(dict.fromkeys(flag for area in areas for flag in area.flags))
        if groups is None:
            error = shared * math.sqrt(math.fsum(area.standard_error**2 for area in areas)) / count
            return cls(value=value, standard_error=error, n_obs=len(positive), flags=(*flags, *_upside_down(value, error)))
        influence = np.empty(len(score))
        for own in folds:
            influence[own] = auc.influence(positive[own], score[own]) * (len(score) / (count * np.count_nonzero(own)))
        found = clustered(value=value, influence=influence, groups=groups)
        few = min(len(np.unique(groups[positive])), len(np.unique(groups[~positive])))
        if few < FEW_GROUPS:
            flags = (*flags, f"{few} groups on a side are too few (at least {FEW_GROUPS})")
        error = shared * max(found.standard_error, min(area.standard_error for area in areas) / math.sqrt(count))
        return cls(value=value, standard_error=error, n_obs=found.n_obs, df=found.df, flags=(*flags, *_upside_down(value, error)))


def shared_training(folds: int) -> float:
    """By how much the error of a mean over folds is larger than that over independent parts."""
    return math.sqrt(1 + folds / (folds - 1)) if folds > 1 else 1.0


def _upside_down(value: float, error: float) -> tuple[str, ...]:
    """The flag of models that are wrong on purpose: what one part taught is turned round in the other, as where few groups hold all there is."""
    if value + 3 * error < 0.5 and value < LEAST:
        return (f"the models are wrong more often than chance ({value:.3g}): the folds are too unlike each other",)
    return ()


def too_few(positive: NDArray[np.bool_], groups: NDArray[np.intp] | None) -> str:
    """Why rows (n,) cannot be split into a part to learn from and a part to judge, both with both classes; empty where they can."""
    fewest = _fewest(_classes(positive, groups))
    what = "rows" if groups is None else "groups of rows"
    return f"{fewest} {what} on one side cannot be split into a part to learn from and a part to judge" if fewest < 2 else ""


def folds_of(positive: NDArray[np.bool_], count: int, seed: int, *, groups: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """A fold 0, 1, ... for each row (n,), both classes in each, in about equal parts; rows of one group stay together.

    Fewer folds where a class has fewer rows (or groups) than `count`. Not for rows that are `too_few`.
    """
    classes = _classes(positive, groups)
    order = np.random.default_rng(seed).permutation(len(classes))
    order = order[np.argsort(classes[order], kind="stable")]  # units with each class stand in one run, so that dealing them out reaches every fold
    fold_of_unit = np.empty(len(classes), dtype=np.intp)
    fold_of_unit[order] = np.arange(len(classes)) % min(count, _fewest(classes))
    return fold_of_unit if groups is None else fold_of_unit[groups]


def _classes(positive: NDArray[np.bool_], groups: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """Of each row or group: 0 negative, 1 both, 2 positive."""
    if groups is None:
        return 2 * positive.astype(np.intp)
    inside, rows = np.bincount(groups, weights=positive), np.bincount(groups)
    return np.where(inside == 0, 0, np.where(inside == rows, 2, 1)).astype(np.intp)


def _fewest(classes: NDArray[np.intp]) -> int:
    """Rows or groups that have the class which fewer have."""
    return int(min(np.count_nonzero(classes > 0), np.count_nonzero(classes < 2)))
