"""How kinds speak: shares, slices and lists in words."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.core.expression import Expression


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
