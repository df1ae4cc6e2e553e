"""The contract of one column: what may be stated about it, and the items that follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mlgate.checks._shares import NONE
from mlgate.checks.data._column_item import ColumnItem, ColumnOf, ExistsItem, TypeItem
from mlgate.checks.data._column_rows import NullShareItem, OrderItem, UniqueItem, ValuesItem
from mlgate.checks.data._column_statistics import StatisticItem
from mlgate.checks.data._distinct import Distinct, DistinctItem
from mlgate.checks.data._schema_difference import TypeWord
from mlgate.checks.data._values import Values
from mlgate.core.bound import CellBound, NumberBound, Share, ShareBound


def _number_of(key: Any) -> Any:
    """A key as a number: JSON and some YAML writers give keys as text."""
    try:
        return float(key) if isinstance(key, str) else key
    except ValueError:
        return key


_QuantileShare = Annotated[Share, BeforeValidator(_number_of)]


def family_of(word: str) -> str:
    """What overrides what: of several contracts that state the order of a column, one counts."""
    return "order" if word in ("increasing", "decreasing") else word


class ColumnContract(BaseModel):
    """What is stated about one column. Nulls are the business of `null_share` alone; every other property is about the values that are not null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Annotated[TypeWord | None, Field(description="The column's type; `number` is any of integer, float, decimal.")] = None
    null_share: Annotated[ShareBound | None, Field(description="Bound on the share of null and NaN values.")] = None
    values: Annotated[Values | None, Field(description="What every value is like.")] = None
    outside_share: Annotated[ShareBound | None, Field(description="Bound on the share that may break `values` or `unique`; default: none.")] = None
    unique: Annotated[Literal[True] | None, Field(description="No value occurs twice.")] = None
    distinct: Annotated[Distinct | None, Field(description="How many distinct values there are, or which.")] = None
    mean: Annotated[NumberBound | None, Field(description="Bound on the mean.")] = None
    std: Annotated[NumberBound | None, Field(description="Bound on the sample standard deviation (n - 1).")] = None
    min: Annotated[CellBound | None, Field(description="Bound on the smallest value.")] = None
    max: Annotated[CellBound | None, Field(description="Bound on the greatest value.")] = None
    median: Annotated[CellBound | None, Field(description="Bound on the median.")] = None
    sum: Annotated[NumberBound | None, Field(description="Bound on the sum.")] = None
    quantiles: Annotated[dict[_QuantileShare, CellBound] | None, Field(min_length=1, description="Bounds by share: {0.5: ..} is the median.")] = None
    increasing: Annotated[Literal[True, "strictly"] | None, Field(description="Values never fall in file order (`strictly`: always rise).")] = None
    decreasing: Annotated[Literal[True, "strictly"] | None, Field(description="Values never rise in file order (`strictly`: always fall).")] = None

    @model_validator(mode="after")
    def _every_key_says_something(self) -> Self:
        if self.outside_share is not None and self.values is None and self.unique is None:
            raise ValueError("outside_share tolerates values that break `values` or `unique`, and neither is stated")
        if self.increasing and self.decreasing:
            raise ValueError("a column is increasing or decreasing, not both")
        return self

    def properties(self, at: ColumnOf) -> Iterator[tuple[str, ColumnItem]]:
        """The items by property (`null_share`, `quantiles.0.5`); a contract that states nothing asks, under "", that the column exists."""
        found = [*self._row_items(at), *self._statistic_items(at)]
        yield from found or [("", ExistsItem(at))]

    @property
    def words(self) -> tuple[str, ...]:
        """The properties it states, by name."""
        return tuple(word for word, _ in self.properties(ColumnOf("", "", None)))

    def _row_items(self, at: ColumnOf) -> Iterator[tuple[str, ColumnItem]]:
        outside = self.outside_share or NONE
        if self.type is not None:
            yield "type", TypeItem(at, self.type)
        if self.null_share is not None:
            yield "null_share", NullShareItem(at, self.null_share)
        if self.values is not None:
            yield "values", ValuesItem(at, self.values, outside)
        if self.unique:
            yield "unique", UniqueItem(at, outside)
        if self.distinct is not None:
            yield "distinct", DistinctItem(at, self.distinct)
        if self.increasing:
            yield "increasing", OrderItem(at, "increasing", self.increasing == "strictly")
        if self.decreasing:
            yield "decreasing", OrderItem(at, "decreasing", self.decreasing == "strictly")

    def _statistic_items(self, at: ColumnOf) -> Iterator[tuple[str, ColumnItem]]:
        bounds = {"mean": self.mean, "std": self.std, "min": self.min, "max": self.max, "median": self.median, "sum": self.sum}
        for word, bound in bounds.items():
            if bound is not None:
                yield word, StatisticItem(at, word, bound)
        for share, quantile in (self.quantiles or {}).items():
            yield f"quantiles.{share:g}", StatisticItem(at, "quantile", quantile, share)
