"""Kind `parity`: training features against served features, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import column_type
from mlgate.checks._shares import NONE, refuse_undecidable, rows_without_violation
from mlgate.checks.skew._as_of import AsOfWord
from mlgate.checks.skew._parity_items import LagItem, ParityItem
from mlgate.checks.skew._tolerance import Tolerance, ToleranceWord
from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, DatasetName, Item
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate, Op
from mlgate.core.scope import Scope
from mlgate.core.view import AsOf, Comparison, Pairs, View

_ALL = ShareBound(at_least=1)


class Parity(Check):
    """Rows with the same key have the same values on both sides, each column within its tolerance.

    The rows of `of` find their partner in `against` over the `key` of both datasets; with `as_of`, among the rows of that key, the newest that is
    not later than their own time. One item per listed column, and `<id>.joined` for the share of rows that found a partner and for keys that
    occur twice (a FAIL of its own; their rows are not compared); without `columns` one item holds all columns that both sides have, compared
    exactly. `<id>.lag` judges how old the rows are that `as_of` finds, where `lag` bounds it.

    Units: `mismatch_share` is a share in [0, 1] of the rows on both sides; `joined_share` of the rows of `of`. Tolerances: `exact`; `abs` in the
    column's unit; `rel` as a share of the larger of the two magnitudes; `ulp` in representable floats between the two; `within` a duration;
    `normalise` texts that are equal apart from `case`, `spaces` or the form of `unicode`. Integers and floats are compared as numbers, neither
    being rounded; -0.0 equals 0.0. Null and NaN are one unless `nan: distinct`: two of them are equal unless `nulls: mismatch`, one of them
    against a value always mismatches. What fails is diagnosed: a finding (a unit, an offset, a division, a rounding, a time zone, a shift, a
    swap, a fill value, an encoding) is stated with the mismatches that it explains, counted over all of them.

    Example:
        - {id: served-features, kind: parity, of: served, against: train, columns: {distance: {rel: 1.0e-6}, carrier: exact},
           mismatch_share: {at_most: 0.001}, joined_share: {at_least: 0.98}}

    Not for: datasets without common rows (use `drift`), predictions of two models (use `compare`).
    """

    family = "skew"
    marks_values = True
    of: Annotated[DatasetName, Field(description="The rows judged, mostly those of serving.")]
    against: Annotated[DatasetName, Field(description="The rows they should equal, mostly those of training.")]
    columns: Annotated[
        dict[str, ToleranceWord] | tuple[str, ...] | None,
        Field(description="Column to tolerance, or a list of columns (exact); default: all that both sides have, exact."),
    ] = None
    mismatch_share: Annotated[ShareBound, Field(description="Bound on the share of joined rows that differ by more than the tolerance.")] = NONE
    joined_share: Annotated[ShareBound, Field(description="Bound on the share of the rows of `of` that find a partner.")] = _ALL
    nulls: Annotated[Literal["equal", "mismatch"], Field(description="What two nulls count as.")] = "equal"
    nan: Annotated[Literal["as_null", "distinct"], Field(description="Whether NaN is a null, or a value that equals NaN alone.")] = "as_null"
    as_of: Annotated[
        AsOfWord | None,
        Field(description="Compare with the newest row not later than one's own: `true`, or the columns `of`, `against` and a bound on the `lag`."),
    ] = None
    sampled: Annotated[bool, Field(description="The rows are a sample: judge mismatch shares with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.sampled:
            refuse_undecidable("mismatch_share", self.mismatch_share)
        if self.columns is not None and not self.columns:
            raise ValueError("columns: an empty list compares nothing; leave it out for all columns")
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        lag = (("lag", LagItem(self)),) if self.as_of is not None and self.as_of.lag is not None else ()
        if self.columns is None:
            return (("", ParityItem(self, None, joined=True)), *lag)
        return (*((name, ParityItem(self, name, joined=False)) for name in self.columns), ("joined", ParityItem(self, "", joined=True)), *lag)

    def required_rows(self, *, alpha: float, power: float) -> str:
        rows = rows_without_violation(self.mismatch_share, alpha)
        return f"{rows:,} joined rows without a mismatch before it can pass" if self.sampled else ""

    def comparisons(self, scope: Scope) -> Mapping[str, Tolerance]:
        """The compared columns with their tolerances."""
        return self.columns if isinstance(self.columns, dict) else dict.fromkeys(self.columns or self.shared(scope), Tolerance())

    def view(self, scope: Scope, *, pairs: Pairs | None = None) -> View:
        """The joined rows. Raises `MeasurementError` where a time of `as_of` is missing."""
        return replace(scope.view(self.of, joined=self.against, where=self.where), as_of=self.times(scope), pairs=pairs)

    def times(self, scope: Scope) -> AsOf | None:
        return None if self.as_of is None else self.as_of.times(scope, self.of, self.against)

    def paired(self, scope: Scope) -> Aggregate:
        """How many rows of each side pair. Raises `MeasurementError` where a side declares no key."""
        for side in (self.of, self.against):
            if not scope.spec(side).key:
                what = f"dataset {side!r} declares no `key`, so its rows have no partner"
                raise MeasurementError(what, cause="configuration", fix=f"add `key: [..]` to datasets.{side}")
            for column in scope.spec(side).key:
                column_type(scope, side, column)
        return Aggregate(Op.PAIRED, None, (), self.view(scope))

    def lags(self, scope: Scope) -> Aggregate | None:
        """How old the rows are that `as_of` finds; None without it."""
        times = self.times(scope)
        if self.as_of is None or times is None:
            return None
        low, high = (None, None) if self.as_of.lag is None else self.as_of.lag.limits
        return Aggregate(Op.LAG, times.of, (low, high), self.view(scope))

    def comparison(self, column: str, tolerance: Tolerance) -> Comparison:
        """How the engine compares two values of a column."""
        return tolerance.comparison(column, self.nulls, self.nan)

    def mismatches(self, scope: Scope, column: str, tolerance: Tolerance) -> Aggregate:
        """How many values of one column differ. Raises `MeasurementError` where it is gone or its types do not fit."""
        left, right = (column_type(scope, side, column) for side in (self.of, self.against))
        if left and right and (fault := tolerance.misfit(column, (left, right), (self.of, self.against))):
            raise fault
        return Aggregate(Op.MISMATCHES, column, self.comparison(column, tolerance).args, self.view(scope))

    def shared(self, scope: Scope) -> tuple[str, ...]:
        """The columns that both sides have, keys and times of `as_of` left out."""
        own, others, times = scope.schema(self.of).types, scope.schema(self.against).types, self.times(scope)
        roles = {*scope.spec(self.of).key, *scope.spec(self.against).key, *((times.of, times.against) if times else ())}
        found = tuple(name for name in own if name in others and name not in roles)
        if not found:
            what = f"{self.of} and {self.against} share no column besides the key"
            raise MeasurementError(what, fix="name the columns, or compare datasets of one layout")
        return found
