"""Opened sources as something DuckDB can select from: files, tables of a database, frames in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from mlgate.adapters.engines._duckdb.mysql_table import copy_mysql
from mlgate.adapters.engines._duckdb.postgres_table import copy_postgres
from mlgate.adapters.engines._duckdb.reading_files import files
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.sqlite_table import copy_table
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted, text_literal
from mlgate.core.marked import quoting
from mlgate.core.ports import FilesSource, FrameSource, Opened, TableSource

_FIXES = (
    ("unicode", "save the file as UTF-8"),
    ("utf-8 encoded", "save the file as UTF-8"),
    ("detect the csv", "give every line as many fields as the header, and close all quotes; one delimiter of , ; | or tab"),
    ("conflicting lock", "close the program that writes to the database, or read a copy"),
    ("does not exist", "name a table of the database"),
)
_COPIED = {"sqlite": copy_table, "postgres": copy_postgres, "mysql": copy_mysql}  # drivers whose tables are copied, for want of an extension

_UNKNOWN = "check that the file is what its suffix says, or set `format:`"


def load(session: Session, name: str, opened: Opened) -> tuple[str, tuple[str, ...]]:
    """(what stands after `from`, the paths it reads later). `name` is a fresh SQL-safe name for what must be made.

    Text files are read once into a table, so that later statements need not parse them again; Parquet and frames are read where they are.
    """
    if isinstance(opened, FilesSource):
        return files(session, name, opened)
    if isinstance(opened, FrameSource):
        return _frame(session, name, opened.frame), ()
    return _table(session, name, opened)


@contextmanager
def reading(opened: Opened) -> Iterator[None]:
    """Turns what DuckDB says about a source into a `MeasurementError` that names it and a fix."""
    try:
        yield
    except duckdb.Error as error:
        unknown = "cast the column in a view of the database" if isinstance(opened, TableSource) and opened.driver != "duckdb" else _UNKNOWN
        raise _translated(error, _place(opened), unknown) from error


def _frame(session: Session, name: str, frame: Any) -> str:
    kind = f"{type(frame).__module__}.{type(frame).__name__}"
    if kind.startswith("pyspark"):
        raise MeasurementError("a DataFrame of PySpark is read by Spark", cause="configuration", fix="add `engine: spark` to the dataset")
    if kind.startswith("polars") and hasattr(frame, "collect"):
        frame = frame.collect()
    if kind.startswith("pandas"):
        # Object columns get their type from a sample; of all rows, so that a late string is not a conversion error.
        session.run(f"set pandas_analyze_sample = {max(len(frame), 1000)}")
    try:
        session.connection.register(name, frame)
    except (duckdb.Error, ImportError, ValueError, TypeError) as error:
        raise MeasurementError(f"a frame of type {kind} cannot be read: {quoting(error)}", fix="pass pandas, polars or an Arrow table") from error
    if type(frame).__name__ == "RecordBatchReader":  # a stream is empty on its second scan: it is read once, here
        session.run(f"create table {quoted(f'{name}_read')} as select * from {quoted(name)}")
        session.connection.unregister(name)
        return quoted(f"{name}_read")
    return quoted(name)


def _table(session: Session, name: str, opened: TableSource) -> tuple[str, tuple[str, ...]]:
    if copy := _COPIED.get(opened.driver):
        copy(session, name, opened)
        return quoted(name), ()
    if opened.driver != "duckdb":
        fix = f"use one of duckdb, {', '.join(_COPIED)}"
        raise MeasurementError(f"the duckdb engine cannot read tables of {opened.driver!r}", cause="configuration", fix=fix)
    session.run(f"attach {text_literal(opened.database)} as {quoted(name)} (read_only)")
    parts = opened.table.split(".")
    return ".".join(quoted(part) for part in (name, *(parts if len(parts) > 1 else ("main", *parts)))), (opened.database,)


def _place(opened: Opened) -> str:
    if isinstance(opened, FilesSource):
        return opened.paths[0] if len(opened.paths) == 1 else f"{opened.paths[0]} and {len(opened.paths) - 1} further files"
    return str(opened) if isinstance(opened, TableSource) else opened.name


def _translated(error: Exception, place: str, unknown: str) -> MeasurementError:
    said = str(error).split("\n\n", 1)[0].lower()
    first = " ".join(line.strip() for line in str(error).split("LINE 1:")[0].splitlines()[:3] if line.strip())
    fix = next((fix for mark, fix in _FIXES if mark in said), unknown)
    return MeasurementError(f"{place}: {quoting(first)}", fix=fix)
