"""Files as something DuckDB can select from: all of one schema, folders named `column=value` as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mlgate.adapters.engines._duckdb import csv_files
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.tables import type_word
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted, text_literal
from mlgate.core.ports import FilesSource
from mlgate.core.table_schema import NUMERIC, TypeName

_TYPES = {"integer": "BIGINT", "date": "DATE"}  # of partition columns; all others are text
Columns = Mapping[str, str]


def files(session: Session, name: str, opened: FilesSource) -> tuple[str, tuple[str, ...]]:
    """(what stands after `from`, the paths it reads later). `name` is a fresh name for a table.

    Text files are read once into a table, so that later statements need not parse them again; Parquet is read where it is.
    """
    if opened.format == "parquet":
        return _parquet(session, opened)
    if opened.format == "csv":
        columns = {path: _columns(session, csv_files.reader(_listed([path]), [path], sample=csv_files.SAMPLE)) for path in opened.paths}
        _same_names(columns)
        _not_in_files(columns[opened.paths[0]], opened)
        csv_files.make_table(session, name, _listed(opened.paths), opened.paths, more=_partitioned(opened))
    else:
        if opened.partitions:
            _not_in_files(_columns(session, f"read_json({_listed(opened.paths[:1])}, {_partitioned(None)})"), opened)
        reader = f"read_json({_listed(opened.paths)}, sample_size = -1, union_by_name = true, maximum_object_size = 67108864, {_partitioned(opened)})"
        session.run(f"create table {quoted(name)} as select * from {reader}")
    outer = _outer(opened)
    return f"(select * exclude ({', '.join(map(quoted, outer))}) from {quoted(name)})" if outer else quoted(name), ()


def _parquet(session: Session, opened: FilesSource) -> tuple[str, tuple[str, ...]]:
    columns = {path: _columns(session, _one_parquet(path)) for path in opened.paths} if len(opened.paths) > 1 or opened.partitions else {}
    paths: Sequence[str] = opened.paths
    if columns:
        _same_names(columns)
        _not_in_files(columns[opened.paths[0]], opened)
        if len(set(map(_words, columns.values()))) > 1:
            # A writer of no rows often cannot say the types: such a file adds nothing and says nothing.
            paths = [path for path in paths if session.rows(f"select count(*) from {_one_parquet(path)}") != [(0,)]] or opened.paths[:1]
            _same_types({path: _typed(session, path, columns[path]) for path in paths})
    # Parquet's minimum and maximum leave NaN out; without this option DuckDB folds isnan(x) to false from them (duckdb #25521).
    options = f"can_have_nan = true, {_partitioned(opened)}" + (", union_by_name = true" if len(paths) > 1 else "")
    source = f"read_parquet({_listed(paths)}, {options})"
    if outer := _outer(opened):
        source = f"(select * exclude ({', '.join(map(quoted, outer))}) from {source})"
    return source, (*paths, *map(_literally, paths))


def _one_parquet(path: str) -> str:
    return f"read_parquet({text_literal(_literally(path))}, {_partitioned(None)})"


def _typed(session: Session, path: str, columns: Columns) -> Columns:
    """The columns that have a type: one of nulls alone may have been written without."""
    schema = f"select name from parquet_schema({text_literal(_literally(path))}) where logical_type like 'NullType%'"
    untyped = {name for (name,) in session.rows(schema)}
    return {name: native for name, native in columns.items() if name not in untyped}


def _columns(session: Session, source: str) -> Columns:
    return dict(session.describe(f"select * from {source}"))


def _same_names(columns: Mapping[str, Columns]) -> None:
    """A file of many that lacks a column would read as nulls, one with a further column would lose it: both are said."""
    first = next(iter(columns))
    names = set(columns[first])
    for path, own in columns.items():
        if set(own) != names:
            lacking, further = sorted(names - set(own)), sorted(set(own) - names)
            said = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"has {', '.join(further)} besides"] * bool(further)
            what = f"files have different columns: {path} {' and '.join(said)}, compared with {first}"
            raise MeasurementError(what, fix="write all files with one schema")


def _same_types(columns: Mapping[str, Columns]) -> None:
    """A column that is a number in one file and text in another would be read as text everywhere."""
    first: dict[str, tuple[TypeName, str]] = {}
    for path, own in columns.items():
        for name, native in own.items():
            one = type_word(native)
            other, where = first.setdefault(name, (one, path))
            if one != other and not {one, other} <= NUMERIC:
                what = f"files have different types: column {name!r} is {one} in {path}, {other} in {where}"
                raise MeasurementError(what, fix="write all files with one schema")


def _words(columns: Columns) -> frozenset[tuple[str, str]]:
    return frozenset((name, type_word(native)) for name, native in columns.items())


def _partitioned(opened: FilesSource | None) -> str:
    """The options of a reader that say which folder names are columns. Left to itself DuckDB takes all, those above the dataset too."""
    if opened is None or not opened.partitions:
        return "hive_partitioning = false"
    types = ", ".join(f"{text_literal(name)}: {_TYPES.get(kind, 'VARCHAR')}" for name, kind in opened.partitions)
    return f"hive_partitioning = true, hive_types_autocast = false, hive_types = {{{types}}}"


def _outer(opened: FilesSource) -> tuple[str, ...]:
    """Columns that DuckDB makes of folders above the dataset's own, where it looks at folder names at all."""
    if not opened.partitions:
        return ()
    own = [name.casefold() for name, _ in opened.partitions]
    named = [part.split("=", 1)[0] for part in Path(opened.paths[0]).parent.parts if "=" in part]
    for name in own:
        if sum(one.casefold() == name for one in named) > 1:
            what = f"{opened.paths[0]}: two folders name the column {name!r}"
            raise MeasurementError(what, cause="configuration", fix="move the data out of the outer one, or rename it")
    return tuple(dict.fromkeys(name for name in named if name.casefold() not in own))


def _not_in_files(columns: Columns, opened: FilesSource) -> None:
    """A column may come from the files or from their folders' names, not from both: they need not agree."""
    inside = {name.casefold() for name in columns}
    for name in (*(name for name, _ in opened.partitions), *_outer(opened)):
        if name.casefold() in inside:
            what = f"column {name!r} is in {opened.paths[0]} and in the name of a folder above it"
            raise MeasurementError(what, cause="configuration", fix="rename the folder, or write the files without the column")


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(text_literal(_literally(path)) for path in paths) + "]"


def _literally(path: str) -> str:
    """A path of which no character is a wildcard: the glob was resolved before."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)
