"""The rows of a view that have given values, picked for a report."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from mlgate.checks.data._cells import sql_literal
from mlgate.core.expression import Expression, quoted
from mlgate.core.table_schema import TypeName

Combination = tuple[Any, ...]


def rows_with(columns: Mapping[str, TypeName | None], wanted: Iterable[Combination]) -> Expression:
    """A condition for the rows whose `columns` have one of the combinations, null being equal to null."""
    alternatives = " OR ".join(f"({_equal(columns, values)})" for values in wanted)
    return Expression(alternatives, tuple(columns))


def _equal(columns: Mapping[str, TypeName | None], values: Sequence[Any]) -> str:
    sides = (f"{quoted(name)} IS NOT DISTINCT FROM {_literal(value, kind)}" for (name, kind), value in zip(columns.items(), values, strict=True))
    return " AND ".join(sides)


def _literal(value: Any, kind: TypeName | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return sql_literal(value.isoformat(), kind)
    return sql_literal(value if isinstance(value, (bool, int, float)) else str(value), kind)
