"""How kinds speak: bounds and shares in words, numbers as a person writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.core.bound import BoundOf
from mlgate.core.expression import Expression


def plain(value: Any) -> str:
    """A number without a needless `.0` or thousands of digits, anything else as it is quoted in YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def bound_words(bound: BoundOf[Any]) -> str:
    """`at most 0.03`, `between 1 and 5`, `equal to 3`."""
    low, high = bound.limits
    if low is not None and high is not None:
        return f"equal to {plain(low)}" if low == high else f"between {plain(low)} and {plain(high)}"
    return f"at least {plain(low)}" if low is not None else f"at most {plain(high)}"


def share_words(part: int, whole: int, noun: str = "rows", *, sampled: bool = False) -> str:
    """`0.0412 (412 of 10,000 rows)`; of a sample the counts alone, because the share stands before them with its interval."""
    counts = f"{part:,} of {whole:,} {noun}"
    return counts if sampled else f"{part / whole if whole else 0.0:.4g} ({counts})"


def slice_words(where: Expression | None) -> str:
    """The slice as the end of a sentence, empty where all rows are meant."""
    return f" where {where}" if where else ""


def listed(values: Sequence[object], total: int | None = None) -> str:
    """The first five values, and how many more of `total` (default: all that are given) there are."""
    more = (len(values) if total is None else total) - min(len(values), 5)
    return ", ".join(str(value) for value in values[:5]) + (f" and {more:,} more" if more else "")
