"""Kind `references`: values that must exist elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks._shares import NONE, refuse_undecidable, share_of
from mlgate.checks._wording import examples, share_words, slice_words
from mlgate.checks.data._cells import comparable
from mlgate.checks.data._picked import Combination, rows_with
from mlgate.core.bound import ShareBound, plain
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Counts, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.table_schema import NUMERIC, TypeName

_NESTED = frozenset({"list", "struct", "map"})


class References(Check):
    """Every value of a column exists in a column of another dataset, as a foreign key does.

    Units: `missing_share` is the share in [0, 1] of the rows with a value that `against` does not have. A null is not judged (it is the business
    of `null_share`), nor is a row with a null in one of several columns. Several columns are looked up together. Text is compared exactly, numbers
    as numbers, times as points in time; `where` is a slice of `of`, all rows of `against` count.

    The distinct values of both sides are held in memory.

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
        yield self._counts(scope)
        yield self._known(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.missing_share.limits
        here, there = ", ".join(self.column), f"{', '.join(self._there)} of {self.against}"
        some = f"the share of {here} of {self.of} that {there} lacks is {self.missing_share}"
        says = (f"every {here} of {self.of} exists in {there}" if high == 0 else some) + slice_words(self.where)
        counts: Mapping[Combination, int] = measured[self._counts(scope)]
        if not counts:
            return (Claim(says, Nothing("no rows"), low=low, high=high, unit="share"),)
        judged = sum(rows for values, rows in counts.items() if None not in values)
        missing = self._missing(scope, measured)
        lost = sum(missing.values())
        seen = f"{share_words(lost, judged, sampled=self.sampled)} have no match" if judged else "no values"
        details = list(examples("missing values", missing, self._words, scope.samples))
        if not measured[self._known(scope)]:
            details.append(f"{self.against} has no rows")
        fix = f"load the rows that {self.against} lacks, or mend how {', '.join(self.column)} is written"
        statistic = share_of(lost, judged, sampled=self.sampled)
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=tuple(details), fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        wanted = list(self._missing(scope, measured))[: scope.samples]
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

    def _counts(self, scope: Scope) -> Counts:
        return Counts(self.column, scope.view(self.of, where=self.where))

    def _known(self, scope: Scope) -> Counts:
        return Counts(self._there, scope.view(self.against))

    def _types(self, scope: Scope) -> tuple[tuple[TypeName | None, TypeName | None], ...]:
        """The types of each column here and there. Raises `MeasurementError` where their values can never be equal."""
        found = []
        for name, other in zip(self.column, self._there, strict=True):
            here, there = column_type(scope, self.of, name), column_type(scope, self.against, other)
            for side, column, kind in ((self.of, name, here), (self.against, other, there)):
                if kind in _NESTED:
                    what = f"{side}: column {column!r} of type {kind} cannot be looked up"
                    raise MeasurementError(what, cause="configuration", fix="name a plain column")
            if None not in (here, there) and "null" not in (here, there) and _family(here) != _family(there):
                what = f"column {name!r} is {here} in {self.of}, and {other!r} is {there} in {self.against}: no value can exist in both"
                raise MeasurementError(what, fix="write both columns with one type")
            found.append((here, there))
        return tuple(found)

    def _missing(self, scope: Scope, measured: Measured) -> dict[Combination, int]:
        """Rows per combination that has no match, most frequent first."""
        here, there = zip(*self._types(scope), strict=True)
        known = {_plain(values, there) for values in measured[self._known(scope)]}
        counts: Mapping[Combination, int] = measured[self._counts(scope)]
        lost = {values: rows for values, rows in counts.items() if None not in values and _plain(values, here) not in known}
        return dict(sorted(lost.items(), key=lambda item: (-item[1], str(item[0]))))


def _family(kind: TypeName | None) -> str | None:
    return "number" if kind in NUMERIC else "moment" if kind in ("date", "timestamp") else kind


def _plain(values: Combination, kinds: Sequence[TypeName | None]) -> Combination:
    """Values in the form in which equal ones of two types are equal."""
    return tuple(_as_number(comparable(kind, value)) for value, kind in zip(values, kinds, strict=True))


def _as_number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) and value != value.to_integral_value() else value
