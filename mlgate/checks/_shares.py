"""Shares of rows: exact by default, an estimate from a sample where the check says `sampled: true`."""

from __future__ import annotations

import math

from mlgate.core.bound import BoundOf, ShareBound
from mlgate.core.statistic import Exact, Statistic

NONE = ShareBound(at_most=0)


def share_of(part: int, whole: int, *, sampled: bool) -> Exact | Statistic:
    """part / whole in [0, 1] (0 of no rows); with `sampled` a proportion with Clopper-Pearson bounds."""
    if sampled and whole:
        from mlgate.stats.proportion import Proportion

        return Proportion(successes=part, n_obs=whole)
    return Exact(part / whole if whole else 0.0, whole, part)


def undecidable_by_a_sample(bound: BoundOf[float]) -> bool:
    """No sample can show a share of exactly 0, exactly 1 or exactly anything."""
    low, high = bound.limits
    return high == 0 or low == 1 or (low is not None and low == high)


def refuse_undecidable(key: str, bound: BoundOf[float]) -> None:
    """Raises `ValueError` for a bound that `sampled: true` could never pass."""
    if undecidable_by_a_sample(bound):
        raise ValueError(f"sampled: true, but no sample can show that {key} is {bound}: give {key} room, for example {{at_most: 0.001}}")


def rows_without_violation(bound: BoundOf[float], alpha: float) -> int:
    """How many rows without a single violation show that a share is below the bound's upper end, at one-sided error alpha."""
    high = bound.limits[1]
    return math.ceil(math.log(alpha) / math.log1p(-high)) if high is not None and 0 < high < 1 else 1
