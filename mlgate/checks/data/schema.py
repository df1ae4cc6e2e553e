"""Kind `schema`: which columns there are, in which order and of which types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks._wording import listed, slice_words
from mlgate.checks.data._schema_difference import TypeWord, differences
from mlgate.core.check import Check, DatasetName
from mlgate.core.claim import Claim
from mlgate.core.column_names import told
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import TypeName

LISTED = 100


class Schema(Check):
    """The columns are those declared, or those of another dataset, and have their types.

    Units: the value is the number of problems: a column that is missing, renamed (a new one of the same type with a similar name or in the
    same place), there under a name that only looks the same (case, spaces at the ends, a foreign letter: the code point is said), retyped
    (widened or narrowed, where it is), newly nullable (with `like`: nulls here, none there), extra or moved; each by name. Types are `string`,
    `integer`, `float`, `decimal`, `number` (any of these three), `boolean`, `date`, `timestamp`, `time`, `duration`, `binary`, `list`, `struct`,
    `map`. Further columns are allowed unless `extra: forbid`, and named in the details.

    Example:
        - {id: layout, kind: schema, of: current, columns: {flight: integer, carrier: string, dep_delay: number}}
        - {id: layout-as-trained, kind: schema, of: current, like: train, extra: forbid, ordered: true}

    Not for: what is in the columns (use `columns`).
    """

    family = "data"
    marks_values = True
    of: Annotated[DatasetName, Field(description="The dataset whose columns are judged.")]
    columns: Annotated[dict[str, TypeWord] | tuple[str, ...] | None, Field(description="Name to type, or a list of names.")] = None
    like: Annotated[DatasetName | None, Field(description="A dataset to have the columns, types and non-null columns of.")] = None
    extra: Annotated[Literal["allow", "forbid"], Field(description="Whether there may be further columns.")] = "allow"
    ordered: Annotated[bool, Field(description="The columns stand in the declared order.")] = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.columns is None) == (self.like is None):
            raise ValueError("schema needs exactly one of `columns` and `like`")
        if isinstance(self.columns, tuple) and len(set(self.columns)) < len(self.columns):
            raise ValueError(f"a column is listed twice: {', '.join(sorted({name for name in self.columns if self.columns.count(name) > 1}))}")
        return self

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self._ask(scope, Op.ROWS, self.of)
        if self.like is not None:
            yield self._ask(scope, Op.ROWS, self.like)
            for column in self._shared(scope, self.like):
                yield self._ask(scope, Op.NULLS, self.of, column)
                yield self._ask(scope, Op.NULLS, self.like, column)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        expected = self._expected(scope)
        found = differences(expected, self._got(scope, expected), ordered=self.ordered, extra=self.extra == "forbid")
        problems = [*found.problems, *self._newly_nullable(scope, measured)]
        says = f"{self.of} has the columns {'of ' + self.like if self.like else 'declared'}{slice_words(self.where)}"
        more = (f"and {len(problems) - LISTED:,} more problems",) if len(problems) > LISTED else ()
        details = (*problems[:LISTED], *more, *((f"further columns: {listed(found.extra)}",) if found.extra and self.extra == "allow" else ()))
        if not problems and measured[self._ask(scope, Op.ROWS, self.of)] == 0:
            return (Claim(says, Nothing("no rows: the columns fit, but there is nothing in them"), high=0, details=details),)
        seen = f"{len(problems)} problem{'s' * (len(problems) != 1)}: {'; '.join(problems[:3])}" if problems else f"all {len(expected):,} columns fit"
        statistic = Exact(len(problems), len(expected), len(problems))
        fix = "mend the writer of the data, or declare the new columns here and retrain on them"
        return (Claim(says, statistic, high=0, unit="problems", seen=seen, details=details, fix=fix),)

    def _expected(self, scope: Scope) -> Mapping[str, TypeWord | None]:
        if self.like is not None:
            return dict(scope.schema(self.like).types)
        return self.columns if isinstance(self.columns, dict) else dict.fromkeys(self.columns or ())

    def _got(self, scope: Scope, expected: Mapping[str, TypeWord | None]) -> Mapping[str, TypeName]:
        """The columns, and after its struct each field that is declared by name (`address.zip`)."""
        schema = scope.schema(self.of)
        found: dict[str, TypeName] = {}
        for column in schema.columns:
            found[column.name] = column.type
            if column.type == "struct":
                declared = (field for field in schema.fields if field.name in expected and field.name.startswith(f"{column.name}."))
                found.update({field.name: field.type for field in declared})
        return found

    def _newly_nullable(self, scope: Scope, measured: Measured) -> Iterable[str]:
        if self.like is None or not measured[self._ask(scope, Op.ROWS, self.like)]:
            return
        for column in self._shared(scope, self.like):
            here, there = (measured[self._ask(scope, Op.NULLS, name, column)] for name in (self.of, self.like))
            if here and not there:
                yield f"{told(column)} is newly nullable: {here:,} nulls here, none in {self.like}"

    def _shared(self, scope: Scope, like: str) -> tuple[str, ...]:
        own = scope.schema(self.of).types
        return tuple(name for name in scope.schema(like).names if name in own)

    def _ask(self, scope: Scope, op: Op, of: str, column: str | None = None) -> Aggregate:
        return Aggregate(op, column, (), scope.view(of, where=self.where if of == self.of else None))
