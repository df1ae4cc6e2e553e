"""What a callable gave for some rows, as plain columns of numpy: the same for pandas, polars and numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["number", "boolean", "text", "time", "duration", "category", "mixed", "other", "null"]


@dataclass(frozen=True)
class Table:
    """Columns of `rows` values. Floats hold NaN for null, arrays of objects hold None.

    `kinds` are sorts of values rather than types: whole numbers and floats are both numbers. `levels` are the categories of categorical columns.
    `scale` is, for each row that went in, the largest magnitude among its numbers: what rounding is measured by. `index` are the row labels of
    pandas, None where there are none.
    """

    form: Literal["frame", "series", "array"]
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    values: tuple[NDArray[Any], ...]
    rows: int
    scale: NDArray[np.float64]
    levels: tuple[tuple[Any, ...] | None, ...]
    index: tuple[Any, ...] | None = None

    def take(self, places: Sequence[int]) -> Table:
        """The rows at these places, in this order."""
        picked = np.asarray(places, dtype=np.intp)
        index = None if self.index is None else tuple(self.index[place] for place in picked)
        scale = self.scale[picked] if len(self.scale) == self.rows else self.scale
        return replace(self, values=tuple(one[picked] for one in self.values), rows=len(picked), scale=scale, index=index)

    def column(self, name: str) -> NDArray[Any] | None:
        """The values of a column, None where there is no such column."""
        return self.values[self.columns.index(name)] if name in self.columns else None


def nulls(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are null, NaN or NaT."""
    if values.dtype.kind in "fc":
        return np.asarray(np.isnan(values))
    if values.dtype.kind in "mM":
        return np.asarray(np.isnat(values))
    if values.dtype == object:
        return np.array([is_null(one) for one in values], dtype=bool)
    return np.zeros(len(values), dtype=bool)


def is_null(value: object) -> bool:
    """None, NaN, NaT and pandas' NA: what does not equal itself."""
    if value is None:
        return True
    try:
        return bool(value != value)  # noqa: PLR0124  that is what NaN is
    except (TypeError, ValueError):  # NA says neither yes nor no; a list of several does not either
        return type(value).__name__ == "NAType"


def schema_difference(one: Table, other: Table) -> str:
    """What differs between the schemas of two outputs, in words without values; empty where nothing does. A column of nulls fits any kind."""
    if one.form != other.form:
        return f"a {one.form} becomes a {other.form}"
    if one.columns != other.columns:
        gone = [name for name in one.columns if name not in other.columns]
        new = [name for name in other.columns if name not in one.columns]
        words = [f"{word} {', '.join(names[:5])}" for word, names in (("no column", gone), ("a new column", new)) if names]
        return " and ".join(words) or "the columns stand in another order"
    for name, kinds, levels in zip(one.columns, zip(one.kinds, other.kinds, strict=True), zip(one.levels, other.levels, strict=True), strict=True):
        if kinds[0] != kinds[1] and "null" not in kinds:
            return f"column {name} holds {_WORDS[kinds[0]]} in one and {_WORDS[kinds[1]]} in the other"
        if kinds == ("category", "category") and levels[0] != levels[1]:
            return f"column {name} has other categories, so the codes behind them mean something else"
    return ""


_WORDS: dict[Kind, str] = {
    "number": "numbers",
    "boolean": "booleans",
    "text": "text",
    "time": "times",
    "duration": "durations",
    "category": "categories",
    "mixed": "values of several types",
    "other": "objects",
    "null": "nulls",
}
