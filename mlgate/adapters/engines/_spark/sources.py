"""Opened sources as frames of Spark: Parquet files, tables and DataFrames where they are; text files and frames of the driver through Arrow.

Text has one meaning only if one reader reads it: CSV and JSON lines pass through the reader of the duckdb engine, on the driver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from mlgate.adapters.engines._duckdb.fields import fields_of, members
from mlgate.adapters.engines._duckdb.loading import load as load_on_driver
from mlgate.adapters.engines._duckdb.loading import reading
from mlgate.adapters.engines._duckdb.tables import type_word
from mlgate.adapters.engines._spark.errors import said
from mlgate.adapters.engines._spark.names import name_of, text_of
from mlgate.adapters.engines._spark.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted, text_literal
from mlgate.core.ports import FilesSource, FrameSource, Opened, TableSource
from mlgate.core.table_schema import Column, TypeName

_NATIVE = {  # types of Spark by the names that DuckDB has for them, so that messages read alike
    "string": "VARCHAR",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "binary": "BLOB",
    "void": "NULL",
}
_NESTED: Mapping[str, TypeName] = {"array": "list", "struct": "struct", "map": "map"}
_AS_ARROW = {  # types of DuckDB that Arrow or Spark has no like of, by what they are handed over as
    "UUID": "varchar",
    "HUGEINT": "decimal(38, 0)",
    "UHUGEINT": "decimal(38, 0)",
    "UBIGINT": "decimal(20, 0)",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMPTZ_NS": "timestamptz",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_S": "timestamp",
}


@dataclass(frozen=True)
class Loaded:
    """A frame of Spark, its columns, what each is selected as, and its row positions where it has some."""

    frame: Any
    columns: tuple[Column, ...]
    sources: Mapping[str, str]
    position: str | None = None
    rows: int | None = None
    fields: tuple[Column, ...] = ()


def load(session: Session, name: str, opened: Opened) -> Loaded:
    """Raises `MeasurementError` that names the source and a fix."""
    try:
        with session.settings(), reading(opened):
            if isinstance(opened, TableSource) and opened.driver == "spark":
                return _of_spark(session.spark.table(opened.table))
            if isinstance(opened, FrameSource) and is_spark_frame(opened.frame):
                return _of_spark(opened.frame)
            if isinstance(opened, FilesSource) and opened.format == "parquet":
                return _parquet(session, name, opened)
            return _through_driver(session, name, opened)
    except MeasurementError:
        raise
    except Exception as error:  # Spark, Py4J and gRPC each have their own tree
        raise MeasurementError(
            f"{name}: {said(error)}", fix="what Spark itself cannot read is read by `engine: duckdb`, or written as another type"
        ) from error


def is_spark_frame(frame: Any) -> bool:
    """Whether it is a DataFrame of PySpark, classic or Connect."""
    return any(one.__module__.split(".")[0] == "pyspark" and one.__name__ == "DataFrame" for one in type(frame).__mro__)


def _of_spark(frame: Any) -> Loaded:
    columns = tuple(_column(field) for field in frame.schema.fields)
    _distinct_names(columns)
    sources = {field.name: _plain_text(field) for field in frame.schema.fields}
    return Loaded(frame, columns, sources)


def _column(field: Any) -> Column:
    kind = field.dataType.simpleString()
    head = kind.split("(", 1)[0].split("<", 1)[0].split(" ", 1)[0]
    native = "VARCHAR" if head in ("char", "varchar", "string") else _NATIVE.get(kind, kind.upper())
    if head in _NESTED:
        return Column(field.name, _NESTED[head], native)
    if head == "interval":
        return Column(field.name, "duration" if "day" in kind or "second" in kind else "other", native)
    if head == "time":
        return Column(field.name, "time", "TIME")
    return Column(field.name, type_word(native), native)


def _plain_text(field: Any) -> str:
    """A column with a collation compares by it; here text compares by code point."""
    kind, name = field.dataType.simpleString(), name_of(field.name)
    return f"collate({name}, 'UTF8_BINARY')" if kind.startswith("string collate") else name


def _distinct_names(columns: Sequence[Column]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        other = seen.setdefault(column.name.casefold(), column.name)
        if other is not column.name:
            raise MeasurementError(f"the columns {other!r} and {column.name!r} differ by case only, which SQL cannot tell apart", fix="rename one")


def _parquet(session: Session, name: str, opened: FilesSource) -> Loaded:
    source, _ = load_on_driver(session.driver, f"source_{name}", opened)  # says which files lack a column
    described = session.driver.describe(f"select * from {source}")
    columns = tuple(Column(column, type_word(native), native) for column, native in described)
    _distinct_names(columns)
    reader = session.spark.read
    if opened.partitions:
        reader = reader.option("basePath", _above(opened.paths[0], opened.partitions[0][0]))
    frame = reader.parquet(*(_uri(path) for path in opened.paths))
    kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    if lost := [column.name for column in columns if column.name not in kinds]:
        raise MeasurementError(f"Spark does not see the column {lost[0]!r} of {opened.paths[0]}", fix="rename it, or use `engine: duckdb`")
    sources = {column.name: _as_described(column, kinds[column.name]) for column in columns}
    counts = _counted(session, opened.paths)
    fields = _fields(columns, sources)
    return Loaded(frame, columns, sources, _position(frame, counts), sum(counts.values()), fields)


def _uri(path: str) -> str:
    """A path of which no character is a wildcard."""
    return "file://" + "".join(f"\\{char}" if char in "*?[]{}" else char for char in path)


def _above(path: str, column: str) -> str:
    """The folder above the one that gives `column` its value."""
    parts = Path(path).parts
    first = next(index for index, part in enumerate(parts) if part.startswith(f"{column}="))
    return f"file://{Path(*parts[:first])}"


def _as_described(column: Column, kind: str) -> str:
    """A column of Parquet as what DuckDB reads it as: Spark has no nanoseconds and no unsigned integers."""
    name = name_of(column.name)
    if column.type == "timestamp" and kind == "bigint":
        moment = f"timestamp_micros(({name} - pmod({name}, 1000L)) div 1000L)"
        return moment if column.native in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS") else f"cast({moment} as timestamp_ntz)"
    if column.type in ("string", "date", "integer") and _NATIVE.get(kind, "") != column.native and kind in ("int", "string", "date"):
        return f"cast({name} as {'string' if column.type == 'string' else 'date' if column.type == 'date' else 'bigint'})"
    return name


def _counted(session: Session, paths: Sequence[str]) -> dict[str, int]:
    """Rows by file, from the files' footers."""
    found = session.driver.rows(f"select file_name, num_rows from parquet_file_metadata([{', '.join(map(text_literal, paths))}])")
    rows = {str(path): int(count) for path, count in found}
    return {path: rows[path] for path in paths}


