"""The distinct values of a column: how many there are, or which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mlgate.checks._wording import listed, slice_words
from mlgate.checks.data._cells import Cells, distinct_cells, misfit, sql_literal
from mlgate.checks.data._column_item import ColumnItem
from mlgate.core.bound import CellLiteral, NumberBound, RealNumber, plain
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.measured import Measured
from mlgate.core.request import Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact


class Distinct(BaseModel):
    """A bound on the number of distinct non-null values, or the values that must occur (`contains`), or that must occur and no others (`equals`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: Annotated[RealNumber | None, Field(description="Greatest number of distinct values.")] = None
    at_least: Annotated[RealNumber | None, Field(description="Smallest number of distinct values.")] = None
    between: Annotated[tuple[RealNumber, RealNumber] | None, Field(description="Closed range of the number of distinct values.")] = None
    equals: Annotated[RealNumber | Cells | None, Field(description="The number of distinct values, or the list of all of them.")] = None
    contains: Annotated[Cells | None, Field(description="Values that must all occur.")] = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        wanted = self.wanted
        if wanted is not None:
            counts = (self.at_most, self.at_least, self.between)
            if any(value is not None for value in counts) or (self.contains is not None and self.equals is not None):
                raise ValueError("distinct has one meaning: a bound on the number, or `contains`, or `equals` with a list")
            if not wanted:
                raise ValueError("a list of values that holds null alone names no value")
            return self
        try:
            self.bound()
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
        return self

    @property
    def wanted(self) -> tuple[CellLiteral, ...] | None:
        """The values named, None where a number of values is meant."""
        named = self.contains if self.contains is not None else self.equals
        return distinct_cells(named) if isinstance(named, tuple) else None

    def bound(self) -> NumberBound:
        """The bound on the number of values."""
        given = {"at_most": self.at_most, "at_least": self.at_least, "between": self.between, "equals": self.equals}
        return NumberBound(**{key: value for key, value in given.items() if value is not None})


@dataclass(frozen=True)
class DistinctItem(ColumnItem):
    """The distinct values that are not null are as many, or are those, that are stated."""

    distinct: Distinct

    @property
    def says(self) -> str:
        wanted = self.distinct.wanted
        if wanted is None:
            return f"the number of distinct values of {self.at.column} is {self.distinct.bound()}{slice_words(self.at.where)}"
        word = "contain" if self.distinct.contains is not None else "are"
        return f"the distinct values of {self.at.column} {word} {listed([plain(cell) for cell in wanted])}{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)
        wanted = self.distinct.wanted
        if wanted is None:
            yield self.at.ask(scope, Op.DISTINCT)
        elif self._misfit(scope, wanted) is None:
            yield self.at.ask(scope, Op.PRESENT, *wanted)
            if self.distinct.contains is None:
                yield self.at.ask(scope, Op.NOT_IN, *wanted)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n, wanted = self.at.values(scope, measured), self.distinct.wanted
        if wanted is None:
            count = measured[self.at.ask(scope, Op.DISTINCT)]
            low, high = self.distinct.bound().limits
            seen = f"{count:,} distinct values in {n:,}"
            fix = f"see which values of {self.at.column} came or went"
            return (Claim(self.says, Exact(count, n), low=low, high=high, unit="values", seen=seen, fix=fix),)
        return (self._named(wanted, n, scope, measured),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        wanted = self.distinct.wanted
        if wanted is None or self.distinct.contains is not None or self._misfit(scope, wanted):
            return None
        kind = self.at.type(scope)
        literals = ", ".join(sql_literal(cell, kind) for cell in wanted)
        return self.at.offenders(scope, f"{quoted(self.at.column)} NOT IN ({literals})")

    def misfit(self, scope: Scope) -> MeasurementError | None:
        wanted = self.distinct.wanted
        return None if wanted is None else self._misfit(scope, wanted)

    def _named(self, wanted: tuple[CellLiteral, ...], n: int, scope: Scope, measured: Measured) -> Claim:
        fault = self._misfit(scope, wanted)
        if fault is not None and n:
            raise fault
        present = measured[self.at.ask(scope, Op.PRESENT, *wanted)] if fault is None else ()
        missing = [plain(cell) for cell in wanted if cell not in present]
        others = measured[self.at.ask(scope, Op.NOT_IN, *wanted)] if fault is None and self.distinct.contains is None else 0
        said = [f"missing: {listed(missing)}"] * bool(missing) + [f"{others:,} of {n:,} values are others"] * bool(others)
        problems = len(missing) + bool(others)
        fix = "look for a source that stopped delivering, or for new values, and state them here"
        return Claim(self.says, Exact(problems, n, problems), high=0, unit="problems", seen="; ".join(said) or "they do", fix=fix)

    def _misfit(self, scope: Scope, wanted: tuple[CellLiteral, ...]) -> MeasurementError | None:
        return misfit(self.at.type(scope), wanted, self.at.column, key="distinct")
