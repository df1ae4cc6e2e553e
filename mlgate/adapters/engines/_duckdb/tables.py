"""What the engine knows of an open dataset, and the view it is read through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.adapters.engines._duckdb.fields import fields_of
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.expression import quoted
from mlgate.core.table_schema import Column, TableSchema, TypeName

_WORDS: dict[str, TypeName] = {
    "VARCHAR": "string",
    "UUID": "string",
    "BOOLEAN": "boolean",
    "FLOAT": "float",
    "DOUBLE": "float",
    "DATE": "date",
    "TIME": "time",
    "TIME WITH TIME ZONE": "time",
    "TIME_NS": "time",
    "INTERVAL": "duration",
    "BLOB": "binary",
    "NULL": "null",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"), "timestamp"),
}
_RAW = "mlgate:raw:"  # prefix of the untouched float columns in a dataset's view
POSITION = "mlgate:position"
WIDE = 100  # columns from which on a statement binds only those that it reads


def type_word(native: str) -> TypeName:
    """mlgate's word for a DuckDB type."""
    if native.endswith("]"):
        return "list"
    head = native.split("(", 1)[0]
    if head in ("STRUCT", "MAP"):
        return "struct" if head == "STRUCT" else "map"
    if head in ("DECIMAL", "ENUM"):
        return "decimal" if head == "DECIMAL" else "string"
    return _WORDS.get(native, "other")


@dataclass(frozen=True)
class Table:
    """A readable dataset: `relation` is the SQL name of its view, `key` the declared key columns, `source` what the view selects from."""

    name: str
    relation: str
    schema: TableSchema
    key: tuple[str, ...]
    source: str = ""

    def column(self, name: str) -> Column | None:
        return self.schema.known.get(name)


def make_view(session: Session, relation: str, source: str, name: str) -> TableSchema:
    """Makes `relation` a view of `source` in which NaN is null and an ENUM is a string, and describes its columns.

    A float column keeps its untouched form beside it, for counting NaN apart: pandas enters NaN as null, Parquet and Arrow do not.
    The fields of structs stand beside them under their dotted names.
    """
    described = session.describe(f"select * from {source}")
    columns = tuple(Column(column, type_word(native), native) for column, native in described)
    inside = fields_of(described)
    fields = tuple(Column(field.name, type_word(field.native), field.native) for field in inside)
    session.zoned |= any(column.native == "TIMESTAMP WITH TIME ZONE" for column in (*columns, *fields))
    read = [(column, quoted(column.name)) for column in columns] + [(column, field.sql) for column, field in zip(fields, inside, strict=True)]
    picked = ", ".join(part for column, sql in read for part in _canonical(column, sql))
    session.run(f"create or replace view {relation} as select {picked} from {source}")
    return TableSchema(name, columns, rows=int(session.rows(f"select count(*) from {source}")[0][0]), fields=fields)


def narrowed(table: Table, names: Iterable[str]) -> str:
    """What to select from where only these columns are read: DuckDB binds every column of a view anew for each statement, which takes
    longer than the statement where there are thousands (500 counts over 5,000 columns: five times).
    """
    known = table.schema.known
    needed = [known[name] for name in dict.fromkeys(names) if name in known]
    if not needed or not table.source or len(known) < WIDE:
        return table.relation
    fields = {field.name: field.sql for field in fields_of([(column.name, column.native) for column in table.schema.columns])}
    picked = ", ".join(part for column in needed for part in _canonical(column, fields.get(column.name, quoted(column.name))))
    return f"(select {picked} from {table.source})"


def _canonical(column: Column, sql: str) -> Iterator[str]:
    name = quoted(column.name)
    if column.type == "float":
        yield f"case when not isnan({sql}) then {sql} end as {name}"
        yield f"{sql} as {raw(column.name)}"
    elif column.type == "string" and column.native != "VARCHAR":
        yield f"cast({sql} as varchar) as {name}"
    elif column.native == "TIMESTAMPTZ_NS":  # Arrow's nanoseconds with a zone: few functions know them
        yield f"cast({sql} as timestamp_ns) as {name}"
    else:
        yield name if sql == name else f"{sql} as {name}"


def raw(name: str) -> str:
    """The column of a dataset's view that still tells NaN from null."""
    return quoted(_RAW + name)
