"""What a user writes where a tool has no PSI: ten quantile bins of the reference, or levels. numpy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from checks import PSI_BINS


def numeric(current: Any, reference: Any) -> float:
    """PSI of two arrays of floats; NaN is left out."""
    reference, current = reference[~np.isnan(reference)], current[~np.isnan(current)]
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, PSI_BINS + 1)[1:-1]))
    width = len(edges) + 1
    shares = [np.bincount(np.searchsorted(edges, side, side="left"), minlength=width) for side in (current, reference)]
    return _psi(*shares)


def categorical(current: dict[Any, int], reference: dict[Any, int]) -> float:
    """PSI of two tables of counts by level."""
    levels = [level for level in {**reference, **current} if level is not None and not (isinstance(level, float) and np.isnan(level))]
    return _psi(np.array([current.get(level, 0) for level in levels]), np.array([reference.get(level, 0) for level in levels]))


def _psi(current: Any, reference: Any) -> float:
    p, q = ((side + 0.5) / (side.sum() + 0.5 * len(side)) for side in (current, reference))
    return float(np.sum((p - q) * np.log(p / q)))
