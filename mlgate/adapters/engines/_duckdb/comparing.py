"""Two values of one column: whether they differ by more than a tolerance, and by how much, as SQL."""

from __future__ import annotations

import math
import re

from mlgate.adapters.engines._duckdb.literals import DUCKDB, Spelling
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import NUMERIC
from mlgate.core.view import Comparison

_SORTS = {**dict.fromkeys(NUMERIC, "number"), "date": "moment", "timestamp": "moment"}
_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_WHOLE_DIGITS = 20  # of the widest integer but HUGEINT
_DIGITS = 38
_WHOLE = 10**37  # below it a whole double is a HUGEINT, and so is the difference of two
BLANKS = r"[ \t\n\r\x{00a0}]+"


class Comparing:
    """What DuckDB says; another engine overrides what it writes otherwise.

    `abs` and `within` (seconds) bound |a - b|, `rel` bounds |a - b| / max(|a|, |b|), `ulp` |a - b| in units of the spacing of floats at
    max(|a|, |b|), as numpy's assert_array_almost_equal_nulp does. A null on one side is a difference; on both it is one where `nulls` says so.
    Differences of integers and of decimals are exact; an integer beside a float is rounded on neither side.
    """

    spelling: Spelling = DUCKDB
    whole = "hugeint"

    def differs(self, how: Comparison, left: Cell, right: Cell) -> str:
        """The condition that two values differ. Raises `MeasurementError` for types that cannot be compared so."""
        self._refuse_misfit(how, left, right)
        both_null = f"{left.sql} is null and {right.sql} is null"
        differ = self._unequal(how, left, right)
        if how.word != "exact" and (close := self._close(how, left, right)) is not None:
            differ = f"({differ}) and ({left.sql} is null or {right.sql} is null or not coalesce({close}, false))"
        nans = [self.nan(cell) for cell in (left, right)] if how.nan == "distinct" else []
        alike = " and ".join(f"not {one}" for one in nans if one is not None)  # neither is NaN
        if any(nans):
            one, other = (nan or "false" for nan in nans)
            differ = f"({differ}) or ({one}) <> ({other})"
        if how.nulls == "mismatch":
            differ = f"({differ}) or ({both_null}{f' and {alike}' if alike else ''})"
        return differ

    def gap(self, how: Comparison, left: Cell, right: Cell) -> str | None:
        """The size of the difference as a double, null where one side is; None where values are only equal or not."""
        sorts = sorts_of(left, right)
        if sorts in ({"moment"}, {"time"}) and how.word in ("within", "exact"):
            return f"abs({self.micros(left)} - {self.micros(right)}) / {self.spelling.double(1e6)}"
        if sorts == {"number"} and how.word != "within":
            return self._number_gap(how.word, left, right)
        return None

    def _refuse_misfit(self, how: Comparison, left: Cell, right: Cell) -> None:
        sorts, name = sorts_of(left, right), how.column
        if len(sorts) > 1:
            what = f"column {name!r} is of type {left.type} on one side and {right.type} on the other"
            raise MeasurementError(what, fix="write the column with one type in both datasets")
        if how.normalise and sorts - {"string"}:
            what = f"normalise: column {name!r} of type {left.type} is no text"
            raise MeasurementError(what, cause="configuration", fix="leave `normalise` out, or name a column of text")
        if how.word != "exact" and sorts and self.gap(how, left, right) is None:
            what = f"tolerance {how.word!r} does not fit column {name!r} of type {left.type}"
            raise MeasurementError(what, cause="configuration", fix="use `exact`, or `within` for times")

    def _unequal(self, how: Comparison, left: Cell, right: Cell) -> str:
        if {left.type, right.type} == {"integer", "float"}:
            integer, real = (left, right) if left.type == "integer" else (right, left)
            as_double = self.unequal(f"cast({integer.sql} as double)", self.double(real))
            return f"({as_double}) or ({self.unequal(integer.sql, self.whole_of(real.sql))})"
        return self.unequal(self.text(how, left), self.text(how, right))

    def _close(self, how: Comparison, left: Cell, right: Cell) -> str | None:
        exact = self._exact(left, right)
        if how.word == "abs" and exact is not None and {left.type, right.type} == {"integer"} and how.amount < _WHOLE:
            return f"{exact} <= {math.floor(how.amount)}"
        size = self.gap(how, left, right)
        return None if size is None else f"{size} <= {self.spelling.double(float(how.amount))}"

    def _number_gap(self, word: str, left: Cell, right: Cell) -> str:
        single = word == "ulp" and "FLOAT" in (left.native, right.native)
        a, b = (f"cast({cell.sql} as {'float' if single else 'double'})" for cell in (left, right))
        largest = f"greatest(abs({a}), abs({b}))"
        size, exact, rounded = f"cast(abs({a} - {b}) as double)", self._exact(left, right), False
        if exact is not None:
            size = f"cast({exact} as double)"
        elif {left.type, right.type} == {"integer", "float"}:
            size = self._mixed(left, right, size)
        else:
            rounded = True
        bounded = size
        if word == "rel":
            bounded = f"{size} / cast({largest} as double)"
        if word == "ulp":
            bounded = f"{size} / {self.spacing(largest, single=single)}"
        zero, infinity = self.spelling.double(0.0), self.spelling.double(math.inf)
        if rounded:  # the difference of two infinities is NaN
            some = f"{a} is not null and {b} is not null"
            return f"case when {a} = {b} then {zero} when {self.infinite(largest)} then {infinity} when {some} then {bounded} end"
        if bounded == size:
            return size
        ends = f"when {size} is null then null when {size} = {zero} then {zero} when {self.infinite(largest)} then {infinity}"
        return f"case {ends} else {bounded} end"

    def _exact(self, left: Cell, right: Cell) -> str | None:
        """|a - b| of integers and decimals, to the last digit; None where a float is among them or 38 digits do not hold it."""
        kinds = {left.type, right.type}
        if not kinds <= {"integer", "decimal"} or {"HUGEINT", "UHUGEINT"} & {left.native, right.native}:
            return None
        if kinds == {"integer"}:
            return f"abs(cast({left.sql} as {self.whole}) - cast({right.sql} as {self.whole}))"
        sizes = [_size(cell) for cell in (left, right)]
        whole, scale = max(one for one, _ in sizes), max(one for _, one in sizes)
        if whole + 1 + scale > _DIGITS:
            return None
        kind = f"decimal({whole + 1 + scale}, {scale})"
        return f"abs(cast({left.sql} as {kind}) - cast({right.sql} as {kind}))"

    def _mixed(self, left: Cell, right: Cell, rounded: str) -> str:
        """Of an integer and a whole float exactly, of an integer and another float, which lies below 2^53, as doubles."""
        integer, real = (left, right) if left.type == "integer" else (right, left)
        value = self.double(real)
        exact = f"cast(abs(cast({integer.sql} as {self.whole}) - {self.whole_of(real.sql)}) as double)"
        limit = self.spelling.double(float(_WHOLE) / 10)
        return f"(case when abs({value}) < {limit} and {value} = floor({value}) then {exact} else {rounded} end)"

    def text(self, how: Comparison, cell: Cell) -> str:
        """The text that is compared; any other value as it is."""
        sql = cell.sql
        if cell.type == "null":
            return sql
        if "unicode" in how.normalise:
            sql = f"nfc_normalize({sql})"
        if "case" in how.normalise:
            sql = f"lower({sql})"
        return f"trim(regexp_replace({sql}, '{BLANKS}', ' ', 'g'))" if "spaces" in how.normalise else sql

    # -- what engines write differently

    def unequal(self, one: str, other: str) -> str:
        return f"{one} is distinct from {other}"

    def double(self, cell: Cell) -> str:
        return f"cast({cell.sql} as double)"

    def whole_of(self, real: str) -> str:
        """A float as the widest integer, null where it is none."""
        return f"try_cast({real} as {self.whole})"

    def nan(self, cell: Cell) -> str | None:
        """Whether the untouched value is NaN; None for types without it."""
        return None if cell.raw is None else f"coalesce(isnan({cell.raw}), false)"

    def infinite(self, value: str) -> str:
        return f"isinf({value})"

    def micros(self, cell: Cell) -> str:
        """Microseconds since 1970 (UTC), of a time of day since midnight."""
        return f"epoch_us({cell.sql if cell.type == 'time' else f'cast({cell.sql} as timestamp)'})"

    def spacing(self, value: str, *, single: bool) -> str:
        """From a float to the next greater one."""
        return f"(nextafter({value}, 'inf'::{'float' if single else 'double'}) - {value})"


def sorts_of(left: Cell, right: Cell) -> set[str]:
    """The sorts of two values that are to be compared: one where they can be."""
    return {sort_of(cell.type) for cell in (left, right)} - {"null"}


def sort_of(kind: str | None) -> str:
    """Types of one sort can be compared."""
    return _SORTS.get(str(kind), str(kind))


def _size(cell: Cell) -> tuple[int, int]:
    """Digits before and after the point."""
    found = _DECIMAL.fullmatch(cell.native)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else (_WHOLE_DIGITS, 0)
