"""What the engine knows of an open dataset, and the view it is read through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"), "timestamp"),
}
_RAW = "mlgate:raw:"  # prefix of the untouched float columns in a dataset's view
POSITION = "mlgate:position"


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
    """A readable dataset: `relation` is the SQL name of its view, `key` the declared key columns."""

    name: str
    relation: str
    schema: TableSchema
    key: tuple[str, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.schema.columns if column.name == name), None)


def make_view(session: Session, relation: str, source: str, name: str) -> TableSchema:
    """Makes `relation` a view of `source` in which NaN is null and an ENUM is a string, and describes its columns.

    A float column keeps its untouched form beside it, for counting NaN apart: pandas enters NaN as null, Parquet and Arrow do not.
    """
    described = session.describe(f"select * from {source}")
    columns = tuple(Column(column, type_word(native), native) for column, native in described)
    session.zoned |= any(column.native == "TIMESTAMP WITH TIME ZONE" for column in columns)
    session.run(f"create or replace view {relation} as select {', '.join(_canonical(columns))} from {source}")
    return TableSchema(name, columns, rows=int(session.rows(f"select count(*) from {source}")[0][0]))


def _canonical(columns: Sequence[Column]) -> list[str]:
    parts = []
    for column in columns:
        name = quoted(column.name)
        if column.type == "float":
            parts.append(f"case when not isnan({name}) then {name} end as {name}")
            parts.append(f"{name} as {raw(column.name)}")
        elif column.type == "string" and column.native != "VARCHAR":
            parts.append(f"cast({name} as varchar) as {name}")
        else:
            parts.append(name)
    return parts


def raw(name: str) -> str:
    """The column of a dataset's view that still tells NaN from null."""
    return quoted(_RAW + name)
