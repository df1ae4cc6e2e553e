"""NDCG: how much of the gain of a perfect ranking the first rows of a ranking have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._per_query import PerQuery, Ranking, ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ndcg(PerQuery):
    """The discounted gain of each query's ranking as a share of the best possible one, averaged over queries, in [0, 1], higher is better.

    ndcg = DCG / ideal DCG, DCG = sum over ranks r of gain / log2(r + 1), of the first `k` ranks where `k` is stated; the gain is the label (linear,
    Jarvelin and Kekalainen 2002, doi:10.1145/582415.582418). scikit-learn's `ndcg_score` of each query (checked to 1e-12): tied scores share
    their mean gain (McSherry and Najork 2008, doi:10.1007/978-3-540-78646-7_38), a query without gain counts 0. A query of one row, which
    scikit-learn refuses, counts 1. Needs `query: <column>`; the queries are the independent units, see `PerQuery`.
    """

    def of_queries(self, ranking: Ranking) -> NDArray[np.float64]:
        best = ranked(ranking.query, ranking.gain, ranking.gain)
        ideal, found = self._gains(best), self._gains(ranking)
        return np.divide(found, ideal, out=np.zeros_like(found), where=ideal > 0)

    def _gains(self, ranking: Ranking) -> NDArray[np.float64]:
        discount = 1 / np.log2(np.arange(int(ranking.last.max())) + 2)
        if self.k is not None:
            discount[self.k :] = 0
        to = np.r_[0, np.cumsum(discount)]
        return ranking.total(ranking.gain * (to[ranking.last] - to[ranking.first]) / (ranking.last - ranking.first))
