"""The scalar functions of expressions with DuckDB's meaning, by the name of sqlglot's node. What is not here is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mlgate.adapters.engines._spark.operators import negated, numbers
from mlgate.adapters.engines._spark.pieces import Piece, fails_of, refused, without_nan

_LARGEST_FRACTION = "4503599627370496D"  # 2^52: beyond it every double is whole
_INFINITY = "double('Infinity')"
_UNITS_US = {"MICROSECOND": 1, "MILLISECOND": 1_000, "SECOND": 1_000_000, "MINUTE": 60_000_000, "HOUR": 3_600_000_000}
_PARTS = {
    "YEAR": "year({})",
    "QUARTER": "quarter({})",
    "MONTH": "month({})",
    "WEEK": "weekofyear({})",
    "DAY": "day({})",
    "DOW": "(dayofweek({}) - 1)",
    "DAYOFWEEK": "(dayofweek({}) - 1)",
    "ISODOW": "(weekday({}) + 1)",
    "DOY": "dayofyear({})",
    "DAYOFYEAR": "dayofyear({})",
    "HOUR": "hour({})",
    "MINUTE": "minute({})",
    "SECOND": "second({})",
}
_TRUNCATED = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"})


def text(piece: Piece, what: str) -> str:
    """A piece that must be text."""
    if piece.type not in ("string", "null"):
        raise refused(f"{what} of a {piece.type or 'value of unknown type'}")
    return piece.sql if piece.type == "string" else f"cast({piece.sql} as string)"


def whole(piece: Piece, what: str) -> str:
    """A piece that must be an integer."""
    if piece.type not in ("integer", "null"):
        raise refused(f"{what} of a {piece.type or 'value of unknown type'}")
    return f"cast({piece.sql} as int)"


def unit_part(unit: str, piece: Piece) -> Piece:
    """One part of a date or time, such as its year."""
    name = unit.upper().removesuffix("S")
    if name not in _PARTS:
        raise refused(f"extract({unit.lower()} from ..)", f"one of {', '.join(sorted(_PARTS)).lower()}")
    if piece.type not in ("date", "timestamp", "time", "null"):
        raise refused(f"{unit.lower()} of a {piece.type or 'value of unknown type'}")
    source = f"cast({piece.sql} as timestamp_ntz)" if piece.type == "date" and name in ("HOUR", "MINUTE", "SECOND") else piece.sql
    return piece.typed(_PARTS[name].format(source), "integer")


def truncated(unit: str, piece: Piece) -> Piece:
    """The start of the period a moment lies in."""
    if unit.upper() not in _TRUNCATED or piece.type not in ("date", "timestamp"):
        raise refused(f"date_trunc({unit.lower()!r}, ..) of a {piece.type}", f"one of {', '.join(sorted(_TRUNCATED)).lower()}")
    start = f"date_trunc('{unit.upper()}', cast({piece.sql} as timestamp))"
    if piece.zoned:
        return Piece(start, "timestamp", piece.fails, zoned=True)
    return piece.typed(f"cast({start} as timestamp_ntz)", "timestamp")


def boundaries(unit: str, start: Piece, end: Piece) -> Piece:
    """How many starts of a unit lie between two moments."""
    name = unit.upper().removesuffix("S")
    if any(piece.type not in ("date", "timestamp") for piece in (start, end)):
        raise refused(f"date_diff of a {start.type} and a {end.type}")
    if name == "DAY":
        sql = f"datediff(cast({end.sql} as date), cast({start.sql} as date))"
    elif name in ("YEAR", "QUARTER", "MONTH"):
        count = {"YEAR": "year({0})", "QUARTER": "(year({0}) * 4 + quarter({0}))", "MONTH": "(year({0}) * 12 + month({0}))"}[name]
        sql = f"({count.format(end.sql)} - {count.format(start.sql)})"
    elif name in _UNITS_US:
        ticks = [_ticks(piece, _UNITS_US[name]) for piece in (end, start)]
        sql = f"({ticks[0]} - {ticks[1]})"
    else:
        raise refused(f"date_diff({unit.lower()!r}, ..)", "one of year, quarter, month, day, hour, minute, second")
    return Piece(f"cast({sql} as bigint)", "integer", fails_of((start, end)))


def _ticks(piece: Piece, size: int) -> str:
    micros = f"unix_micros(cast({piece.sql} as timestamp))"
    return f"(({micros} - pmod({micros}, {size}L)) div {size}L)"


def substring(piece: Piece, start: Piece, length: Piece | None) -> Piece:
    """From `start` (1 is the first, negative from the end), `length` characters on, or back where it is negative."""
    value, first = text(piece, "substr"), whole(start, "substr")
    pieces = [one for one in (piece, start, length) if one is not None]
    at = f"if({first} > 0, {first} - 1, if({first} < 0, char_length({value}) + {first}, -1))"
    if length is None:
        sql = f"substring({value}, greatest({at}, 0) + 1)"
    else:
        many = whole(length, "substr")
        low, high = f"greatest(least({at}, {at} + {many}), 0)", f"greatest({at}, {at} + {many})"
        sql = f"substring({value}, {low} + 1, greatest({high} - {low}, 0))"
    nulls = " or ".join(f"{one.sql} is null" for one in pieces if not one.constant)
    return Piece(f"if({nulls}, null, {sql})" if nulls else sql, "string", fails_of(pieces))


def _left(pieces: Sequence[Piece]) -> Piece:
    value, many = text(pieces[0], "left"), whole(pieces[1], "left")
    sql = f"substring({value}, 1, if({many} >= 0, {many}, greatest(char_length({value}) + {many}, 0)))"
    return Piece(sql, "string", fails_of(pieces))


def _right(pieces: Sequence[Piece]) -> Piece:
    value, many = text(pieces[0], "right"), whole(pieces[1], "right")
    sql = f"if({many} >= 0, right({value}, {many}), substring({value}, 1 - {many}))"
    return Piece(sql, "string", fails_of(pieces))


def trimmed(piece: Piece, characters: Piece | None, where: str) -> Piece:
    """Spaces, or the characters named, taken off one end or both."""
    value = text(piece, "trim")
    side = {"LEADING": "leading", "TRAILING": "trailing"}.get(where.upper(), "both")
    what = text(characters, "trim") if characters is not None else "' '"
    return Piece(f"trim({side} {what} from {value})", "string", fails_of(filter(None, (piece, characters))))


def rounded(piece: Piece, digits: int) -> Piece:
    """Halves away from zero; of a float the binary number, as C's round does."""
    numbers(piece, what="round")
    if piece.type != "float":
        return piece.typed(f"round({piece.sql}, {digits})", piece.type)
    kind = "float" if piece.single else "double"
    value = f"cast({piece.sql} as double)"
    scaled = value if digits == 0 else f"({value} * 1e{digits}D)" if digits > 0 else f"({value} / 1e{-digits}D)"
    cut = f"if({scaled} < 0, cast(ceil({scaled}) as double), cast(floor({scaled}) as double))"
    nearest = f"({cut} + if(abs({scaled} - {cut}) >= 0.5D, signum({scaled}), 0D))"
    back = nearest if digits == 0 else f"({nearest} / 1e{digits}D)" if digits > 0 else f"({nearest} * 1e{-digits}D)"
    return Piece(f"cast(if(abs({scaled}) < {_LARGEST_FRACTION}, {back}, {value}) as {kind})", "float", piece.fails, piece.single)


