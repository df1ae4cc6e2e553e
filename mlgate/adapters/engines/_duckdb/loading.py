"""Opened sources as something DuckDB can select from: files, tables of a database, frames in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from mlgate.adapters.engines._duckdb import csv_files
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


def load(session: Session, name: str, opened: Opened) -> tuple[str, tuple[str, ...]]:
    """(what stands after `from`, the paths it reads later). `name` is a fresh SQL-safe name for what must be made.

    Text files are read once into a table, so that later statements need not parse them again; Parquet and frames are read where they are.
    """
    if isinstance(opened, FilesSource):
        return _files(session, name, opened)
    if isinstance(opened, FrameSource):
        return _frame(session, name, opened.frame), ()
    return _table(session, name, opened)


@contextmanager
def reading(opened: Opened) -> Iterator[None]:
    """Turns what DuckDB says about a source into a `MeasurementError` that names it and a fix."""
    try:
        yield
    except duckdb.Error as error:
        raise _translated(error, _place(opened)) from error


def _files(session: Session, name: str, opened: FilesSource) -> tuple[str, tuple[str, ...]]:
    if opened.format == "parquet":
        _same_columns(session, opened, lambda path: f"read_parquet({text_literal(_literally(path))})")
        # Parquet's minimum and maximum leave NaN out; without this option DuckDB folds isnan(x) to false from them (duckdb #25521).
        options = "can_have_nan = true" + (", union_by_name = true" if len(opened.paths) > 1 else "")
        return f"read_parquet({_listed(opened.paths)}, {options})", (
            *opened.paths,
            *map(_literally, opened.paths),
        )
    if opened.format == "csv":
        _same_columns(session, opened, lambda path: csv_files.reader(text_literal(_literally(path)), [path], sample=csv_files.SAMPLE))
        csv_files.make_table(session, name, _listed(opened.paths), opened.paths)
    else:
        reader = f"read_json({_listed(opened.paths)}, sample_size = -1, union_by_name = true, maximum_object_size = 67108864)"
        session.run(f"create table {quoted(name)} as select * from {reader}")
    return quoted(name), ()


def _same_columns(session: Session, opened: FilesSource, reader: Callable[[str], str]) -> None:
    """A file of a glob that lacks a column would read as nulls, one with a further column would lose it: both are said."""
    if len(opened.paths) < 2:
        return
    names = {path: {name for name, _ in session.describe(f"select * from {reader(path)}")} for path in opened.paths}
    first = opened.paths[0]
    for path, own in names.items():
        if own != names[first]:
            lacking, further = sorted(names[first] - own), sorted(own - names[first])
            said = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"has {', '.join(further)} besides"] * bool(further)
            what = f"files have different columns: {path} {' and '.join(said)}, compared with {first}"
            raise MeasurementError(what, fix="write all files with one schema")


def _frame(session: Session, name: str, frame: Any) -> str:
    kind = f"{type(frame).__module__}.{type(frame).__name__}"
    if kind.startswith("polars") and hasattr(frame, "collect"):
        frame = frame.collect()
    if kind.startswith("pandas"):
        # Object columns get their type from a sample; of all rows, so that a late string is not a conversion error.
        session.run(f"set pandas_analyze_sample = {max(len(frame), 1000)}")
    try:
        session.connection.register(name, frame)
    except (duckdb.Error, ImportError, ValueError, TypeError) as error:
        raise MeasurementError(f"a frame of type {kind} cannot be read: {quoting(error)}", fix="pass pandas, polars or an Arrow table") from error
    return quoted(name)


def _table(session: Session, name: str, opened: TableSource) -> tuple[str, tuple[str, ...]]:
    if opened.driver == "sqlite":
        copy_table(session, name, opened)
        return quoted(name), ()
    if opened.driver != "duckdb":
        raise MeasurementError(f"the duckdb engine cannot read tables of {opened.driver!r}", cause="configuration", fix="use duckdb or sqlite")
    session.run(f"attach {text_literal(opened.database)} as {quoted(name)} (read_only)")
    parts = opened.table.split(".")
    return ".".join(quoted(part) for part in (name, *(parts if len(parts) > 1 else ("main", *parts)))), (opened.database,)


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(text_literal(_literally(path)) for path in paths) + "]"


def _literally(path: str) -> str:
    """A path of which no character is a wildcard: the glob was resolved before."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def _place(opened: Opened) -> str:
    if isinstance(opened, FilesSource):
        return opened.paths[0] if len(opened.paths) == 1 else f"{opened.paths[0]} and {len(opened.paths) - 1} further files"
    return f"{opened.driver}:{opened.database}:{opened.table}" if isinstance(opened, TableSource) else "frame"


def _translated(error: Exception, place: str) -> MeasurementError:
    said = str(error).split("\n\n", 1)[0].lower()
    first = " ".join(line.strip() for line in str(error).split("LINE 1:")[0].splitlines()[:3] if line.strip())
    fix = next((fix for mark, fix in _FIXES if mark in said), "check that the file is what its suffix says, or set `format:`")
    return MeasurementError(f"{place}: {quoting(first)}", fix=fix)
