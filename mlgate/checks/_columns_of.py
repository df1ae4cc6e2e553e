"""Finds columns: which type one has, how it is named in SQL, and which columns identify an offending row."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.core.column_names import no_column
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression, quoted
from mlgate.core.request import Rows
from mlgate.core.scope import Scope
from mlgate.core.table_schema import TypeName
from mlgate.core.view import View


def column_type(scope: Scope, of: str, column: str) -> TypeName | None:
    """The type of a column of the rows that `of` names; None for one that a model adds (it is known only after scoring).

    Raises `MeasurementError` with the nearest name where there is no such column.
    """
    schema = scope.schema(scope.dataset_of(of))
    found = schema.known.get(column)
    if found is not None:
        return found.type
    if of in scope.models and (column in ("prediction", "score") or column.startswith("score_")):
        return None
    raise no_column(f"dataset {schema.dataset!r}", column, schema.names)


def time_column(scope: Scope, of: str, column: str | None) -> str | Expression:
    """The time column of the rows `of` names (default: the dataset's `time`), text being read as ISO timestamps.

    Raises `MeasurementError` where none is declared, or the column holds no time.
    """
    dataset = scope.dataset_of(of)
    name = column or scope.spec(of).time
    if name is None:
        raise MeasurementError(
            f"no time column: dataset {dataset!r} declares no `time`",
            cause="configuration",
            fix=f"add `column: <name>` to the check or `time: <name>` to datasets.{dataset}",
        )
    kind = column_type(scope, of, name)
    if kind in ("date", "timestamp"):
        return name
    if kind == "string":
        return Expression(f"CAST({quoted(name)} AS TIMESTAMP)", (name,))
    raise MeasurementError(f"column {name!r} of dataset {dataset!r} is of type {kind}, not a date or timestamp", fix="name a time column")


def offending_rows(scope: Scope, of: str, view: View, columns: Sequence[str]) -> Rows:
    """The first rows of a view that holds only offenders: key columns first, then the columns concerned."""
    key = scope.spec(of).key
    return Rows(tuple(dict.fromkeys((*key, *columns))), view, limit=scope.samples)


def repeated_rows(scope: Scope, of: str, where: Expression | None, columns: Sequence[str]) -> Rows:
    """The first rows whose values in `columns` together occur more than once, group by group."""
    shown = tuple(dict.fromkeys((*scope.spec(of).key, *columns)))
    return Rows(shown, scope.view(of, where=where), limit=scope.samples, repeated=tuple(columns))


def both(first: Expression | None, second: Expression) -> Expression:
    """Rows of a slice (or of everything, None) for which `second` holds too."""
    if first is None:
        return second
    return Expression(f"({first.sql}) AND ({second.sql})", tuple(dict.fromkeys((*first.columns, *second.columns))))
