"""Two samples that were counted between the same edges, as distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from mlgate.core.distance import Binned, Distribution


def distributions(current: Binned, reference: Binned) -> tuple[Distribution, Distribution]:
    """Both sides over cells with known ends: the outer cells end at the least and the greatest value of either side, or at infinity.

    Raises `ValueError` where the edges differ.
    """
    if current.edges != reference.edges:
        raise ValueError("the two sides were counted between different edges")
    found = [value for side in (current, reference) for value in (side.low, side.high) if value is not None]
    ends = _ends(current.edges, min(found, default=-math.inf), max(found, default=math.inf))
    widths = {upper: _width(lower, upper) for lower, upper in pairwise(ends)}
    return _of(current, ends, widths), _of(reference, ends, widths)


def _ends(edges: Sequence[float], low: float, high: float) -> list[float]:
    """Ends of all cells. Where a sample's least edge is the least value of all, the first cell holds this one value."""
    first = low if not edges or low < edges[0] else math.nextafter(edges[0], -math.inf)
    last = high if not edges or high > edges[-1] else math.nextafter(edges[-1], math.inf)
    return [first, *edges, last]


def _width(lower: float, upper: float) -> float:
    """How far below its upper end a value of the cell (lower, upper] may lie: 0 where only one float is in it."""
    return 0.0 if math.nextafter(lower, math.inf) >= upper else upper - lower


def _of(side: Binned, ends: Sequence[float], widths: dict[float, float]) -> Distribution:
    counts = {upper: count for upper, count in zip(ends[1:], side.counts, strict=True) if count}
    return Distribution(counts, side.nulls, numeric=True, widths=widths)
