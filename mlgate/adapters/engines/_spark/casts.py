"""Casts with DuckDB's meaning: what text is a number, how halves are rounded, what is out of range."""

from __future__ import annotations

from typing import Any

from mlgate.adapters.engines._spark.names import text_of
from mlgate.adapters.engines._spark.pieces import Piece, refused, tried, without_nan
from mlgate.core.table_schema import TypeName

_INTEGERS = {"TINYINT": "tinyint", "SMALLINT": "smallint", "INT": "int", "BIGINT": "bigint", "INT128": "decimal(38, 0)"}
_UNSIGNED = {"UTINYINT": (255, "smallint"), "USMALLINT": (65_535, "int"), "UINT": (4_294_967_295, "bigint"), "UBIGINT": (2**64 - 1, "decimal(20, 0)")}
_TEXTS = ("VARCHAR", "TEXT", "CHAR")
_NUMBER = r"^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *$"
_NO_NUMBER = r"^ *[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN]) *$"
_TRUTH = "^([tTyY1]|[fFnN0]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN][oO])$"
_DATE = r"^ *[0-9]{4,5}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?"


def cast(piece: Piece, to: Any, *, quiet: bool) -> Piece:
    """`quiet` is `try_cast`: null where it fails, and no failure. `to` is sqlglot's data type. Raises `MeasurementError` where Spark differs."""
    target = str(to.this.name)
    if target in _TEXTS:
        made = _to_text(piece)
    elif target in _INTEGERS or target in _UNSIGNED:
        made = _to_integer(piece, target)
    elif target in ("DOUBLE", "FLOAT"):
        made = _to_float(piece, target)
    elif target == "DECIMAL":
        sizes = [int(part.name) for part in to.expressions] or [18, 3]
        made = _to_decimal(piece, sizes[0], sizes[1] if len(sizes) > 1 else 0)
    elif target == "BOOLEAN":
        made = _to_boolean(piece)
    elif target in ("DATE", "TIMESTAMP", "TIMESTAMPNTZ"):
        made = _to_moment(piece, "date" if target == "DATE" else "timestamp_ntz")
    else:
        raise refused(f"a cast to {target.lower()}")
    if quiet:  # what failed before the cast still fails
        return Piece(made.sql, made.type, piece.fails, made.single)
    return made


def _to_text(piece: Piece) -> Piece:
    if piece.type == "float" or piece.type not in ("string", "integer", "decimal", "boolean", "date", "timestamp", "null", None):
        raise refused(f"a {piece.type or 'value of unknown type'} as text", "compare it as what it is")
    text = f"cast({piece.sql} as string)"
    return piece.typed(f"concat({text}, '+00')" if piece.zoned else text, "string")


def _to_integer(piece: Piece, target: str) -> Piece:
    most, kind = _UNSIGNED.get(target, (None, _INTEGERS.get(target, "")))
    if piece.type == "string":
        rounded = f"try_cast(round(try_cast({piece.sql} as decimal(38, 10))) as {kind})"
        value = f"if({piece.sql} rlike {text_of(_NUMBER)}, coalesce(try_cast({piece.sql} as {kind}), {rounded}), null)"
    elif piece.type == "float":
        value = f"try_cast(rint(cast({piece.sql} as double)) as {kind})"
    elif piece.type == "decimal":
        value = f"try_cast(round({piece.sql}, 0) as {kind})"
    elif piece.type in ("integer", "boolean", "null"):
        value = f"try_cast({piece.sql} as {kind})"
    else:
        raise refused(f"a {piece.type or 'value of unknown type'} as an integer")
    if most is not None:
        value = f"if({value} between 0 and {most}, {value}, null)"
    return tried(value, "integer", (piece,))


def _to_float(piece: Piece, target: str) -> Piece:
    if piece.type == "string":
        number = f"{piece.sql} rlike {text_of(_NUMBER)} or {piece.sql} rlike {text_of(_NO_NUMBER)}"
        made = tried(f"if({number}, try_cast({piece.sql} as {target.lower()}), null)", "float", (piece,))
    elif piece.type in ("float", "integer", "decimal", "boolean", "null"):
        made = piece.typed(f"cast({piece.sql} as {target.lower()})", "float")
    else:
        raise refused(f"a {piece.type or 'value of unknown type'} as a float")
    found = without_nan(made)
    return Piece(found.sql, found.type, found.fails, target == "FLOAT")


def _to_decimal(piece: Piece, precision: int, scale: int) -> Piece:
    kind = f"decimal({precision}, {scale})"
    if piece.type == "float":  # DuckDB scales and rounds the binary number; Spark rounds its shortest text
        whole = f"try_cast(rint(cast({piece.sql} as double) * 1e{scale}D) as decimal(38, 0))"
        value = f"try_cast({whole} * cast('1e-{scale}' as decimal({scale + 1}, {scale})) as {kind})"
    elif piece.type == "string":
        value = f"if({piece.sql} rlike {text_of(_NUMBER)}, try_cast({piece.sql} as {kind}), null)"
    elif piece.type in ("integer", "decimal", "null"):
        value = f"try_cast({piece.sql} as {kind})"
    else:
        raise refused(f"a {piece.type or 'value of unknown type'} as a decimal")
    return tried(value, "decimal", (piece,))


def _to_boolean(piece: Piece) -> Piece:
    if piece.type == "string":
        value = f"if({piece.sql} rlike {text_of(_TRUTH)}, try_cast({piece.sql} as boolean), null)"
        return tried(value, "boolean", (piece,))
    if piece.type in ("boolean", "integer", "float", "decimal", "null"):
        return piece.typed(f"cast({piece.sql} as boolean)", "boolean")
    raise refused(f"a {piece.type or 'value of unknown type'} as a boolean")


def _to_moment(piece: Piece, kind: str) -> Piece:
    word: TypeName = "date" if kind == "date" else "timestamp"
    if piece.type == "string":
        pattern = text_of(f"{_DATE}({_CLOCK})? *$")
        clean = f"trim({piece.sql})"
        return tried(f"if({piece.sql} rlike {pattern}, try_cast({clean} as {kind}), null)", word, (piece,))
    if piece.type in ("date", "timestamp", "null"):
        return piece.typed(f"cast({piece.sql} as {kind})", word)
    raise refused(f"a {piece.type or 'value of unknown type'} as a {word}")
