"""Edges that cut a numeric column into cells of about equal mass, from a sample of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_ROWS = 2**16
_TAIL_HALVINGS = 6


def edges(sample: NDArray[np.float64], cells: int) -> tuple[float, ...]:
    """Ascending edges for cells (edge[i - 1], edge[i]]; NaN and infinities in `sample` (n,) are left out; empty where nothing else is there.

    A value that fills a whole cell stands alone, between itself and the float just below, and so does every value where there are no more distinct
    ones than half of the cells: what is counted between these edges is then as exact as counts per value. Finer edges follow the tails, by halves
    of a cell down to what the sample resolves, so that a long tail does not become one wide cell.
    """
    found = np.sort(sample[np.isfinite(sample)])
    if not len(found):
        return ()
    values, counts = np.unique(found, return_counts=True)
    alone = values if 2 * len(values) <= cells else values[counts * cells >= len(found)]
    below = np.nextafter(alone[alone > -np.finfo(np.float64).max], -np.inf)
    made = np.unique(np.concatenate([found[_ranks(len(found), cells)], alone, below]))
    return tuple(made.tolist())


def _ranks(rows: int, cells: int) -> NDArray[np.intp]:
    """Places in the sorted sample of the shares i / cells, and of the halves of the outer ones where there are cells enough to care."""
    inner = np.arange(1, cells) / cells
    tail = 0.5 ** np.arange(1, _TAIL_HALVINGS + 1) / cells if cells > 32 else np.empty(0)
    shares = np.concatenate([tail, inner, 1 - tail])
    ranks: NDArray[np.intp] = np.unique(np.clip(np.ceil(shares * rows).astype(np.intp) - 1, 0, rows - 1))
    return ranks
