"""Operators with DuckDB's meaning: widths of floats, literals that take the type of what they meet, division by zero as null."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from mlgate.adapters.engines._spark.names import SPARK
from mlgate.adapters.engines._spark.pieces import Piece, fails_of, refused, tried, without_nan
from mlgate.core.table_schema import NUMERIC, TypeName

_TRY = {"+": "try_add", "-": "try_subtract", "*": "try_multiply"}


def aligned(left: Piece, right: Piece, texts: tuple[str | None, str | None]) -> tuple[Piece, Piece]:
    """Both sides as they are compared: text literals as the type of the other side, numbers beside a 32-bit float as one.

    `texts` are the sides' values where they are text literals.
    """
    return _beside(left, right, texts[0]), _beside(right, left, texts[1])


def _beside(piece: Piece, other: Piece, text: str | None) -> Piece:
    if text is not None and other.type in ("date", "timestamp"):
        return piece.typed(_moment(text, other.type), other.type)
    if text is not None and other.type in NUMERIC:
        return piece.typed(_number(text, other), other.type)
    if text is not None and other.type == "boolean":
        return piece.typed("true" if text.lower() in ("true", "t", "1") else "false", "boolean")
    if piece.type == "boolean" and other.type in NUMERIC:
        return piece.typed(f"cast({piece.sql} as int)", "integer")
    if other.single and piece.type in ("integer", "decimal"):
        return Piece(f"cast({piece.sql} as float)", "float", piece.fails, single=True)
    return piece


def _moment(text: str, kind: TypeName | None) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise refused(f"{text!r} as a {kind}", "write ISO text: '2026-01-31' or '2026-01-31 12:00:00'") from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return SPARK.date(moment.date()) if kind == "date" else SPARK.timestamp(moment)


def _number(text: str, other: Piece) -> str:
    if other.type == "float":
        return SPARK.single(float(text)) if other.single else SPARK.double(float(text))
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or (other.type == "integer" and number != number.to_integral_value()):
        raise refused(f"{text!r} as a number", "write a number without quotes")
    return format(number, "f")


def compared(operator: str, left: Piece, right: Piece) -> Piece:
    """A comparison of two aligned sides."""
    return Piece(f"({left.sql} {operator} {right.sql})", "boolean", fails_of((left, right)))


def logical(word: str, left: Piece, right: Piece) -> Piece:
    """`and`, `or`. Both sides are looked at: DuckDB does so too, except where one decides for a whole vector of rows."""
    return Piece(f"({left.sql} {word} {right.sql})", "boolean", fails_of((left, right)))


def arithmetic(operator: str, left: Piece, right: Piece) -> Piece:
    """`+`, `-` and `*`: of numbers, or of a time and a number of days, an interval or another time."""
    if left.type in NUMERIC and right.type in NUMERIC:
        left, right = aligned(left, right, (None, None))
        if "float" in (left.type, right.type):
            return _float(f"({left.sql} {operator} {right.sql})", left, right)
        kind: TypeName = "decimal" if "decimal" in (left.type, right.type) else "integer"
        return tried(f"{_TRY[operator]}({left.sql}, {right.sql})", kind, (left, right))
    if "null" in (left.type, right.type):
        return Piece("null", "null", fails_of((left, right)))
    return _of_moments(operator, left, right)


def _of_moments(operator: str, left: Piece, right: Piece) -> Piece:
    kinds, fails = (left.type, right.type), fails_of((left, right))
    if operator == "+" and kinds in (("integer", "date"), ("duration", "date"), ("duration", "timestamp")):
        return _of_moments(operator, right, left)
    if kinds == ("date", "integer") and operator in "+-":
        days = right.sql if operator == "+" else f"-{right.sql}"
        return Piece(f"date_add({left.sql}, cast({days} as int))", "date", fails)
    if kinds == ("date", "date") and operator == "-":
        return Piece(f"cast(datediff({left.sql}, {right.sql}) as bigint)", "integer", fails)
    if kinds[0] in ("date", "timestamp") and kinds[1] == "duration" and operator in "+-":
        kind = "timestamp" if left.zoned else "timestamp_ntz"
        return Piece(f"(cast({left.sql} as {kind}) {operator} {right.sql})", "timestamp", fails, zoned=left.zoned)
    if kinds == ("timestamp", "timestamp") and operator == "-":
        return Piece(f"({left.sql} - {right.sql})", "duration", fails)
    raise refused(f"{left.type or 'a value of unknown type'} {operator} {right.type or 'a value of unknown type'}")


def division(left: Piece, right: Piece) -> Piece:
    """Always a float; by zero null."""
    numbers(left, right, what="/")
    left, right = aligned(left, right, (None, None))
    kind = "float" if _both_single(left, right) else "double"
    return _float(f"cast(cast({left.sql} as {kind}) / nullif(cast({right.sql} as {kind}), 0) as {kind})", left, right)


def whole_division(left: Piece, right: Piece) -> Piece:
    """Of integers, towards zero; by zero null."""
    if (left.type, right.type) != ("integer", "integer"):
        raise refused("// of other numbers than integers", "write floor(x / y)")
    return Piece(f"({left.sql} div nullif({right.sql}, 0))", "integer", fails_of((left, right)))


def remainder(left: Piece, right: Piece) -> Piece:
    """The sign is the dividend's; by zero null."""
    numbers(left, right, what="%")
    left, right = aligned(left, right, (None, None))
    sql = f"({left.sql} % nullif({right.sql}, 0))"
    if "float" in (left.type, right.type):
        return _float(sql, left, right)
    return Piece(sql, "decimal" if "decimal" in (left.type, right.type) else "integer", fails_of((left, right)))


