"""Kind `references`: values that must exist elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import both, offending_rows
from mlgate.checks._shares import NONE, refuse_undecidable, share_of
from mlgate.checks._wording import listed, share_words, slice_words
from mlgate.checks.data._looked_up import looked_up_types
from mlgate.checks.data._picked import Combination, rows_with
from mlgate.core.bound import ShareBound, plain
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.expression import Expression
from mlgate.core.gate import Names
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Matched, Op, Overlap, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.table_schema import TypeName

_MOST_SHOWN = 100


class References(Check):
    """Every value of a column exists in a column of another dataset, as a foreign key does.

    Units: `missing_share` is the share in [0, 1] of the rows with a value that `against` does not have. A null is not judged (it is the business
    of `null_share`), nor is a row with a null in one of several columns. Several columns are looked up together. Text is compared exactly, numbers
    as numbers, times as points in time; `where` is a slice of `of`, all rows of `against` count.

    Example:
        - {id: known-flights, kind: references, of: served, column: flight_id, against: train}
        - {id: known-routes, kind: references, of: current, column: [origin, dest], against: train, missing_share: {at_most: 0.01}}
        - {id: known-tails, kind: references, of: current, column: tailnum, against: train, against_column: tail}

    Not for: values that can be listed in the gate file (use `columns` with `values: {in: [..]}`), or rows that must agree (use `parity`).
    """

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows whose values are looked up.")]
    column: Annotated[Names, Field(min_length=1, description="The column, or several that are looked up together.")]
    against: Annotated[RowsName, Field(description="The rows that must have them.")]
    against_column: Annotated[Names, Field(description="The column of `against`, or as many as `column` has; default: of the same name.")] = ()
    missing_share: Annotated[ShareBound, Field(description="Bound on the share of rows whose value does not exist there.")] = NONE
    sampled: Annotated[bool, Field(description="The rows are a sample: judge the share with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.against_column and len(self.against_column) != len(self.column):
            raise ValueError(f"against_column names {len(self.against_column)} columns for {len(self.column)} of column")
        if self.sampled:
            refuse_undecidable("missing_share", self.missing_share)
        return self

    def requests(self, scope: Scope) -> Iterable[Request]:
        self._types(scope)
        yield self._count(scope, self.of, self.where)
        yield self._count(scope, self.against, None)
        yield self._looked_up(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.missing_share.limits
        here, there = ", ".join(self.column), f"{', '.join(self._there)} of {self.against}"
        some = f"the share of {here} of {self.of} that {there} lacks is {self.missing_share}"
        says = (f"every {here} of {self.of} exists in {there}" if high == 0 else some) + slice_words(self.where)
        if measured[self._count(scope, self.of, self.where)] == 0:
            return (Claim(says, Nothing("no rows"), low=low, high=high, unit="share"),)
        matched: Matched = measured[self._looked_up(scope)]
        judged, lost = matched.rows, matched.rows - matched.found
        seen = f"{share_words(lost, judged, sampled=self.sampled)} have no match" if judged else "no values"
        if scope.samples and matched.lost:
            told = [f"{self._words(values)} ({rows:,})" for values, rows in matched.lost]
            details = [f"missing values: {listed(told, matched.lost_values, shown=scope.samples)}"]
        else:
            details = []
        if measured[self._count(scope, self.against, None)] == 0:
            details.append(f"{self.against} has no rows")
        fix = f"load the rows that {self.against} lacks, or mend how {', '.join(self.column)} is written"
        statistic = share_of(lost, judged, sampled=self.sampled)
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=tuple(details), fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        wanted = [values for values, _ in measured[self._looked_up(scope)].lost][: scope.samples]
        if not wanted:
            return None
        kinds = {name: kind for name, (kind, _) in zip(self.column, self._types(scope), strict=True)}
        where = both(self.where, rows_with(kinds, wanted))
        return offending_rows(scope, self.of, scope.view(self.of, where=where), self.column)

    def _words(self, values: Combination) -> str:
        return ", ".join(
            cell(name, plain(value) if isinstance(value, (bool, int, float)) else value) for name, value in zip(self.column, values, strict=True)
        )

    @property
    def _there(self) -> tuple[str, ...]:
        return self.against_column or self.column

    def _count(self, scope: Scope, of: str, where: Expression | None) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), scope.view(of, where=where))

    def _looked_up(self, scope: Scope) -> Overlap:
        return Overlap(self.column, scope.view(self.of, where=self.where), self._there, scope.view(self.against), shown=_MOST_SHOWN)

    def _types(self, scope: Scope) -> tuple[tuple[TypeName | None, TypeName | None], ...]:
        return looked_up_types(scope, (self.of, self.column), (self.against, self._there))
