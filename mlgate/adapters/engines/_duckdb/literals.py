"""Values of a gate file as SQL literals of a column's type, so that no comparison depends on the engine's casts."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import text_literal
from mlgate.core.request import Start

_WIDE = Context(prec=400)
_WIDEST = 10**38  # beyond it an integer literal is no HUGEINT any more


class Spelling:
    """How DuckDB writes typed literals; another engine overrides what it writes otherwise."""

    def double(self, value: float) -> str:
        return f"'{value!r}'::DOUBLE"

    def single(self, value: float) -> str:
        return f"'{value!r}'::FLOAT"

    def text(self, value: str) -> str:
        return text_literal(value)

    def date(self, value: datetime.date) -> str:
        return f"DATE '{value}'"

    def timestamp(self, value: datetime.datetime) -> str:
        return f"TIMESTAMP '{value}'"

    def cast(self, text: str, kind: str) -> str:
        """Text as a value of type `time` or `duration`."""
        return f"cast({text_literal(text)} as {'TIME' if kind == 'time' else 'INTERVAL'})"


DUCKDB = Spelling()


def literal(value: Any, cell: Cell, *, spelling: Spelling = DUCKDB) -> str | None:
    """The value as a literal, None where no value of the column can equal it (1.5 in an integer column).

    Raises `MeasurementError` where value and column are of different sorts.
    """
    kind = cell.type
    if kind in ("integer", "float", "decimal") and _is_number(value):
        return _number(value, cell, spelling)
    if kind == "boolean" and value in (0, 1) and not isinstance(value, str):
        return "true" if value else "false"
    if kind == "string" and isinstance(value, str):
        return spelling.text(value)
    if kind in ("date", "timestamp") and (moment := _moment(value)) is not None:
        whole_day = kind == "date" and moment.time() == datetime.time()
        return spelling.date(moment.date()) if whole_day else spelling.timestamp(moment)
    if kind in ("time", "duration") and isinstance(value, str):
        return spelling.cast(value, kind)
    if kind in (None, "null", "other"):
        return _natural(value, spelling)
    raise MeasurementError(f"{value!r} cannot be compared with {cell.name!r}, which is of type {kind}", cause="configuration", fix=_hint(kind, value))


def bound(value: Any, cell: Cell, *, low: bool, spelling: Spelling = DUCKDB) -> str:
    """A closed bound as a literal. Between integers 1.5 means 2 as the low end and 1 as the high end, without rounding large values."""
    if isinstance(value, Start):  # only `mlgate plan` shows a request before its start is known
        return f"/* {str(value).replace('*/', '* /')} */ null"
    if cell.type == "boolean":
        raise MeasurementError(f"{cell.name!r} is of type boolean, which has no order", cause="configuration", fix="use `in: [true]`")
    if cell.type == "integer" and isinstance(value, float) and math.isfinite(value):
        value = math.ceil(value) if low else math.floor(value)
    if cell.type == "decimal" and _is_number(value) and _fits_double(value) and math.isfinite(value):
        return _decimal_bound(value, cell, spelling, low=low)
    written = literal(value, cell, spelling=spelling)
    return _double(value, spelling) if written is None else written


def _number(value: float, cell: Cell, spelling: Spelling) -> str | None:
    if cell.type == "float":
        single = cell.native == "FLOAT" and _fits_double(value) and (math.isinf(value) or abs(value) < _WIDEST)
        return spelling.single(float(value)) if single else _double(value, spelling)  # 0.1 is another number in single precision
    if not _fits_double(value) or not math.isfinite(value):
        return None
    if cell.type == "integer":
        if value != int(value):
            return None
        return str(int(value)) if abs(value) < _WIDEST else None
    exact = Decimal(str(value))
    return _written(exact, cell) if _to_scale(exact, cell, ROUND_FLOOR) == exact else None


def _decimal_bound(value: float, cell: Cell, spelling: Spelling, *, low: bool) -> str:
    """The bound with as many digits as the column has, rounded inwards: DuckDB compares other scales as doubles, or not at all."""
    rounded = _to_scale(Decimal(str(value)), cell, ROUND_CEILING if low else ROUND_FLOOR)
    return _written(rounded, cell) or _double(math.inf if value > 0 else -math.inf, spelling)  # no decimal lies beyond what no decimal can hold


def _to_scale(value: Decimal, cell: Cell, rounding: str) -> Decimal:
    scale = _scale(cell)
    return value if scale is None else value.quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=_WIDE)


def _scale(cell: Cell) -> int | None:
    """The digits after the point; None where the type is not known to the digit."""
    found = re.fullmatch(r"DECIMAL\(\d+, ?(\d+)\)", cell.native)
    return None if found is None else int(found[1])


def _written(value: Decimal, cell: Cell) -> str | None:
    """None for what is too large (or of too many digits) for any decimal of this scale."""
    text = format(value, "f")
    whole, _, part = text.lstrip("-").partition(".")
    if len(whole.lstrip("0")) + max(len(part), _scale(cell) or 0) > 38:
        return None
    return text if len(text) <= 38 else f"cast('{text}' as DECIMAL(38, {len(part)}))"


def _fits_double(value: float) -> bool:
    return not isinstance(value, int) or abs(value) < 10**300


def _double(value: float, spelling: Spelling) -> str:
    if not _fits_double(value):
        value = math.inf if value > 0 else -math.inf
    return spelling.double(float(value))


def _natural(value: Any, spelling: Spelling) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if isinstance(value, int) and abs(value) < _WIDEST else _double(value, spelling)
    return spelling.text(value if isinstance(value, str) else value.isoformat())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not (isinstance(value, float) and math.isnan(value))


def _moment(value: Any) -> datetime.datetime | None:
    """ISO text or a date as naive UTC; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None else value.astimezone(datetime.UTC).replace(tzinfo=None)
    return datetime.datetime(value.year, value.month, value.day) if isinstance(value, datetime.date) else None


def _hint(kind: str, value: Any) -> str:
    if kind == "string":
        return f"write '{value}' in quotes, or have the column read as a number"
    if kind in ("date", "timestamp"):
        return "write ISO text, such as '2026-01-31' or '2026-01-31T12:00:00'"
    if kind in ("integer", "float", "decimal"):
        return "write a number without quotes"
    return f"columns of type {kind} cannot be compared with a value"
