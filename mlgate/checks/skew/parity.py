"""Kind `parity`: training features against served features, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import both, column_type, repeated_rows
from mlgate.checks._shares import NONE, refuse_undecidable, rows_without_violation, share_of
from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.skew._differences import differs, gap, joined, with_partner, without_partner
from mlgate.checks.skew._tolerance import Tolerance, ToleranceWord
from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, DatasetName, Item
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import NUMERIC

_ALL = ShareBound(at_least=1)


class Parity(Check):
    """Rows with the same key have the same values on both sides, each column within its tolerance.

    The rows of `of` find their partner in `against` over the `key` of both datasets. One item per listed column, and `<id>.joined` for the
    share of rows that found a partner and for keys that occur twice (a FAIL of its own; their rows are not compared); without `columns` one
    item holds all columns that both sides have, compared exactly.

    Units: `mismatch_share` is a share in [0, 1] of the rows on both sides; `joined_share` of the rows of `of`. Tolerances: `exact`; `abs` in the
    column's unit; `rel` as a share of the larger of the two magnitudes; `ulp` in representable floats between the two; `within` a duration.
    Null and NaN are one: two of them are equal unless `nulls: mismatch`, one of them against a value always mismatches.

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
    sampled: Annotated[bool, Field(description="The rows are a sample: judge mismatch shares with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.sampled:
            refuse_undecidable("mismatch_share", self.mismatch_share)
        if self.columns is not None and not self.columns:
            raise ValueError("columns: an empty list compares nothing; leave it out for all columns")
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        if self.columns is None:
            return (("", _ParityItem(self, None, joined=True)),)
        return (*((name, _ParityItem(self, name, joined=False)) for name in self.columns), ("joined", _ParityItem(self, "", joined=True)))

    def required_rows(self, *, alpha: float, power: float) -> str:
        rows = rows_without_violation(self.mismatch_share, alpha)
        return f"{rows:,} joined rows without a mismatch before it can pass" if self.sampled else ""

    def tolerances(self, scope: Scope) -> Mapping[str, Tolerance]:
        """The compared columns with their tolerances."""
        return self.columns if isinstance(self.columns, dict) else dict.fromkeys(self.columns or self._shared(scope), Tolerance())

    def paired(self, scope: Scope) -> Aggregate:
        """How many rows of each side pair. Raises `MeasurementError` where a side declares no key."""
        for side in (self.of, self.against):
            if not scope.spec(side).key:
                what = f"dataset {side!r} declares no `key`, so its rows have no partner"
                raise MeasurementError(what, cause="configuration", fix=f"add `key: [..]` to datasets.{side}")
            for column in scope.spec(side).key:
                column_type(scope, side, column)
        return Aggregate(Op.PAIRED, None, (), scope.view(self.of, joined=self.against, where=self.where))

    def mismatches(self, scope: Scope, column: str, tolerance: Tolerance) -> Aggregate:
        """How many values of one column differ. Raises `MeasurementError` where it is gone or its types do not fit."""
        left, right = (column_type(scope, side, column) for side in (self.of, self.against))
        if left and right and (fault := tolerance.misfit(column, (left, right), (self.of, self.against))):
            raise fault
        return Aggregate(
            Op.MISMATCHES, column, (tolerance.word, tolerance.amount, self.nulls), scope.view(self.of, joined=self.against, where=self.where)
        )

    def _shared(self, scope: Scope) -> tuple[str, ...]:
        own, others = scope.schema(self.of).types, scope.schema(self.against).types
        keys = {*scope.spec(self.of).key, *scope.spec(self.against).key}
        shared = tuple(name for name in own if name in others and name not in keys)
        if not shared:
            what = f"{self.of} and {self.against} share no column besides the key"
            raise MeasurementError(what, fix="name the columns, or compare datasets of one layout")
        return shared


@dataclass(frozen=True)
class _ParityItem:
    """One column, or the pairing (""), or the pairing and all columns (None)."""

    check: Parity
    column: str | None
    joined: bool

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self.check.paired(scope)
        for name, tolerance in self._columns(scope).items():
            yield self.check.mismatches(scope, name, tolerance)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        made = self._joined_claims(scope, measured) if self.joined else []
        for name, tolerance in self._columns(scope).items():
            made.append(self._column_claim(name, tolerance, measured[self.check.mismatches(scope, name, tolerance)]))
        return made

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        check = self.check
        low, high = check.mismatch_share.limits
        for name, tolerance in self._columns(scope).items():
            request = check.mismatches(scope, name, tolerance)
            compared, mismatched, _ = measured[request]
            if compared and not (low or 0) <= mismatched / compared <= (1 if high is None else high):
                return self._worst(scope, name, tolerance)
        if not self.joined:
            return None
        _, _, _, double, double_against = measured[check.paired(scope)]
        for of, doubles in ((check.of, double), (check.against, double_against)):
            if doubles:
                return repeated_rows(scope, of, check.where if of == check.of else None, scope.spec(of).key)
        keys = scope.spec(check.of).key, scope.spec(check.against).key
        view = scope.view(check.of, joined=check.against, where=both(check.where, without_partner(*keys)))
        return Rows(keys[0], view, limit=scope.samples)

    def _worst(self, scope: Scope, column: str, tolerance: Tolerance) -> Rows:
        """The rows of both sides whose values differ, the greatest difference first."""
        check = self.check
        keys = scope.spec(check.of).key, scope.spec(check.against).key
        kind = column_type(scope, check.of, column)
        differing = differs(column, tolerance, numeric=kind in NUMERIC, nulls_differ=check.nulls == "mismatch")
        view = scope.view(check.of, joined=check.against, where=both(check.where, both(with_partner(*keys), differing)))
        shown = tuple(dict.fromkeys((*keys[0], column, joined(column))))
        return Rows(shown, view, limit=scope.samples, largest=gap(column, tolerance, numeric=kind in NUMERIC))

    def _columns(self, scope: Scope) -> Mapping[str, Tolerance]:
        if self.column == "":
            return {}
        chosen = self.check.tolerances(scope)
        return chosen if self.column is None else {self.column: chosen[self.column]}

    def _joined_claims(self, scope: Scope, measured: Measured) -> list[Claim]:
        answer: tuple[int, int, int, int, int] = measured[self.check.paired(scope)]
        joined = self._joined_claim(scope, answer)
        return [joined] if isinstance(joined.statistic, Nothing) and not any(answer[3:]) else [joined, self._double_claim(scope, answer)]

    def _joined_claim(self, scope: Scope, answer: tuple[int, int, int, int, int]) -> Claim:
        check = self.check
        paired, alone, alone_against, double, _ = answer
        low, high = check.joined_share.limits
        says = f"the share of rows of {check.of} with a partner in {check.against} is {check.joined_share}{slice_words(check.where)}"
        n = paired + alone
        if n == 0:
            if not double and check.where is None and check.when_empty != "skip":
                raise MeasurementError(
                    f"{check.of} has no rows at all", fix="find why the load is empty; `when_empty: skip` where that is as it should be"
                )
            why = f"no row of {check.of} has a key of its own" if double else f"no rows in {check.of}"
            return Claim(says, Nothing(why), low=low, high=high, part="joined")
        seen = f"{share_words(paired, n)}; {alone_against:,} rows of {check.against} without a partner"
        fix = f"look for rows that one side lost, or for a {', '.join(scope.spec(check.of).key)} that is written differently"
        return Claim(says, Exact(paired / n, n, alone), low=low, high=high, unit="share", seen=seen, part="joined", fix=fix)

    def _double_claim(self, scope: Scope, answer: tuple[int, int, int, int, int]) -> Claim:
        check = self.check
        doubles = sum(answer[3:])
        found = [f"{count:,} in {side}" for count, side in zip(answer[3:], (check.of, check.against), strict=True) if count]
        return Claim(
            f"no {', '.join(scope.spec(check.of).key)} occurs twice in {check.of} or {check.against}",
            Exact(doubles, sum(answer[:2]) + doubles, doubles),
            high=0,
            unit="keys",
            seen=f"keys that occur more than once: {' and '.join(found)}; their rows are not compared" if found else "none does",
            part="duplicate keys",
            fix="remove the repeated rows, or add the column that tells them apart to `key`",
        )

    def _column_claim(self, name: str, tolerance: Tolerance, answer: tuple[int, int, float | None]) -> Claim:
        check = self.check
        compared, mismatched, worst = answer
        low, high = check.mismatch_share.limits
        share = "" if high == 0 else f", the share of mismatches {check.mismatch_share}"
        says = f"{name} of {check.of} equals that of {check.against} {tolerance}{share}{slice_words(check.where)}"
        part = name if self.column is None else ""
        if compared == 0:
            return Claim(says, Nothing("no row found a partner"), low=low, high=high, part=part)
        seen = f"{share_words(mismatched, compared, sampled=check.sampled)} mismatch"
        if worst and mismatched:  # 0 where only nulls differ
            unit = " s" if tolerance.word == "within" else " ulp" if tolerance.word == "ulp" else ""
            seen += f", the worst by {cell(name, f'{worst:.6g}')}{unit}"
        statistic = share_of(mismatched, compared, sampled=check.sampled)
        fix = f"compare the code that computes {name} on both sides, starting from the rows below"
        return Claim(says, statistic, low=low, high=high, unit="share", seen=seen, part=part, fix=fix)
