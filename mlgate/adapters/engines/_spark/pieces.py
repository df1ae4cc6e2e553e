"""A part of a user's expression as Spark's SQL: a value that never raises, and the condition under which DuckDB would have raised.

Spark has no `try(..)` around a whole expression. So each part is written twice where it can fail at all: as a value that is null where it
fails, and as what says that it failed. A rule counts those rows as errors; everywhere else they end the request (`strict`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlgate.adapters.engines._spark.names import text_of
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TypeName

NAN = "double('NaN')"


@dataclass(frozen=True)
class Piece:
    """`sql` is the value; `fails` a condition (never null) or None where the value cannot fail; `single` marks 32-bit floats."""

    sql: str
    type: TypeName | None = None
    fails: str | None = None
    single: bool = False
    zoned: bool = False
    constant: bool = False  # a literal of the expression

    def typed(self, sql: str, type_: TypeName | None) -> Piece:
        """Another value with the failures of this one."""
        return Piece(sql, type_, self.fails)

    def strict(self, what: str) -> str:
        """The value, which ends the statement where it fails on a row."""
        return (
            self.sql
            if self.fails is None
            else f"if({self.fails}, raise_error({text_of(f'{what} fails on a row: a cast or an overflow')}), {self.sql})"
        )


def any_fails(*fails: str | None) -> str | None:
    """True where one of them is; None where none can be."""
    kept = list(dict.fromkeys(one for one in fails if one is not None))
    return None if not kept else kept[0] if len(kept) == 1 else "(" + " or ".join(kept) + ")"


def fails_of(pieces: Iterable[Piece]) -> str | None:
    return any_fails(*(piece.fails for piece in pieces))


def tried(sql: str, type_: TypeName | None, sides: Iterable[Piece]) -> Piece:
    """A value that is null where it fails although none of its sides is null."""
    sides = tuple(sides)
    own = " and ".join([*(f"{side.sql} is not null" for side in sides if not side.constant), f"{sql} is null"])
    return Piece(sql, type_, any_fails(fails_of(sides), f"({own})"))


def without_nan(piece: Piece) -> Piece:
    """NaN is null everywhere: it would be greater than every number, and equal itself."""
    return replace(piece, sql=f"nullif({piece.sql}, {NAN})")


def refused(what: str, fix: str = "use `engine: duckdb`, or compute it into a column") -> MeasurementError:
    return MeasurementError(f"the spark engine does not evaluate {what} as the duckdb engine does", cause="configuration", fix=fix)
