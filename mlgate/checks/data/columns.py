"""Kind `columns`: the contract of each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._shares import refuse_undecidable
from mlgate.checks.data._column_item import ColumnOf
from mlgate.checks.data._contract import ColumnContract
from mlgate.core.check import Check, Item, RowsName


class Columns(Check):
    """Each column is as its contract states: type, nulls, values, uniqueness, distinct values, statistics, order.

    Every property is an item of its own: `<id>.<column>.<property>`.

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

    Not for: conditions over several columns (use `rule`), keys of several columns (use `unique`), a change of the distribution (use `drift`).
    """

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows; a model's have `prediction` and `score` besides the columns of its dataset.")]
    columns: Annotated[dict[str, ColumnContract], Field(min_length=1, description="Column name to contract.")]
    sampled: Annotated[bool, Field(description="The rows are a sample: judge shares with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.sampled:
            for name, contract in self.columns.items():
                if contract.null_share is not None:
                    refuse_undecidable(f"columns.{name}.null_share", contract.null_share)
                if contract.outside_share is not None:
                    refuse_undecidable(f"columns.{name}.outside_share", contract.outside_share)
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        skip = self.when_empty == "skip"
        columns = {name: ColumnOf(self.of, name, self.where, sampled=self.sampled, skip_empty=skip) for name in self.columns}
        return tuple(part for name, contract in self.columns.items() for part in contract.items(columns[name]))