def power(left: Piece, right: Piece) -> Piece:
    numbers(left, right, what="power")
    return _float(f"power(cast({left.sql} as double), cast({right.sql} as double))", left, right, single=False)


def negated(piece: Piece) -> Piece:
    """The smallest integer has no counterpart: there it fails."""
    numbers(piece, what="-")
    if piece.constant or piece.type != "integer":
        return Piece(f"(- {piece.sql})", piece.type, piece.fails, piece.single, constant=piece.constant)
    return tried(f"try_multiply({piece.sql}, -1)", "integer", (piece,))


def numbers(*pieces: Piece, what: str) -> None:
    for piece in pieces:
        if piece.type not in (*NUMERIC, "null"):
            raise refused(f"{what} of a {piece.type or 'value of unknown type'}")


def _both_single(left: Piece, right: Piece) -> bool:
    return left.single and right.single


def _float(sql: str, left: Piece, right: Piece, *, single: bool | None = None) -> Piece:
    narrow = _both_single(left, right) if single is None else single
    made = without_nan(Piece(sql, "float", fails_of((left, right))))
    return Piece(made.sql, "float", made.fails, narrow)


def like_pattern(pattern: str, escape: str | None) -> str:
    """DuckDB's LIKE has no escape sign unless one is named, Spark's is the backslash."""
    parts, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        if escape and char == escape and at + 1 < len(pattern):
            at += 1
            following = pattern[at]
            parts.append(f"\\{following}" if following in "%_\\" else following)
        else:
            parts.append("\\\\" if char == "\\" else char)
        at += 1
    return "".join(parts)


def one_of(piece: Piece, members: Sequence[tuple[Piece, str | None]], text: str | None) -> Piece:
    """`in`: a list where all members are of one kind with it, else one comparison after the other."""
    pairs = [aligned(piece, member, (text, own)) for member, own in members]
    fails = fails_of((piece, *(member for _, member in pairs)))
    if all(left.sql == piece.sql for left, _ in pairs):
        return Piece(f"({piece.sql} in ({', '.join(member.sql for _, member in pairs)}))", "boolean", fails)
    return Piece("(" + " or ".join(f"{left.sql} = {right.sql}" for left, right in pairs) + ")", "boolean", fails)
