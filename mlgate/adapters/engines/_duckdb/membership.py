"""Whether a value is in a set, in the form that is fastest for the set's size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.literals import literal
from mlgate.adapters.engines._duckdb.rendering import Cell

SMALL = 2  # up to here a plain `in` is as fast as the other forms (5 texts, 5 million rows: 0.08 s against 0.02 s)


def members(values: Sequence[Any], cell: Cell) -> list[str]:
    """The literals of a set, nulls and values that the column cannot hold left out."""
    written = (literal(value, cell) for value in values if value is not None)
    return list(dict.fromkeys(part for part in written if part is not None))


def is_in(cell: Cell, literals: Sequence[str]) -> str:
    """A condition that is true for members; null or false for null."""
    if not literals:
        return "false"
    if len(literals) <= SMALL:
        return plain_in(cell, literals)
    return enum_in(cell, literals) if cell.type == "string" else join_in(cell, literals)


def is_not_in(cell: Cell, literals: Sequence[str]) -> str:
    """A condition that is true for values that are no members; null or false for null."""
    if not literals:
        return f"{cell.sql} is not null"
    if len(literals) > SMALL and cell.type == "string":
        return f"{cell.sql} is not null and not ({enum_in(cell, literals)})"
    return f"not ({is_in(cell, literals)})"


def plain_in(cell: Cell, literals: Sequence[str]) -> str:
    return f"{cell.sql} in ({', '.join(literals)})"


def enum_in(cell: Cell, literals: Sequence[str]) -> str:
    """By a cast to an ENUM: a hash look-up for each value (500 strings, 6 million rows: 0.02 s instead of 2.2 s)."""
    return f"try_cast({cell.sql} as enum({', '.join(literals)})) is not null"


def join_in(cell: Cell, literals: Sequence[str]) -> str:
    """By a mark join (500 integers, 6 million rows: 0.06 s instead of 0.67 s)."""
    return f"{cell.sql} in (select unnest([{', '.join(literals)}]))"
