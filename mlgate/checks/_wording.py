"""How kinds speak: shares, slices and lists in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from mlgate.core.expression import Expression


def share_words(part: int, whole: int, noun: str = "rows", *, sampled: bool = False) -> str:
    """`0.0412 (412 of 10,000 rows)`; of a sample the counts alone, because the share stands before them with its interval."""
    counts = f"{part:,} of {whole:,} {noun}"
    return counts if sampled else f"{part / whole if whole else 0.0:.4g} ({counts})"


def slice_words(where: Expression | None) -> str:
    """The slice as the end of a sentence, empty where all rows are meant."""
    return f" where {where}" if where else ""


def listed(values: Sequence[object], total: int | None = None, *, shown: int = 5) -> str:
    """The first values, and how many more of `total` (default: all that are given) there are."""
    more = (len(values) if total is None else total) - min(len(values), shown)
    return ", ".join(str(value) for value in values[:shown]) + (f" and {more:,} more" if more else "")


def examples(what: str, rows: Mapping[Any, int], written: Callable[[Any], str], samples: int) -> tuple[str, ...]:
    """One line of details, `<what>: <value> (<rows>), ..`, of the first `samples` values; no line without any, or where none may be shown."""
    if not rows or not samples:
        return ()
    told = [f"{written(value)} ({count:,})" for value, count in islice(rows.items(), samples)]
    return (f"{what}: {listed(told, len(rows), shown=samples)}",)
