"""Tables of a SQLite file, read by Python's own sqlite3: DuckDB's extension for them would have to be downloaded."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.marked import quoting
from mlgate.core.ports import TableSource

BATCH_ROWS = 50_000


def copy_table(session: Session, name: str, opened: TableSource) -> None:
    """Copies a table, typed by its declared column types. Raises `MeasurementError` for values that do not fit them."""
    uri = f"{Path(opened.database).as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as database:
            declared = database.execute("select name, type from pragma_table_info(?)", (opened.table,)).fetchall()
            if not declared:
                known = ", ".join(_tables(database)) or "none"
                raise MeasurementError(f"{opened.database} has no table {opened.table!r}", cause="configuration", fix=f"tables are {known}")
            types = [(str(column), _duckdb_type(str(declared_type))) for column, declared_type in declared]
            session.run(f"create table {quoted(name)} ({', '.join(f'{quoted(column)} {kind}' for column, kind in types)})")
            cursor = database.execute(f"select * from {quoted(opened.table)}")
            while rows := cursor.fetchmany(BATCH_ROWS):
                _insert(session, name, types, rows)
    except sqlite3.Error as error:
        raise MeasurementError(f"{opened.database}: {quoting(error)}", fix="check that the file is a SQLite database") from error


def _tables(database: sqlite3.Connection) -> list[str]:
    found = database.execute("select name from sqlite_master where type in ('table', 'view') order by name").fetchall()
    return [str(row[0]) for row in found]


def _duckdb_type(declared: str) -> str:
    """SQLite's own affinity rules (sqlite.org/datatype3.html, 3.1), with dates and booleans, which SQLite stores as text and numbers."""
    word = declared.upper()
    if "DATETIME" in word or "TIMESTAMP" in word:
        return "TIMESTAMP"
    for marks, kind in ((("INT",), "BIGINT"), (("CHAR", "CLOB", "TEXT"), "VARCHAR"), (("BLOB",), "BLOB"), (("REAL", "FLOA", "DOUB"), "DOUBLE")):
        if any(mark in word for mark in marks):
            return kind
    if "DATE" in word or "BOOL" in word:
        return "DATE" if "DATE" in word else "BOOLEAN"
    return "DOUBLE" if word else "VARCHAR"


def _insert(session: Session, name: str, types: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
    import numpy as np

    columns = {}
    for index, (column, kind) in enumerate(types):
        values = np.empty(len(rows), dtype=object)
        values[:] = [_as_text(row[index], kind, column) for row in rows]
        columns[f"c{index}"] = values
    session.connection.register("mlgate_batch", columns)
    try:
        casts = ", ".join(f"cast(c{index} as {kind})" for index, (_, kind) in enumerate(types))
        session.run(f"insert into {quoted(name)} select {casts} from mlgate_batch")
    finally:
        session.connection.unregister("mlgate_batch")


def _as_text(value: Any, kind: str, column: str) -> Any:
    # Any SQLite column can hold any type: all values travel as text, and the cast to the declared type is the check.
    if value is None or kind == "BLOB":
        return value
    if isinstance(value, bytes):
        raise MeasurementError(f"column {column!r} is declared {kind} and holds a blob", fix="declare the column as blob, or convert the values")
    return repr(value) if isinstance(value, float) else str(value)
