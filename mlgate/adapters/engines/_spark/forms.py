"""Each word of `Op` as Spark's SQL: select expressions and how their answers are read. The meaning is that of `_duckdb/forms.py`."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mlgate.adapters.engines._duckdb.forms import EXACT_SUM
from mlgate.adapters.engines._duckdb.literals import bound, literal
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark.aggregates import aggregate, sum_parts
from mlgate.adapters.engines._spark.joined import examples, lag, mismatches, paired
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.names import SPARK, text_of
from mlgate.adapters.engines._spark.patterns import to_java
from mlgate.adapters.engines._spark.pieces import NAN
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import Aggregate, Op
from mlgate.core.table_schema import NUMERIC

_INFINITY = "double('Infinity')"


@dataclass(frozen=True)
class Form:
    """Select expressions of one request, and how the answer is read from their values.

    `apart`: they would slow down all others of a statement (they hold a state for each value), so they go into a statement of their own.
    """

    parts: tuple[str, ...]
    read: Callable[[Row], Any]
    apart: bool = False


def form(request: Aggregate, lens: Lens) -> Form:
    """The SQL of one request. Raises `MeasurementError` for what cannot be asked of its column."""
    return _FORMS[request.op](request, lens)


def _count(lens: Lens, condition: str) -> Form:
    return Form((lens.count(condition),), _as_count)


def _as_count(row: Row) -> int:
    return int(row[0] or 0)  # a sum over no rows is null


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
    return Cell(cell.name, f"cast({cell.sql} as string)", "string") if cell.type == "null" else cell


def _rows(_: Aggregate, lens: Lens) -> Form:
    return Form(("count(*)",), _as_count) if lens.where is None else _count(lens, "true")


def _nulls(request: Aggregate, lens: Lens) -> Form:
    return _count(lens, f"{_of(request, lens).sql} is null")


def _nan(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return Form((), lambda _: 0) if cell.raw is None else _count(lens, f"isnan({cell.raw})")


def _infinite(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return _count(lens, f"abs({cell.sql}) = {_INFINITY}") if cell.type == "float" else Form((), lambda _: 0)


def _beyond(sql: str, cell: Cell, low: Any, high: Any) -> str:
    sides = [f"{sql} < {bound(low, cell, low=True, spelling=SPARK)}"] if low is not None else []
    sides += [f"{sql} > {bound(high, cell, low=False, spelling=SPARK)}"] if high is not None else []
    return " or ".join(sides) or "false"


def _outside(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    return _count(lens, _beyond(cell.sql, cell, *request.args))


def _members(values: tuple[Any, ...], cell: Cell) -> list[str]:
    written = (literal(value, cell, spelling=SPARK) for value in values if value is not None)
    return list(dict.fromkeys(part for part in written if part is not None))


def _in(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    members = _members(request.args, cell)
    return _count(lens, f"{cell.sql} in ({', '.join(members)})" if members else "false")


def _not_in(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    members = _members(request.args, cell)
    return _count(lens, f"{cell.sql} not in ({', '.join(members)})" if members else f"{cell.sql} is not null")


def _matching(request: Aggregate, lens: Lens) -> Form:
    return _count(lens, f"{_textual(request, lens).sql} rlike {text_of(to_java(str(request.args[0])))}")


def _not_matching(request: Aggregate, lens: Lens) -> Form:
    return _count(lens, f"not {_textual(request, lens).sql} rlike {text_of(to_java(str(request.args[0])))}")


def _length_outside(request: Aggregate, lens: Lens) -> Form:
    length = f"char_length({_textual(request, lens).sql})"
    return _count(lens, _beyond(length, Cell("length", length, "integer"), *request.args))


def _violates(request: Aggregate, lens: Lens) -> Form:
    """Rows matched by `when`, rows that break the rule, and rows on which one of the two cannot be evaluated."""
    nulls, when = request.args
    assert isinstance(request.of, Expression)
    rule = lens.piece(request.of)
    truth, fails = f"cast({rule.sql} as boolean)", rule.fails or "false"
    broken = f"not coalesce({truth}, {'true' if nulls == 'skip' else 'false'})"
    if not isinstance(when, Expression):
        matched, chosen, failed = "true", "true", fails
    else:
        condition = lens.piece(when)
        unknown = condition.fails or "false"
        chosen = f"(not {unknown} and coalesce(cast({condition.sql} as boolean), false))"
        matched, failed = f"({unknown} or {chosen})", f"({unknown} or ({chosen} and {fails}))"
    parts = (lens.count(matched), lens.count(f"{chosen} and not {fails} and {broken}"), lens.count(failed) if failed != "false" else "0L")
    return Form(parts, lambda row: tuple(int(value or 0) for value in row))


def _extreme(word: str) -> Callable[[Aggregate, Lens], Form]:
    def made(request: Aggregate, lens: Lens) -> Form:
        cell = _of(request, lens)
        extreme = f"{word}({lens.value(cell.sql)})"
        if cell.type == "decimal":
            return Form((f"cast({extreme} as string)",), _as_decimal)
        if cell.native in ("UBIGINT", "HUGEINT", "UHUGEINT"):  # decimals to Spark
            return Form((f"cast({extreme} as string)",), lambda row: None if row[0] is None else int(row[0]))
        return Form((extreme,), _first)

    return made


def _as_decimal(row: Row) -> Decimal | None:
    """To its last digit: as a double it would meet a bound that it misses by little."""
    return None if row[0] is None else Decimal(row[0])


def _sum(request: Aggregate, lens: Lens) -> Form:
    cell = _numeric(request, lens, also=("boolean",))
    if (digits := re.fullmatch(r"DECIMAL\((\d+), ?\d+\)", cell.native)) and int(digits[1]) <= EXACT_SUM:
        return Form((f"cast(sum({lens.value(cell.sql)}) as string)",), _as_decimal)
    return Form(*sum_parts(cell, lens))


def _mean(request: Aggregate, lens: Lens) -> Form:
    cell = _numeric(request, lens, also=("boolean",))
    parts, read = sum_parts(cell, lens)

    def divided(row: Row) -> float | None:
        total = read(row[:-1])
        return None if total is None or not row[-1] else float(total) / int(row[-1])

    return Form((*parts, f"count({lens.value(cell.sql)})"), divided)


def _std(request: Aggregate, lens: Lens) -> Form:
    value = lens.value(f"cast({_numeric(request, lens).sql} as double)")
    finite = f"if(abs({value}) < {_INFINITY}, {value}, null)"
    return Form((f"if(count({value}) = count({finite}), stddev_samp({finite}), null)",), _first)


def _quantile(request: Aggregate, lens: Lens) -> Form:
    """`percentile` interpolates as (1 - d) * low + d * high, which next to an infinity is NaN where low + d * (high - low) is too: both null."""
    cell = _numeric(request, lens, also=("date", "timestamp"))
    share = float(str(request.args[0]))
    if cell.type not in ("date", "timestamp"):
        return Form((f"nullif(percentile({lens.value(f'cast({cell.sql} as double)')}, {share!r}D), {NAN})",), _first, apart=True)
    micros = lens.value(f"unix_micros(cast({cell.sql} as timestamp))")
    zone = datetime.UTC if cell.native == "TIMESTAMP WITH TIME ZONE" else None
    start = datetime.datetime(1970, 1, 1, tzinfo=zone)

    def moment(row: Row) -> datetime.datetime | None:
        return None if row[0] is None else start + datetime.timedelta(microseconds=math.floor(row[0] + 0.5))

    return Form((f"percentile({micros}, {share!r}D)",), moment, apart=True)


def _sql(request: Aggregate, lens: Lens) -> Form:
    assert isinstance(request.of, Expression)
    made = aggregate(request.of, lens)
    return Form((made.sql,), lambda row: None if row[0] is None else int(row[0]) if made.integer else row[0], apart=made.apart)


def _present(request: Aggregate, lens: Lens) -> Form:
    cell = _of(request, lens)
    parts = []
    for value in request.args:
        if value is None:
            parts.append(lens.count(f"{cell.sql} is null"))
        else:
            own = _members((value,), cell)
            parts.append(lens.count(f"{cell.sql} = {own[0]}") if own else "0L")
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
    Op.MIN: _extreme("min"),
    Op.MAX: _extreme("max"),
    Op.SUM: _sum,
    Op.MEAN: _mean,
    Op.STD: _std,
    Op.QUANTILE: _quantile,
    Op.SQL: _sql,
    Op.PRESENT: _present,
    Op.PAIRED: lambda _, lens: Form(*paired(lens)),
    Op.MISMATCHES: lambda request, lens: Form(*mismatches(request, lens)),
    Op.LAG: lambda request, lens: Form(*lag(request, lens), apart=True),
    Op.EXAMPLES: lambda request, lens: Form(*examples(request, lens), apart=True),
}
