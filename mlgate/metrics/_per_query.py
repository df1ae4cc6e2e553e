"""Metrics of rankings: a value for each query, averaged over the queries, which are the independent units."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Labels, Metric, Needs, Sample
from mlgate.metrics._influence import as_rows
from mlgate.metrics._support import scores
from mlgate.stats.clustered import clustered
from mlgate.stats.mean import HallMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic


@dataclass(frozen=True)
class Ranking:
    """The rows of all queries, each query's best score first.

    `query` (n,) 0, 1, ... ascending; `gain` (n,) the label; rows of one query with one score share the ranks `first` + 1 to `last` (n,), counted
    from 1; `hits` (n,) how many rows of the query down to rank `last` have a gain above 0.
    """

    query: NDArray[np.intp]
    gain: NDArray[np.float64]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    hits: NDArray[np.intp]

    def total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(queries,) sums over the rows of each query."""
        return np.asarray(np.bincount(self.query, weights=values), dtype=np.float64)


def ranked(query: NDArray[np.intp], score: NDArray[np.float64], gain: NDArray[np.float64]) -> Ranking:
    """Rows in any order, queries 0, 1, ..."""
    order = np.lexsort((-score, query))
    query, score, gain = query[order], score[order], gain[order]
    place = np.arange(query.size)
    starts = np.r_[True, query[1:] != query[:-1]]
    begin = np.maximum.accumulate(np.where(starts, place, 0))
    blocks = np.flatnonzero(starts | np.r_[True, score[1:] != score[:-1]])
    sizes = np.diff(np.r_[blocks, query.size])
    block, end = np.repeat(blocks, sizes), np.repeat(blocks + sizes, sizes)
    so_far = np.r_[0, np.cumsum(gain > 0)]
    return Ranking(query, gain, block - begin, end - begin, so_far[end] - so_far[begin])


class PerQuery(Metric):
    """The mean over queries of a value in [0, 1]; higher is better.

    Uncertainty: the query is the independent unit, so Hall's (1992, doi:10.1111/j.2517-6161.1992.tb01875.x) interval on the queries' values, or
    on the differences of two models' (a t interval over queries is right for rankings: Urbano, Lima and Hanjalic 2019,
    doi:10.1145/3331184.3331259). Groups are groups of queries; a weight is a query's, the same in all of its rows.
    """

    greater_is_better: ClassVar[bool] = True
    needs: ClassVar[Needs] = "score"
    labels: ClassVar[Labels] = "numbers"
    per_query: ClassVar[bool] = True
    takes: ClassVar[Mapping[str, Any]] = {"k": 10}
    optional: ClassVar[frozenset[str]] = frozenset({"k"})

    def __init__(self, *, k: int | None = None) -> None:
        self.k = k

    @abstractmethod
    def of_queries(self, ranking: Ranking) -> NDArray[np.float64]:
        """(queries,) the value of each query."""

    def value(self, sample: Sample) -> float:
        rows = as_rows(sample)
        query = self._queries(rows)
        weight = self._one_each(rows.weight, query, "sample_weight")
        return float(np.average(self._values(rows, query), weights=weight))

    def statistic(self, sample: Sample) -> Statistic:
        rows = as_rows(sample)
        query = self._queries(rows)
        return self._bounded(self._values(rows, query), rows, query)

    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        new, old = as_rows(candidate), as_rows(baseline)
        query = self._queries(new)
        return self._bounded(self._values(new, query) - ratio * self._values(old, query), new, query)

    def _queries(self, rows: Sample) -> NDArray[np.intp]:
        if rows.query is None:
            raise MeasurementError(
                f"{self.name} needs to know which rows answer one query", cause="configuration", fix="add `query: <column>` to the check"
            )
        return np.asarray(np.unique(rows.query, return_inverse=True)[1].reshape(-1), dtype=np.intp)

    def _values(self, rows: Sample, query: NDArray[np.intp]) -> NDArray[np.float64]:
        gain = rows.y_true.astype(np.float64)
        if (gain < 0).any():
            raise MeasurementError(
                f"{self.name} needs relevances of 0 or more: {int((gain < 0).sum()):,} of {gain.size:,} labels are negative", fix="shift the labels"
            )
        return self.of_queries(ranked(query, scores(rows), gain))

    def _bounded(self, values: NDArray[np.float64], rows: Sample, query: NDArray[np.intp]) -> Statistic:
        weight, group = self._one_each(rows.weight, query, "sample_weight"), self._one_each(rows.group, query, "groups")
        if weight is None and group is None:
            return HallMean.of(values)
        heavy = np.ones(values.size) if weight is None else weight.astype(np.float64)
        average = float(np.average(values, weights=heavy))
        groups = np.arange(values.size) if group is None else group
        return clustered(value=average, influence=heavy * (values - average) / heavy.mean(), groups=groups)

    def _one_each(self, values: NDArray[Any] | None, query: NDArray[np.intp], word: str) -> NDArray[Any] | None:
        """(queries,) the value that all rows of a query have. Raises `MeasurementError` where they differ."""
        if values is None:
            return None
        _, first = np.unique(query, return_index=True)
        one: NDArray[Any] = values[first]
        differing = one[query] != values
        if differing.any():
            raise MeasurementError(
                f"{self.name} averages over queries, and {word} differs within {np.unique(query[differing]).size:,} of {first.size:,} queries",
                cause="data",
                fix=f"give all rows of a query the same value, or leave `{word}` out",
            )
        return one