def _position(frame: Any, counts: Mapping[str, int]) -> str:
    """The place of a row, counted through all files in order of their paths."""
    if len(counts) == 1:
        return "_metadata.row_index"
    starts, start = {}, 0
    for path, count in counts.items():
        starts[path], start = start, start + count
    pairs = [f"{text_of(urlparse(uri).path)}, {starts[unquote(urlparse(uri).path)]}L" for uri in frame.inputFiles()]
    path = "regexp_replace(_metadata.file_path, '^file:/+', '/')"  # Spark writes file:/ here and file:/// there
    return f"coalesce(element_at(map({', '.join(pairs)}), {path}), raise_error('a file without a place')) + _metadata.row_index"


def _through_driver(session: Session, name: str, opened: Opened) -> Loaded:
    source, _ = load_on_driver(session.driver, f"source_{name}", opened)
    columns = tuple(Column(column, type_word(native), native) for column, native in session.driver.describe(f"select * from {source}"))
    handed = ", ".join(f"{_for_arrow(column)} as c{index}" for index, column in enumerate(columns))
    table = session.driver_arrow(f"select {handed}, row_number() over () - 1 as p from {source}")
    frame = session.spark.createDataFrame(table)
    sources = {column.name: _from_arrow(column, f"c{index}") for index, column in enumerate(columns)}
    fields = _fields(columns, sources)
    return Loaded(frame, columns, sources, "p", table.num_rows, fields)


def _fields(columns: Sequence[Column], sources: dict[str, str]) -> tuple[Column, ...]:
    """The fields of struct columns under their dotted names, as the duckdb engine has them; adds what each is selected as to `sources`."""
    wanted = fields_of([(column.name, column.native) for column in columns])
    paths = {column.name: (sources[column.name], column.native) for column in columns}
    known = -1
    while len(paths) != known:  # fields of fields, one level at a time
        known = len(paths)
        for name, (path, native) in list(paths.items()):
            for part, inside in members(native):
                paths.setdefault(f"{name}.{part}", (f"{path}.{name_of(part)}", inside))
    found = [field for field in wanted if field.name in paths]
    sources.update({field.name: paths[field.name][0] for field in found})
    return tuple(Column(field.name, type_word(field.native), field.native) for field in found)


def _for_arrow(column: Column) -> str:
    name = quoted(column.name)
    if column.native in _AS_ARROW or (column.type == "other" and column.native != "NULL"):
        return f"cast({name} as {_AS_ARROW.get(column.native, 'varchar')})"
    if column.type == "duration":
        return f"epoch_us({name})"
    if column.type == "null":
        return f"cast({name} as varchar)"
    return f"cast({name} as varchar)" if column.type == "string" and column.native != "VARCHAR" else name


def _from_arrow(column: Column, name: str) -> str:
    if column.type == "duration":
        return f"make_dt_interval(0, 0, 0, cast({name} / 1e6D as decimal(18, 6)))"
    return f"cast({name} as void)" if column.type == "null" else name
