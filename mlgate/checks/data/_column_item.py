"""One property of one column as an item of its own: what all of them share, and the two that look at the schema alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks.data._schema_difference import TypeWord, fits
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression, quoted
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows, Scalar
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import TypeName
from mlgate.core.view import View

_READ_AS = {
    **dict.fromkeys(("number", "float", "decimal"), "DOUBLE"),
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class ColumnOf:
    """A column of the rows that `of` names, or of the slice `where` of them; `skip_empty` where no rows are asked to be no claim."""

    of: str
    column: str
    where: Expression | None
    sampled: bool = False
    skip_empty: bool = False

    def view(self, scope: Scope) -> View:
        return scope.view(self.of, where=self.where)

    def ask(self, scope: Scope, op: Op, *args: Scalar | Expression) -> Aggregate:
        """One number about the column."""
        return Aggregate(op, self.column, args, self.view(scope))

    def rows(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), self.view(scope))

    def values(self, scope: Scope, measured: Measured) -> int:
        """How many values are not null."""
        return int(measured[self.rows(scope)]) - int(measured[self.ask(scope, Op.NULLS)])

    def type(self, scope: Scope) -> TypeName | None:
        """Raises `MeasurementError` where the column is gone."""
        return column_type(scope, self.of, self.column)

    def offenders(self, scope: Scope, condition: str) -> Rows:
        """The first rows for which an SQL condition about the column holds."""
        chosen = both(self.where, Expression(condition, (self.column,)))
        return offending_rows(scope, self.of, scope.view(self.of, where=chosen), (self.column,))


@dataclass(frozen=True)
class ColumnItem(ABC):
    """A property of a column. Every property knows the rows of the slice and refuses a column that is gone."""

    at: ColumnOf

    def requests(self, scope: Scope) -> Iterable[Request]:
        self.at.type(scope)
        yield self.at.rows(scope)
        yield from self.asked(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        if measured[self.at.rows(scope)] == 0:
            return self.of_no_rows()
        return self.claimed(scope, measured)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def misfit(self, scope: Scope) -> MeasurementError | None:
        """Why the column's type does not allow the property, None where it does."""
        return None

    def of_no_rows(self) -> Sequence[Claim]:
        """Nothing is claimed of no rows; a statistic overrides this, because it has no value then."""
        return (Claim(self.says, Nothing("no rows")),)

    @property
    @abstractmethod
    def says(self) -> str:
        """The claim in words."""

    @abstractmethod
    def asked(self, scope: Scope) -> Iterable[Request]:
        """What it needs besides the number of rows."""

    @abstractmethod
    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        """The claims about at least one row."""


@dataclass(frozen=True)
class ExistsItem(ColumnItem):
    """The column exists (a contract without a property)."""

    @property
    def says(self) -> str:
        return f"column {self.at.column} exists"

    def asked(self, scope: Scope) -> Iterable[Request]:
        return ()

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = measured[self.at.rows(scope)]
        return (Claim(self.says, Exact(0, n, 0), high=0, unit="missing columns", seen="it does"),)


@dataclass(frozen=True)
class TypeItem(ColumnItem):
    """The column has a type."""

    word: TypeWord

    @property
    def says(self) -> str:
        return f"{self.at.column} is of type {self.word}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)  # also makes a model's column known to be there

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        if self._fits(scope) and measured[self.at.rows(scope)] == 0:
            return (Claim(self.says, Nothing("no rows: the type fits, but there is nothing in the column")),)
        return self.claimed(scope, measured)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        found = self._found(scope)
        column = scope.schema(scope.dataset_of(self.at.of)).known.get(self.at.column)
        native = column.native if column is not None else ""
        seen = f"{found}" + (f" ({native})" if native and native != found else "")
        wanted = found if self._fits(scope) else str(self.word)
        n = measured[self.at.rows(scope)]
        fix = f"cast {self.at.column} where the data is written, or declare `type: {found}`"
        return (Claim(self.says, Exact(found, n), low=wanted, high=wanted, seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        """Of a column that one text among numbers or times has made a text column: the rows with such a text."""
        read_as = _READ_AS.get(self.word)
        if read_as is None or self._found(scope) != "string":
            return None
        name = quoted(self.at.column)
        return self.at.offenders(scope, f"{name} IS NOT NULL AND TRY_CAST({name} AS {read_as}) IS NULL")

    def _fits(self, scope: Scope) -> bool:
        return fits(self.word, self._found(scope))

    def _found(self, scope: Scope) -> str:
        return str(self.at.type(scope) or "unknown")
