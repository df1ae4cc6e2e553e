"""A claim: the true value lies in [low, high]. Checks claim, the run judges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Exact, Nothing, Statistic, Value


@dataclass(frozen=True)
class Claim:
    """What a check says about the world, with the number that speaks for or against it.

    `says` is the claim in words ("null share of carrier is at most 0.01"). `low` and `high` are closed bounds in the statistic's own unit
    (for comparisons: the metric's unit, candidate - baseline), None where open. `null` is the value of no change, where there is one: with
    it a primary check can be judged by the dual criterion. `seen` is what was seen in words, where more than a number must be
    said ("3 of 1,000 rows"); `details` are further lines (a table of slices, a diagnosis, columns that differ). `part` names one
    of several claims in one item (a slice); `fix` says what to do where it is broken.
    """

    says: str
    statistic: Statistic | Exact | Nothing
    low: Value | None = None
    high: Value | None = None
    null: float | None = None
    unit: str = ""
    seen: str = ""
    details: tuple[str, ...] = ()
    part: str = ""
    fix: str = ""

    def ends(self) -> tuple[float, float]:
        """`low` and `high` of a sampled claim as numbers, infinite where open. Raises `MeasurementError` for a bound that is no number."""
        return self._end(self.low, -math.inf), self._end(self.high, math.inf)

    def beyond(self) -> float | None:
        """How far the value (of a sample: the estimate) lies outside of the bound, None inside and where there are no rows.

        Points in time differ by seconds; no value, and one that has no distance to its bound (text), lie outside by infinity.
        """
        if isinstance(self.statistic, Nothing):
            return None
        value: Any = self.statistic.value
        low: Any = self.low
        high: Any = self.high
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return math.inf
        try:
            if low is not None and value < low:
                return _distance(low, value)
            return _distance(value, high) if high is not None and value > high else None
        except TypeError:
            return math.inf

    def _end(self, bound: Value | None, where_open: float) -> float:
        if bound is None:
            return where_open
        if isinstance(bound, (int, float, Decimal)):
            return float(bound)
        what = f"{self.says}: a sampled claim needs numbers as bounds, got {bound!r}"
        raise MeasurementError(what, cause="configuration", fix="claim it of an exact value, or bound it by a number")


def _distance(more: Any, less: Any) -> float:
    try:
        apart = more - less
    except TypeError:  # text and times of day have an order, and no distances
        return math.inf
    return apart.total_seconds() if isinstance(apart, timedelta) else float(apart)
