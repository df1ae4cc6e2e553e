"""Kind `unique`: no row twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import column_type, repeated_rows
from mlgate.checks._shares import NONE, refuse_undecidable, share_of
from mlgate.checks._wording import share_words, slice_words
from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing


class Unique(Check):
    """No two rows have the same values in the listed columns together.

    Units: `duplicate_share` is the share of rows in [0, 1] that come after the first of their group (three equal rows are two duplicates).
    A null equals a null; rows in which all listed columns are null are left out.

    Example:
        - {id: one-row-a-flight, kind: unique, of: current, columns: [carrier, flight, time_hour]}
        - {id: few-repeats, kind: unique, of: current, columns: [tailnum, time_hour], duplicate_share: {at_most: 0.001}}

    Not for: the key of one column beside other properties of it (use `columns` with `unique: true`).
    """

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows that must differ.")]
    columns: Annotated[Names, Field(description="The columns that must differ together; default: the dataset's `key`.")] = ()
    duplicate_share: Annotated[ShareBound, Field(description="Bound on the share of rows beyond the first of their group.")] = NONE
    sampled: Annotated[bool, Field(description="The rows are a sample: judge the share with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.sampled:
            refuse_undecidable("duplicate_share", self.duplicate_share)
        return self

    def requests(self, scope: Scope) -> Iterable[Request]:
        for column in self._columns(scope):
            column_type(scope, self.of, column)
        yield self._count(scope)
        yield self._duplicates(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        columns = self._columns(scope)
        low, high = self.duplicate_share.limits
        together = f"{', '.join(columns)}{' together' if len(columns) > 1 else ''}"
        bound = "no duplicates" if high == 0 else f"a share of duplicates {self.duplicate_share}"
        says = f"{self.of} has {bound} over {together}{slice_words(self.where)}"
        if measured[self._count(scope)] == 0:
            return (Claim(says, Nothing("no rows"), low=low, high=high, unit="share"),)
        beyond, groups, counted = measured[self._duplicates(scope)]
        seen = share_words(beyond, counted, sampled=self.sampled) + (
            f" come after the first of {groups:,} repeated keys" if groups else " are duplicates"
        )
        statistic = share_of(beyond, counted, sampled=self.sampled)
        fix = "remove the repeated rows where they are written, or add the column that tells them apart"
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return repeated_rows(scope, self.of, self.where, self._columns(scope))

    def _columns(self, scope: Scope) -> tuple[str, ...]:
        columns = self.columns or scope.spec(self.of).key
        if not columns:
            dataset = scope.dataset_of(self.of)
            raise MeasurementError(
                f"nothing to be unique over: no `columns`, and dataset {dataset!r} declares no `key`",
                cause="configuration",
                fix=f"add `columns: [..]` to the check or `key: [..]` to datasets.{dataset}",
            )
        return columns

    def _count(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), scope.view(self.of, where=self.where))

    def _duplicates(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.DUPLICATES, None, self._columns(scope), scope.view(self.of, where=self.where))
