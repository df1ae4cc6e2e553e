"""Each word of `Op` as SQL: one function per word, giving select expressions and how their answers are read.

Every form is tested to equal the plain one on nulls, NaN, infinities and empty input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mlgate.adapters.engines._duckdb.joined import examples, lag, mismatches, paired
from mlgate.adapters.engines._duckdb.lens import Lens
from mlgate.adapters.engines._duckdb.literals import bound
from mlgate.adapters.engines._duckdb.membership import is_in, is_not_in, members
from mlgate.adapters.engines._duckdb.quantiles import Ordered
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression, text_literal
from mlgate.core.request import Aggregate, Op
from mlgate.core.table_schema import NUMERIC

EXACT_SUM = 18  # digits of decimals whose sum over 10^20 rows fits into the 38 digits that DuckDB sums in


@dataclass(frozen=True)
class Form:
    """Select expressions of one request, and how the answer is read from their values."""

    parts: tuple[str, ...]
    read: Callable[[Row], Any]


def form(request: Aggregate, lens: Lens) -> Form:
    """The SQL of one request. Raises `MeasurementError` for what cannot be asked of its column."""
    return _FORMS[request.op](request, lens)


def _count(lens: Lens, condition: str) -> Form:
    return Form((f"countif({lens.within(condition)})",), _as_count)


def _counts(lens: Lens, sides: Sequence[str]) -> Form:
    """Conditions that exclude each other, counted apart: DuckDB plans 300 counts of `a or b` for 0.6 s, of `a` and `b` alone for 0.15 s."""
    return Form(tuple(f"countif({lens.within(side)})" for side in sides), lambda row: sum(int(count or 0) for count in row))


def _as_count(row: Row) -> int:
    return int(row[0] or 0)  # countif over no rows is null


def _first(row: Row) -> Any:
    return row[0]


def _of(request: Aggregate, lens: Lens) -> Cell:
    if request.of is None:
        raise MeasurementError(f"{request.op.value} needs a column", cause="configuration")
    return lens.cell(request.of)


def _numeric(request: Aggregate, lens: Lens, *, also: tuple[str, ...] = ()) -> Cell:
    cell = _of(request, lens)
    if cell.type is not None and cell.type not in (*NUMERIC, "null", "other", *also):
        raise MeasurementError(f"{request.op.value} needs numbers, {cell.name!r} is of type {cell.type}", cause="configuration")
    return cell


def _textual(request: Aggregate, lens: Lens) -> Cell:
    cell = _of(request, lens)
    if cell.type not in (None, "string", "null"):
        raise MeasurementError(f"{request.op.value} needs text, {cell.name!r} is of type {cell.type}", cause="configuration")
    return Cell(cell.name, f"cast({cell.sql} as varchar)", "string") if cell.type == "null" else cell


def _rows(_: Aggregate, lens: Lens) -> Form:
    return Form((lens.rows,), _as_count)


def _nulls(request: Aggregate, lens: Lens) -> Form:
    """Rows without values: counting values takes half of the time that asking each row for null does."""
    value = lens.value(_of(request, lens).sql)
    return Form((lens.rows, f"count({value})"), lambda row: int(row[0] or 0) - int(row[1] or 0))


def _nan(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return Form((), lambda _: 0) if cell.raw is None else _count(lens, f"isnan({cell.raw})")


def _infinite(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return _count(lens, f"isinf({cell.sql})") if cell.type == "float" else Form((), lambda _: 0)


def _outside(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    low, high = request.args
    sides = [f"{cell.sql} < {bound(low, cell, low=True)}"] if low is not None else []
    sides += [f"{cell.sql} > {bound(high, cell, low=False)}"] if high is not None else []
    return _counts(lens, sides)


def _in(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return _count(lens, is_in(cell, members(request.args, cell)))


def _not_in(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return _count(lens, is_not_in(cell, members(request.args, cell)))


def _matching(request: Aggregate, lens: Lens) -> Form:
    return _count(lens, f"regexp_matches({_textual(request, lens).sql}, {text_literal(str(request.args[0]))})")


def _not_matching(request: Aggregate, lens: Lens) -> Form:
    return _count(lens, f"not regexp_matches({_textual(request, lens).sql}, {text_literal(str(request.args[0]))})")


def _length_outside(request: Aggregate, lens: Lens) -> Form:
    length = Cell("length", f"length({_textual(request, lens).sql})", "integer")
    low, high = request.args
    sides = [f"{length.sql} < {bound(low, length, low=True)}"] if low is not None else []
    sides += [f"{length.sql} > {bound(high, length, low=False)}"] if high is not None else []
    return _counts(lens, sides)


def _violates(request: Aggregate, lens: Lens) -> Form:
    """Conditions as 1 (true), 0 (false), 2 (null), and null where evaluating them fails on that row."""
    nulls, when = request.args
    code = _code(_of(request, lens))
    broken = f"{code} = 0" if nulls == "skip" else f"{code} in (0, 2)"
    if not isinstance(when, Expression):
        matched, failed = "true", f"{code} is null"
    else:
        chosen = _code(lens.cell(when))
        matched = f"({chosen} = 1 or {chosen} is null)"
        broken, failed = f"{chosen} = 1 and {broken}", f"({chosen} is null or ({chosen} = 1 and {code} is null))"
    parts = tuple(f"countif({lens.within(condition)})" for condition in (matched, broken, failed))
    return Form(parts, lambda row: tuple(int(value or 0) for value in row))


def _code(cell: Cell) -> str:
    return f"try(coalesce(cast(cast(({cell.sql}) as boolean) as tinyint), 2))"


def _min(request: Aggregate, lens: Lens) -> Form:
    return _extreme("min", request, lens)


def _max(request: Aggregate, lens: Lens) -> Form:
    return _extreme("max", request, lens)


def _extreme(word: str, request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    extreme = f"{word}({lens.value(cell.sql)})"
    return _exact_decimal(extreme) if cell.type == "decimal" else Form((extreme,), _first)


def _exact_decimal(number: str) -> Form:
    """A decimal to its last digit, as text: as a double it would meet a bound that it misses by little."""
    return Form((f"cast({number} as varchar)",), lambda row: None if row[0] is None else Decimal(row[0]))


def _sum(request: Aggregate, lens: Lens) -> Form:
    cell = _numeric(request, lens, also=("boolean",))
    value = lens.value(f"cast({cell.sql} as int)" if cell.type == "boolean" else cell.sql)
    if cell.type in ("integer", "boolean"):
        return Form((f"sum({value})",), lambda row: None if row[0] is None else int(row[0]))
    if (digits := re.fullmatch(r"DECIMAL\((\d+), ?\d+\)", cell.native)) and int(digits[1]) <= EXACT_SUM:
        return _exact_decimal(f"sum({value})")
    return Form((_exactly("sum", "fsum", value),), _first)


def _mean(request: Aggregate, lens: Lens) -> Form:
    cell = _numeric(request, lens, also=("boolean",))
    value = lens.value(f"cast({cell.sql} as int)" if cell.type == "boolean" else cell.sql)
    return Form((_exactly("avg", "favg", value) if cell.type == "float" else f"cast(avg({value}) as double)",), _first)


def _exactly(plain: str, kahan: str, value: str) -> str:
    """Kahan's sum, so that the number of threads does not show in the last digits; it cannot take infinities, the plain one can."""
    value = f"cast({value} as double)"
    return f"case when isfinite({plain}({value})) then {kahan}({value}) else {plain}({value}) end"


