"""What an engine counted, as numbers where the column has an order."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from mlgate.checks._moments import moment
from mlgate.core.distance import Distribution

_EPOCH = datetime.datetime(1970, 1, 1)


def distribution_of(answer: Mapping[tuple[Any, ...], int], *, numeric: bool) -> Distribution:
    """Rows by value; the values of a `numeric` column as numbers."""
    counts: dict[Any, int] = {}
    nulls = 0
    for (value,), count in answer.items():
        if value is None:
            nulls += count
        else:
            found = _number(value) if numeric else value
            counts[found] = counts.get(found, 0) + count
    return Distribution(counts, nulls, numeric)


def numbered(answer: Mapping[tuple[Any, Any], int]) -> dict[tuple[Any, float | None], int]:
    """Rows by (block, number)."""
    found: dict[tuple[Any, float | None], int] = {}
    for (block, value), count in answer.items():
        place = block, None if value is None else _number(value)
        found[place] = found.get(place, 0) + count
    return found


def as_moment(seconds: float) -> str:
    """Seconds since 1970 as a date and time."""
    return f"{_EPOCH + datetime.timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def _number(value: Any) -> float:
    """Numbers as they are; times as seconds, so that they have an order and a size."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, (datetime.date, str)):
        return (moment(value) - _EPOCH).total_seconds()
    return float(value)
