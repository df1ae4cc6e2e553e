"""MAP: the mean over queries of the average precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._per_query import PerQuery, Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Map(PerQuery):
    """The precision at the rank of each relevant row, averaged within a query and over queries, in [0, 1], higher is better.

    map = mean over queries of sum(precision at the ranks of relevant rows) / min(relevant rows, k) (Buckley and Voorhees 2000,
    doi:10.1145/345508.345543), of the first `k` ranks where `k` is stated; relevant is a label above 0, rows of one score have the last of their
    ranks, a query without a relevant row counts 0. Without `k` it is scikit-learn's `average_precision_score` of each query (checked to 1e-12).
    Needs `query: <column>`; the queries are the independent units, see `PerQuery`.
    """

    def of_queries(self, ranking: Ranking) -> NDArray[np.float64]:
        most = self.k or ranking.query.size
        relevant = ranking.gain > 0
        precision = np.where(relevant & (ranking.last <= most), ranking.hits / ranking.last, 0.0)
        wanted = np.minimum(ranking.total(relevant.astype(np.float64)), most)
        return np.divide(ranking.total(precision), wanted, out=np.zeros_like(wanted), where=wanted > 0)
