"""Points in time, however an engine or a gate file gives them: naive UTC datetimes. A naive one is taken for UTC."""

from __future__ import annotations

import datetime
from typing import Any


def moment(value: Any) -> datetime.datetime:
    """A date (its midnight), a datetime or ISO text as a naive UTC datetime. Raises `ValueError` for anything else."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None else value.astimezone(datetime.UTC).replace(tzinfo=None)
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    raise ValueError(f"not a point in time: {value!r}")


def duration_words(seconds: float) -> str:
    """`36 h`, `2.5 d`, `90 s`: the largest unit that keeps the number readable."""
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("m", 60.0)):
        if abs(seconds) >= 2 * length:
            return f"{round(seconds / length, 1):,g} {unit}" if abs(seconds) < 1e6 * length else f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.3g} s"
