"""What a gate file may state about the values of a column, and how each statement is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mlgate.checks._wording import listed
from mlgate.checks.data._cells import Cells, crossed, distinct_cells, misfit, not_a, sql_literal, unordered
from mlgate.core.bound import CellBound, CellLiteral, NumberBound, plain
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted, text_literal
from mlgate.core.request import Op, Scalar
from mlgate.core.table_schema import TypeName

_TEXT = frozenset({"string"})


@dataclass(frozen=True)
class Limit:
    """One statement: `op` with `args` counts the values that break it, `offending` is the same as an SQL condition.

    `misfit` is why the column's type does not allow it; it is an error only where the column has a value.
    """

    key: str
    words: str
    op: Op
    args: tuple[Scalar, ...]
    offending: str
    misfit: MeasurementError | None


class Values(BaseModel):
    """What every value that is not null is like. Several statements must all hold; each has its own share of offenders."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    between: Annotated[tuple[CellLiteral, CellLiteral] | None, Field(description="Closed range; text by code point, times as ISO text.")] = None
    at_least: Annotated[CellLiteral | None, Field(description="Lower end of the range.")] = None
    at_most: Annotated[CellLiteral | None, Field(description="Upper end of the range.")] = None
    in_: Annotated[Cells | None, Field(alias="in", description="The allowed values.")] = None
    not_in: Annotated[Cells | None, Field(description="The forbidden values.")] = None
    matches: Annotated[str | None, Field(min_length=1, description="A regular expression (RE2), found anywhere: anchor it yourself.")] = None
    not_matches: Annotated[str | None, Field(min_length=1, description="A regular expression (RE2) that is found nowhere.")] = None
    length: Annotated[NumberBound | None, Field(description="Bound on the number of characters.")] = None

    @model_validator(mode="after")
    def _range_is_a_bound(self) -> Self:
        try:
            self.bound()
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
        return self

    def bound(self) -> CellBound | None:
        """The range, None where none is stated."""
        given = {"between": self.between, "at_least": self.at_least, "at_most": self.at_most}
        stated = {key: value for key, value in given.items() if value is not None}
        return CellBound(**stated) if stated else None

    def limits(self, column: str, kind: TypeName | None) -> Iterator[Limit]:
        """The statements as they are counted in a column of this type (None: known only later)."""
        if (bound := self.bound()) is not None:
            yield _range(bound, column, kind)
        for key, op, cells in (("in", Op.NOT_IN, self.in_), ("not_in", Op.IN, self.not_in)):
            if cells is not None and distinct_cells(cells):
                yield _membership(key, op, distinct_cells(cells), column, kind)
        for key, op, pattern in (("matches", Op.NOT_MATCHING, self.matches), ("not_matches", Op.MATCHING, self.not_matches)):
            if pattern is not None:
                yield _pattern(key, op, pattern, column, kind)
        if self.length is not None:
            yield _length(self.length, column, kind)


def _range(bound: CellBound, column: str, kind: TypeName | None) -> Limit:
    low, high = bound.limits
    name = quoted(column)
    sides = [f"{name} < {sql_literal(low, kind)}"] if low is not None else []
    sides += [f"{name} > {sql_literal(high, kind)}"] if high is not None else []
    fault = unordered(kind, column, key="values") or misfit(kind, (low, high), column, key="values") or crossed(kind, bound, column, key="values")
    return Limit("between", f"are {bound}", Op.OUTSIDE, (low, high), " OR ".join(sides), fault)


def _membership(key: str, op: Op, cells: tuple[CellLiteral, ...], column: str, kind: TypeName | None) -> Limit:
    shown = f"{key.replace('_', ' ')} {{{listed([plain(cell) for cell in cells])}}}"
    literals = ", ".join(sql_literal(cell, kind) for cell in cells)
    offending = f"{quoted(column)} {'NOT ' * (key == 'in')}IN ({literals})"
    return Limit(key, f"are {shown}", op, cells, offending, misfit(kind, cells, column, key=f"values.{key}"))


def _pattern(key: str, op: Op, pattern: str, column: str, kind: TypeName | None) -> Limit:
    found = f"REGEXP_MATCHES({quoted(column)}, {text_literal(pattern)})"
    words = f"match {pattern!r}" if key == "matches" else f"do not match {pattern!r}"
    fault = not_a(_TEXT, kind, column, key=f"values.{key}", noun="text")
    return Limit(key, words, op, (pattern,), f"NOT {found}" if key == "matches" else found, fault)


def _length(bound: NumberBound, column: str, kind: TypeName | None) -> Limit:
    low, high = bound.limits
    size = f"LENGTH({quoted(column)})"
    sides = ([f"{size} < {low!r}"] if low is not None else []) + ([f"{size} > {high!r}"] if high is not None else [])
    fault = not_a(_TEXT, kind, column, key="values.length", noun="text")
    return Limit("length", f"have a length {bound}", Op.LENGTH_OUTSIDE, (low, high), " OR ".join(sides), fault)
