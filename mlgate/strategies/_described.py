"""What frames are made of: a description of each column, and real rows where there are some."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlgate.core.table_schema import TypeName

Order = Literal["", "increasing", "decreasing"]
Holds = Callable[[Sequence[Any]], Sequence[bool]]


@dataclass(frozen=True)
class Described:
    """One column. Cells are plain Python values, None where null.

    `low` and `high` are closed bounds that every value keeps, None where open. `levels` are the only values allowed (None: any), `forbidden` some
    that are not, `patterns` and `not_patterns` are searched for in text, `length` bounds its characters. `seen` are values that occur in real
    rows, `around` the smallest and the greatest of them. `dtype` is the type of the column in a frame of `frame_library`, where it must be that one.
    `zone` is the time zone of points in time, `scale` the digits of decimals after the point, `null` what stands for null among Python
    objects. `holds` are further conditions on values, asked once.
    """

    name: Hashable
    type: TypeName
    nulls: bool = False
    unique: bool = False
    order: Order = ""
    low: Any = None
    high: Any = None
    levels: tuple[Any, ...] | None = None
    forbidden: tuple[Any, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    not_patterns: tuple[re.Pattern[str], ...] = ()
    length: tuple[int, int | None] = (0, None)
    seen: tuple[Any, ...] = ()
    around: tuple[Any, Any] | None = None
    dtype: Any = None
    frame_library: str = ""
    zone: str | None = None
    scale: int = 2
    null: Any = None
    holds: tuple[Holds, ...] = ()

    def allows(self, value: Any) -> bool:
        """Whether the description allows a value that is not null, `levels` and `holds` aside."""
        if value in self.forbidden or not self._in_range(value):
            return False
        if self.type == "integer":
            least, most = width_of(self.dtype)
            return bool(least <= value <= most)
        if not isinstance(value, str):
            return True
        longest = self.length[1]
        if len(value) < self.length[0] or (longest is not None and len(value) > longest):
            return False
        return all(_found(one, value) for one in self.patterns) and not any(one.search(value) for one in self.not_patterns)

    def _in_range(self, value: Any) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Table:
    """What a frame consists of. `rows` are real ones, the simplest first; without any, rows are put together from the columns' values.

    `together` are groups of columns whose values do not repeat together, `index` the columns that become the index of a pandas frame. `valid` says
    of a finished frame whether it is one.
    """

    columns: tuple[Described, ...]
    rows: tuple[tuple[Any, ...], ...] = ()
    together: tuple[tuple[Hashable, ...], ...] = ()
    index: tuple[Hashable, ...] = ()
    frame_library: str = "pandas"
    valid: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Wanted:
    """What frames shall hold. `None` means: where the description allows it."""

    min_rows: int = 0
    max_rows: int = 10
    nulls: bool | None = None
    unseen: bool | None = None
    extreme: bool | None = None


@dataclass(frozen=True)
class Pool:
    """The cells of a column: groups of ready ones, the simplest first, extremes and what else may lie `beyond` its description, and `free`, a
    strategy for all others (None: there are none)."""

    groups: tuple[tuple[Any, ...], ...]
    beyond: tuple[Any, ...] = ()
    free: Any = None


def _found(pattern: re.Pattern[str], value: str) -> bool:
    """Python's `$` also stands before a line feed at the end; that of other languages does not."""
    return pattern.search(value) is not None and not (pattern.pattern.endswith("$") and value.endswith("\n"))


def width_of(dtype: Any) -> tuple[int, int]:
    """The range of an integer type by its name (`int8`, `UInt16`, `Int64`); of any other type that of 64 bits."""
    found = re.search(r"(u?)int(8|16|32|64)", str(dtype).lower())
    if found is None:
        return -(2**63), 2**63 - 1
    bits = int(found[2])
    return (0, 2**bits - 1) if found[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
