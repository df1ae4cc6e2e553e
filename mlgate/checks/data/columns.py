"""Kind `columns`: the contract of each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._shares import refuse_undecidable
from mlgate.checks.data._column_group import ColumnGroup
from mlgate.checks.data._column_item import ColumnOf
from mlgate.checks.data._contract import ColumnContract, family_of
from mlgate.checks.data._schema_difference import TypeWord
from mlgate.checks.data._selector import Rivals, Selector
from mlgate.core.check import Check, Item, RowsName
from mlgate.core.gate import Names


class Columns(Check):
    """Each column is as its contract states: type, nulls, values, uniqueness, distinct values, statistics, order.

    Every property is an item of its own: `<id>.<column>.<property>`. A key of `columns` is a column's name, a shell pattern (`dep_*`, `f_[0-9]?`,
    `[!_]*`; case counts) or `all`; `types` states the same of all columns of a type. A property of such a key is one item,
    `<id>.<key>.<property>`, with a claim for each column: it names the columns that break it and shows rows of the worst.
    Property by property, a column's own contract overrides a pattern's, that overrides its type's (`number` last), and that overrides the one of
    `all`; where two patterns state the same of a column, both must hold. `all` is all: keys, label and time too, unless `but` leaves
    them out of `all`, patterns and types. A key left with no column to judge is an ERROR (`when_empty: skip` allows it). Where a property does not
    fit a column's type (the mean of text), `all` and `types` leave the column out and say so; a pattern is an ERROR.
    In a key, `[*]` stands for the character itself: `price[*]` is the column `price*`, `f[[]0]` is `f[0]`, `[a]ll` is `all`. A field of a struct is
    named `address.zip`, where no column has that name.

    Units: shares are in [0, 1]; `null_share` is of all rows, `outside_share` of the values that are not null; statistics are in the unit of the
    column; `length` is in characters; quantiles interpolate linearly between neighbours (as numpy does). NaN is a null. Dates and timestamps are
    compared with ISO text, text by code point. A row-level property over no values passes; a statistic of no values (mean of an empty column)
    is a FAIL; a dataset without rows is INCONCLUSIVE.

    Example:
        - id: current-contract
          kind: columns
          of: current
          columns:
            carrier:   {type: string, null_share: {at_most: 0}, values: {in: [AA, B6, DL, UA]}}
            dep_delay: {type: number, null_share: {at_most: 0.03}, values: {between: [-60, 1500]}, outside_share: {at_most: 0.001}}
            flight_id: {unique: true}
            time_hour: {increasing: true, max: {at_most: '2013-12-31T23:00:00'}}
            distance:  {mean: {between: [900, 1200]}, quantiles: {0.95: {at_most: 2586}}}
        - id: wide-contract
          kind: columns
          of: current
          columns:
            all:       {null_share: {at_most: 0.01}}
            dep_*:     {values: {between: [-60, 1500]}}
            dep_delay: {null_share: {at_most: 0.03}}
          types: {string: {values: {length: {between: [1, 40]}}}}
          but: [tailnum]

    Not for: conditions over several columns (use `rule`), keys of several columns (use `unique`), a change of the distribution (use `drift`).
    """

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows; a model's have `prediction` and `score` besides the columns of its dataset.")]
    columns: Annotated[dict[str, ColumnContract], Field(default_factory=dict, min_length=1, description="Name, shell pattern or `all` to contract.")]
    types: Annotated[dict[TypeWord, ColumnContract], Field(default_factory=dict, min_length=1, description="Type to contract of all its columns.")]
    but: Annotated[Names, Field(min_length=1, description="Names or patterns of columns that patterns, `all` and `types` leave out.")] = ()
    sampled: Annotated[bool, Field(description="The rows are a sample: judge shares with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if not self.columns and not self.types:
            raise ValueError("columns needs `columns: {<name, pattern or all>: <contract>}`, or `types: {<type>: <contract>}`")
        for selector, contract in self._contracts():
            if selector.is_default and contract.words == ("",):
                raise ValueError(f"{selector.part} states nothing about its columns: name a property, or delete it")
        if self.but and all(selector.sort == "column" for selector, _ in self._contracts()):
            raise ValueError("`but` leaves columns out of patterns, `all` and `types`, and there are none: delete it")
        return self

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        for selector, contract in self._contracts() if self.sampled else ():
            key = f"types.{selector.of_type}" if selector.of_type else f"columns.{selector.key}"
            if contract.null_share is not None:
                refuse_undecidable(f"{key}.null_share", contract.null_share)
            if contract.outside_share is not None:
                refuse_undecidable(f"{key}.outside_share", contract.outside_share)
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        contracts = self._contracts()
        rivals = Rivals(
            tuple((selector, frozenset(map(family_of, contract.words))) for selector, contract in contracts),
            tuple(Selector(key) for key in self.but),
        )
        return tuple(part for selector, contract in contracts for part in self._items(selector, contract, rivals))

    def _contracts(self) -> tuple[tuple[Selector, ColumnContract], ...]:
        keys = [Selector(key) for key in self.columns] + [Selector(word, word) for word in self.types]
        return tuple(zip(keys, (*self.columns.values(), *self.types.values()), strict=True))

    def _items(self, selector: Selector, contract: ColumnContract, rivals: Rivals) -> Iterator[tuple[str, Item]]:
        name = selector.key if selector.literal is None else selector.literal
        at = ColumnOf(self.of, name, self.where, sampled=self.sampled, skip_empty=self.when_empty == "skip")
        for word, item in contract.properties(at):
            part = f"{selector.part}.{word}" if word else selector.part
            yield part, item if selector.sort == "column" else ColumnGroup(at, selector, contract, word, rivals)
