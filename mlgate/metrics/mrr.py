"""MRR: how far down the first relevant row of a ranking is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._per_query import PerQuery, Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Mrr(PerQuery):
    """One over the rank of each query's first relevant row, averaged over queries, in [0, 1], higher is better.

    mrr = mean(1 / rank) (Voorhees 1999, The TREC-8 question answering track report, NIST SP 500-246; Craswell 2009,
    doi:10.1007/978-0-387-39940-9_488); relevant is a label above 0, irrelevant rows of the same score come first, a query without a relevant row,
    or without one among the first `k`, counts 0. Where each query has one relevant row it is scikit-learn's
    `label_ranking_average_precision_score` (checked to 1e-12). Needs `query: <column>`; the queries are the independent units, see `PerQuery`.
    """

    def of_queries(self, ranking: Ranking) -> NDArray[np.float64]:
        rank = ranking.last - ranking.hits + 1  # after all irrelevant rows that score at least as high
        counts = (ranking.gain > 0) & (rank <= (self.k or ranking.query.size))
        found = np.zeros(int(ranking.query[-1]) + 1)
        np.maximum.at(found, ranking.query, np.where(counts, 1 / rank, 0.0))
        return found