def _towards(name: str) -> Callable[[Sequence[Piece]], Piece]:
    def made(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        numbers(piece, what=name)
        if piece.type == "float":
            value, kind = f"cast({piece.sql} as double)", "float" if piece.single else "double"
            sql = f"cast(if(abs({value}) < {_LARGEST_FRACTION}, cast({name}({value}) as double), {value}) as {kind})"
            return Piece(sql, "float", piece.fails, piece.single)
        if piece.type == "integer":
            return piece.typed(f"cast({piece.sql} as double)", "float")
        return piece.typed(f"{name}({piece.sql})", piece.type)

    return made


def _of_float(template: str) -> Callable[[Sequence[Piece]], Piece]:
    def made(pieces: Sequence[Piece]) -> Piece:
        numbers(*pieces, what=template.split("(", 1)[0])
        sql = template.format(*(f"cast({piece.sql} as double)" for piece in pieces))
        return without_nan(Piece(sql, "float", fails_of(pieces)))

    return made


def logarithm(name: str, piece: Piece) -> Piece:
    """Of zero minus infinity, of a negative number null."""
    return _of_float(f"if({{0}} = 0, -{_INFINITY}, {name}({{0}}))")((piece,))


def _absolute(pieces: Sequence[Piece]) -> Piece:
    (piece,) = pieces
    numbers(piece, what="abs")
    if piece.type != "integer":
        return Piece(f"abs({piece.sql})", piece.type, piece.fails, piece.single)
    turned = negated(Piece(piece.sql, "integer", piece.fails))
    return Piece(f"if({piece.sql} < 0, {turned.sql}, {piece.sql})", "integer", turned.fails)


def _sign(pieces: Sequence[Piece]) -> Piece:
    numbers(*pieces, what="sign")
    return pieces[0].typed(f"cast(signum(cast({pieces[0].sql} as double)) as int)", "integer")


def _is_kind(template: str) -> Callable[[Sequence[Piece]], Piece]:
    def made(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        numbers(piece, what="isnan, isinf")
        return piece.typed(f"if({piece.sql} is null, null, {template.format(piece.sql)})", "boolean")

    return made


def _of_texts(template: str, *, boolean: bool = False, integer: bool = False) -> Callable[[Sequence[Piece]], Piece]:
    def made(pieces: Sequence[Piece]) -> Piece:
        values = [text(piece, template.split("(", 1)[0]) for piece in pieces]
        return Piece(template.format(*values), "boolean" if boolean else "integer" if integer else "string", fails_of(pieces))

    return made


# by the name of sqlglot's node; each takes the node's operands in order
PLAIN: Mapping[str, Callable[[Sequence[Piece]], Piece]] = {
    "Abs": _absolute,
    "Ceil": _towards("ceil"),
    "Floor": _towards("floor"),
    "Sign": _sign,
    "Sqrt": _of_float("sqrt({0})"),
    "Exp": _of_float("exp({0})"),
    "IsNan": _is_kind("isnan(cast({0} as double))"),
    "IsInf": _is_kind(f"abs(cast({{0}} as double)) = {_INFINITY}"),
    "Length": _of_texts("char_length({0})", integer=True),
    "Lower": _of_texts("lower({0})"),
    "Upper": _of_texts("upper({0})"),
    "Contains": _of_texts("contains({0}, {1})", boolean=True),
    "StartsWith": _of_texts("startswith({0}, {1})", boolean=True),
    "EndsWith": _of_texts("endswith({0}, {1})", boolean=True),
    "StrPosition": _of_texts("instr({0}, {1})", integer=True),
    "Left": _left,
    "Right": _right,
}
UNITS: Mapping[str, str] = {
    "Year": "YEAR",
    "Quarter": "QUARTER",
    "Month": "MONTH",
    "Week": "WEEK",
    "Day": "DAY",
    "DayOfWeek": "DOW",
    "DayOfWeekIso": "ISODOW",
    "DayOfYear": "DOY",
    "Hour": "HOUR",
    "Minute": "MINUTE",
    "Second": "SECOND",
}
