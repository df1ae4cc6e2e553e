"""The sums of a content digest in one pass of DuckDB; what they mean is said in `mlgate.core.content`."""

from __future__ import annotations

from typing import Any

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.tables import Table, type_word
from mlgate.core.content import LETTERS, ContentSums, class_of, unencodable
from mlgate.core.expression import quoted, text_literal

_TWO_TO_63 = "9223372036854775808::double"
_STEP = 50
_COUNTED = frozenset({"string", "list", "struct"})  # classes whose text may hold a comma: it goes with its length


class _UnencodableError(Exception):
    """A value has a type without an encoding."""


def content(session: Session, table: Table) -> ContentSums:
    """Adds up the rows of a dataset. Raises `MeasurementError` for a column of a type without an encoding (map, union, time with a zone)."""
    columns = sorted(table.schema.columns, key=lambda column: column.name)
    encoded = []
    for column in columns:
        try:
            encoded.append(_encoded(quoted(column.name), _type(session, column.native)))
        except _UnencodableError:
            raise unencodable(table.name, column.name, column.native) from None
    picked = ", ".join(f"{quoted(column.name)} as c{index}" for index, column in enumerate(columns))
    steps = range(0, len(encoded), _STEP)  # one expression over thousands of columns takes DuckDB minutes to plan
    parts = ", ".join(f"concat({', '.join(encoded[step : step + _STEP])}) as p{step}" for step in steps)
    rows = f"select *, md5(concat({', '.join(f'p{step}' for step in steps)})) as h from (select {parts}, {picked} from {table.relation})"
    halves = ", ".join(f"sum(cast('0x' || {half} as ubigint))" for half in ("h[1:16]", "h[17:32]"))
    counts = ", ".join(f"count(c{index})" for index in range(len(columns)))
    ((found, first, last, *values),) = session.connection.execute(f"select count(*), {halves}, {counts} from ({rows})").fetchall()
    return ContentSums(int(found), (int(first or 0), int(last or 0)), {one.name: int(value) for one, value in zip(columns, values, strict=True)})


def _type(session: Session, native: str) -> Any:
    text = native == "NULL" or native.startswith("ENUM") or native == "UUID"  # the dataset's view shows them as text
    return session.connection.type("VARCHAR" if text else native)


def _encoded(value: str, type_: Any, depth: int = 0) -> str:
    """SQL of a value's encoding. `depth` names the variables of nested lists apart."""
    native = str(type_)
    class_ = class_of(type_word(native))
    if class_ not in LETTERS:
        raise _UnencodableError
    if class_ in _COUNTED:
        text = _long(value, type_, depth)
        return f"coalesce('{LETTERS[class_]}' || length({text}) || ':' || {text}, '-')"
    if depth and type_word(native) == "float":  # a column's NaN is null in the dataset's view
        value = f"nullif({value}, 'nan'::double)"
    return f"coalesce('{LETTERS[class_]}' || {_short(value, native)} || ',', '-')"


def _long(value: str, type_: Any, depth: int) -> str:
    """SQL of the text of a value that may hold a comma."""
    word = type_word(str(type_))
    if word == "string":
        return value if str(type_) == "VARCHAR" else f"cast({value} as varchar)"
    return _list(value, type_, depth) if word == "list" else _struct(value, type_, depth)


def _list(value: str, type_: Any, depth: int) -> str:
    element = dict(type_.children)["child"]
    name = f"v{depth}"
    return f"array_to_string(list_transform({value}::{element}[], lambda {name}: {_encoded(name, element, depth + 1)}), '')"


def _struct(value: str, type_: Any, depth: int) -> str:
    parts = []
    for name, part in sorted(type_.children, key=lambda child: str(child[0])):
        field = f"struct_extract({value}, {text_literal(name)})"
        parts.append(f"{text_literal(f's{len(name)}:{name}')}, {_encoded(field, part, depth)}")
    return f"case when {value} is not null then concat({', '.join(parts)}) end"


def _short(value: str, native: str) -> str:
    """SQL of the text of a value that holds no comma."""
    word = type_word(native)
    if word == "float":
        bits = f"'f' || hex(cast(cast({value}::double as bit) as blob))"
        return f"case when {value} = trunc({value}) and abs({value}) < {_TWO_TO_63} then cast(cast({value} as bigint) as varchar) else {bits} end"
    if word == "decimal":
        text = f"cast({value} as varchar)"
        return text if native.endswith(",0)") else f"rtrim(rtrim({text}, '0'), '.')"
    if word == "date":
        return f"case when isfinite({value}) then cast({value} - date '1970-01-01' as varchar) else cast({value} as varchar) end"
    if word == "binary":
        return f"hex({value})"
    if word == "duration":
        return f"cast(epoch_us({value}) as varchar)"
    if word in ("timestamp", "time"):
        return _moment(value, native)
    return f"cast({value} as varchar)"  # integers, booleans


def _moment(value: str, native: str) -> str:
    if native == "TIME WITH TIME ZONE":
        raise _UnencodableError
    if native in ("TIMESTAMP_NS", "TIMESTAMPTZ_NS", "TIME_NS"):
        nanoseconds = f"epoch_ns({value})"
    else:
        fine = value if native in ("TIME", "TIMESTAMP WITH TIME ZONE") else f"cast({value} as timestamp)"
        nanoseconds = f"epoch_us({fine})::hugeint * 1000"
    text = f"cast({nanoseconds} as varchar)"
    if type_word(native) == "time":
        return text
    return f"case when isfinite({value}) then {text} else cast({value} as varchar) end"
