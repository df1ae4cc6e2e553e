"""What each type of Postgres is read as, and how its values are asked for: as text that Postgres writes and DuckDB reads exactly."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.adapters.engines._duckdb.text_rows import TextColumn
from mlgate.core.expression import quoted, text_literal

_PLAIN = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "oid": "UINTEGER",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "time": "TIME",
}
_TWO_TO_53 = "9007199254740992"


@dataclass(frozen=True)
class PostgresColumn:
    """A column as the catalog of Postgres has it, domains resolved. `element` is the type of an array's elements, empty for other types."""

    name: str
    type: str
    modifier: int
    element: str


def text_column(column: PostgresColumn) -> TextColumn:
    """How a column is asked for and read. Types that DuckDB has no word for (enum, json, uuid, inet, ranges, ...) are their text."""
    name, sql = column.name, quoted(column.name)
    if column.element:
        kind = _PLAIN.get(column.element, "DOUBLE" if column.element == "numeric" else "VARCHAR")
        shape = text_literal(f'["{kind}"]')
        return TextColumn(name, f"to_json({sql})::text", f"{kind}[]", f"cast(from_json_strict({{}}, {shape}) as {kind}[])")
    if column.type == "numeric":
        return _numeric(column)
    if column.type == "bytea":
        return TextColumn(name, f"encode({sql}, 'hex')", "BLOB", "unhex({})")
    if column.type == "interval":
        part = f"extract(hour from {sql}) * 3600 + extract(minute from {sql}) * 60 + extract(second from {sql})"
        months = f"(extract(year from {sql}) * 12 + extract(month from {sql}))::int"
        asked = f"{months} || ' months ' || extract(day from {sql})::int || ' days ' || (({part}) * 1000000)::bigint || ' microseconds'"
        return TextColumn(name, asked, "INTERVAL")
    kind = _PLAIN.get(column.type, "VARCHAR")
    if column.type in ("date", "timestamp", "timestamptz"):  # DuckDB's casts read over the era
        what = text_literal(f"column {name!r} holds a date before the year 1: ")
        return TextColumn(name, f"{sql}::text", kind, f"case when ends_with({{}}, 'BC') then error({what} || {{}}) else cast({{}} as {kind}) end")
    return TextColumn(name, f"{sql}::text", kind)


def _numeric(column: PostgresColumn) -> TextColumn:
    sql = quoted(column.name)
    asked = f"nullif({sql}, 'NaN')::text"  # NaN is a null, here as everywhere; DECIMAL has none
    precision, scale = (column.modifier - 4) >> 16 & 0xFFFF, ((column.modifier - 4 & 0x7FF) ^ 0x400) - 0x400
    if column.modifier >= 4 and 0 <= scale <= precision <= 38:
        return TextColumn(column.name, asked, f"DECIMAL({precision}, {scale})")
    # Without a precision DOUBLE is the only type that holds every size. Two long keys must not become one number.
    exact = "cast(try_cast(cast({} as double) as hugeint) as varchar) = {}"
    long = f"regexp_full_match({{}}, '-?\\d+') and abs(cast({{}} as double)) >= {_TWO_TO_53}"
    what = text_literal(f"column {column.name!r} is numeric without a precision and holds a whole number that a float cannot: ")
    return TextColumn(
        column.name, asked, "DOUBLE", f"case when {long} and not coalesce({exact}, false) then error({what} || {{}}) else cast({{}} as double) end"
    )
