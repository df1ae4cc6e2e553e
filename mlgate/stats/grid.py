"""Edges that cut a numeric column into cells of about equal mass, from a sample of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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


def thinned(fine: Sequence[float], counts: Sequence[int], cells: int) -> tuple[float, ...]:
    """Some of the edges `fine` (k,), so that `counts` (k + 1,) lie in about `cells` cells of equal mass; heavy values keep their own."""
    upper, rows = np.asarray(fine, dtype=np.float64), np.asarray(counts, dtype=np.int64)
    total = rows.sum()
    if not len(upper) or not total:
        return ()
    single = np.concatenate([[False], np.nextafter(upper[:-1], np.inf) >= upper[1:]])  # cells that hold one value
    if not rows[:-1][~single].any() and not rows[-1] and 2 * np.count_nonzero(rows) <= cells:
        alone = single & (rows[:-1] > 0)
    else:
        alone = single & (rows[:-1] * cells >= total)
    running = np.cumsum(rows)[:-1]
    kept = np.unique(np.clip(np.searchsorted(running, _ranks(int(total), cells) + 1), 0, len(upper) - 1))
    chosen = np.unique(np.concatenate([kept, np.flatnonzero(alone), np.flatnonzero(alone) - 1]))
    return tuple(upper[chosen[chosen >= 0]].tolist())


def coarser(fine: Sequence[float], counts: Sequence[int], edges: Sequence[float]) -> tuple[int, ...]:
    """Counts between `edges`, which are some of `fine`. Raises `ValueError` for an edge that is not among them."""
    known = {edge: place for place, edge in enumerate(fine)}
    if missing := [edge for edge in edges if edge not in known]:
        raise ValueError(f"no edge at {missing[0]!r}: only edges of the finer histogram can be kept")
    running = [0, *np.cumsum(counts).tolist()]
    ends = [0, *(known[edge] + 1 for edge in edges), len(counts)]
    return tuple(int(running[end] - running[start]) for start, end in pairwise(ends))
