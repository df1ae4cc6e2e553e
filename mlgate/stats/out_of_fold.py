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

    Error by DeLong's placements within the folds, which are as good as independent given their models (LeDell, Petersen and van der Laan 2015,
    doi 10.1214/15-EJS1035: the folds share training rows, and the error of cross-validated areas needs no term for it). With `groups`
    (users, days) the error is that of the groups' sums. The truth it speaks of is the area of models trained on this much data, no best one.
    """

    @classmethod
    def of(
        cls, positive: NDArray[np.bool_], score: NDArray[np.float64], fold: NDArray[np.intp], *, groups: NDArray[np.generic] | None = None
    ) -> Self:
        """From the rows (n,); `fold` numbers 0, 1, ... Raises `MeasurementError` where a fold lacks a class."""
        folds = [fold == number for number in range(int(fold.max()) + 1)]
        areas = [auc.Auc.of(positive[own], score[own]) for own in folds]
        value, count = math.fsum(area.value for area in areas) / len(areas), len(areas)
        flags = tuple(dict.fromkeys(flag for area in areas for flag in area.flags))
        if groups is None:
            error = math.sqrt(math.fsum(area.standard_error**2 for area in areas)) / count
            return cls(value=value, standard_error=error, n_obs=len(positive), flags=(*flags, *_upside_down(value, error)))
        influence = np.empty(len(score))
        for own in folds:
            influence[own] = auc.influence(positive[own], score[own]) * (len(score) / (count * np.count_nonzero(own)))
        found = clustered(value=value, influence=influence, groups=groups)
        few = min(len(np.unique(groups[positive])), len(np.unique(groups[~positive])))
        if few < FEW_GROUPS:
            flags = (*flags, f"{few} groups on a side are too few (at least {FEW_GROUPS})")
        smallest = max(found.standard_error, min(area.standard_error for area in areas) / math.sqrt(count))
        return cls(value=value, standard_error=smallest, n_obs=found.n_obs, df=found.df, flags=(*flags, *_upside_down(value, smallest)))


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