def _std(request: Aggregate, lens: Lens) -> Form:
    value = lens.value(f"cast({_numeric(request, lens).sql} as double)")
    finite = f"case when isfinite({value}) then {value} end"
    return Form((f"case when count({value}) = count({finite}) then stddev_samp({finite}) end",), _first)


def _quantile(request: Aggregate, lens: Lens) -> Form:
    one = ordered(request, lens)
    return Form((f"quantile_cont({one.value}, {one.share!r})",), _first)


def ordered(request: Aggregate, lens: Lens) -> Ordered:
    """What a quantile is of. Raises `MeasurementError` for a column that has none."""
    cell = _numeric(request, lens, also=("date", "timestamp"))
    double = cell.type in ("decimal", "float", "integer")
    return Ordered(request, lens.value(f"cast({cell.sql} as double)" if double else cell.sql), double, float(str(request.args[0])))


def _sql(request: Aggregate, lens: Lens) -> Form:
    inner = _of(request, lens).sql
    if lens.where is None:
        return Form((inner,), _first)
    return Form((f"({lens.relation.before}select {inner} from {lens.relation.source}{lens.filter})",), _first)


def _present(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    parts = []
    for value in request.args:
        if value is None:
            parts.append(f"countif({lens.within(f'{cell.sql} is null')})")
        else:
            own = members((value,), cell)
            parts.append(f"countif({lens.within(f'{cell.sql} = {own[0]}')})" if own else "0")
    return Form(tuple(parts), lambda row: tuple(value for value, found in zip(request.args, row, strict=True) if found))


_FORMS: Mapping[Op, Callable[[Aggregate, Lens], Form]] = {
    Op.ROWS: _rows,
    Op.NULLS: _nulls,
    Op.NAN: _nan,
    Op.INFINITE: _infinite,
    Op.OUTSIDE: _outside,
    Op.IN: _in,
    Op.NOT_IN: _not_in,
    Op.MATCHING: _matching,
    Op.NOT_MATCHING: _not_matching,
    Op.LENGTH_OUTSIDE: _length_outside,
    Op.VIOLATES: _violates,
    Op.MIN: _min,
    Op.MAX: _max,
    Op.SUM: _sum,
    Op.MEAN: _mean,
    Op.STD: _std,
    Op.QUANTILE: _quantile,
    Op.SQL: _sql,
    Op.PRESENT: _present,
    Op.PAIRED: lambda _, lens: Form(*paired(lens)),
    Op.MISMATCHES: lambda request, lens: Form(*mismatches(request, lens)),
    Op.LAG: lambda request, lens: Form(*lag(request, lens)),
    Op.EXAMPLES: lambda request, lens: Form(*examples(request, lens)),
}
