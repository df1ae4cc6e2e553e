"""Reads a pandera schema: which checks it consists of. Each check and column of the copy is marked with its part, to know it again in an error."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from mlgate.checks.data._schema_findings import SchemaPart
from mlgate.core.check import safe_part
from mlgate.core.errors import MeasurementError
from mlgate.core.registry import import_callable
from mlgate.strategies._pandera_import import imported_without_a_trace

MARK = "mlgate_part"  # attribute of checks and columns in the copy


@dataclass
class ReadSchema:
    """A copy of the user's schema, ready to validate, and its parts.

    `words` finds the part of what pandera names in words: by column (or pattern, "" for the table) and word (`dtype`, `not_nullable`, ...).
    """

    schema: Any
    backend: str
    parts: dict[str, SchemaPart] = field(default_factory=dict)
    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, part: SchemaPart) -> str:
        """Adds a part under a name of its own, and gives the name."""
        plain = safe_part(part.name)
        name, number = plain, 1
        while name in self.parts:
            number += 1
            name = f"{plain}-{number}"
        self.parts[name] = replace(part, name=name)
        return name

    def add_word(self, word: str, says: str, *, column: str = "", of_values: bool = True, optional: bool = False) -> None:
        """Adds a part that pandera names by a word."""
        name = f"{column}.{word}" if column else word
        self.words[column, word] = self.add(SchemaPart(name, says, column, of_values=of_values, optional=optional))

    @property
    def whole_table(self) -> bool:
        """Whether it may read columns that it does not name."""
        schema = self.schema
        parsed = getattr(schema, "parsers", None) or [one for one in schema.columns.values() if getattr(one, "parsers", None)]
        return bool(schema.checks or parsed or schema.strict or schema.ordered or not schema.columns)

    def matching(self, column: str, names: Sequence[str]) -> tuple[str, ...]:
        """The names that a column of the schema is about."""
        declared = self.schema.columns[column]
        if not declared.regex:
            return (column,) if column in names else ()
        return tuple(name for name in names if re.match(column, name) and (self.backend != "polars" or name not in self.schema.columns))

    def type_of(self, column: str) -> Any:
        """The type that a column of the schema must have, None where any will do."""
        return self.type_of_all or self.schema.columns[column].dtype

    @property
    def type_of_all(self) -> Any:
        """The type of every column, where the schema gives one; a pydantic model is a type of rows."""
        return None if "Pydantic" in type(self.schema.dtype).__name__ else self.schema.dtype


def read_schema(target: str) -> ReadSchema:
    """Raises `MeasurementError` (cause configuration) where there is no such schema, or none of pandas or polars."""
    schema = imported_schema(target)
    backend = type(schema).__module__.split(".")[2]
    if backend == "pandas":
        schema = _index_as_columns(target, schema)
    read = ReadSchema(schema, backend)
    schema.drop_invalid_rows = False  # would turn failures into rows that are gone
    for name, column in schema.columns.items():
        _add_column(read, str(name), column)
    _add_table(read)
    if not read.parts:
        raise MeasurementError(f"{target} checks nothing", cause="configuration", fix="give it columns or checks")
    return read


def imported_schema(target: str) -> Any:
    """A copy of the user's schema as it is. Raises `MeasurementError` (cause configuration) where there is none of pandas or polars."""
    with imported_without_a_trace():
        try:
            return _schema_of(target, import_callable(target))
        except MeasurementError as error:
            if "pandera" in error.what and "No module" in error.what:
                raise MeasurementError(error.what, cause="infrastructure", fix="pip install 'mlgate[pandera]'") from error
            raise


def _schema_of(target: str, found: Any) -> Any:
    try:
        if hasattr(found, "to_schema"):
            found = found.to_schema()
        elif not hasattr(found, "validate"):
            found = found()
            found = found.to_schema() if hasattr(found, "to_schema") else found
    except Exception as error:  # the user's code may raise anything
        raise MeasurementError(
            f"{target} gives no schema: {type(error).__name__}: {error}", cause="configuration", fix="call it by hand; it takes no argument"
        ) from error
    place = type(found).__module__
    if not place.startswith(("pandera.api.pandas.container", "pandera.api.polars.container")) or not hasattr(found, "columns"):
        raise MeasurementError(
            f"{target} is a {type(found).__name__} of {place}",
            cause="configuration",
            fix="name a DataFrameSchema or DataFrameModel of pandera.pandas or pandera.polars",
        )
    return copy.deepcopy(found)


def _index_as_columns(target: str, schema: Any) -> Any:
    """Levels of a named index as columns: tables that are stored have no other place for them."""
    index = schema.index
    names = [] if index is None else list(getattr(index, "names", None) or [index.name])
    if not any(names):
        return schema
    if not all(names):
        raise MeasurementError(f"{target} has an index with a level without a name", cause="configuration", fix="name all levels of the index")
    together = list(getattr(index, "unique", None) or []) if hasattr(index, "indexes") else []
    plain = schema.reset_index()
    if together:
        import pandera.pandas as pa

        plain.checks = [*plain.checks, pa.Check(lambda frame: ~frame.duplicated(together, keep=False), name="index unique")]
    return plain


def _add_column(read: ReadSchema, name: str, column: Any) -> None:
    column.mlgate_part, column.drop_invalid_rows = name, False
    add = partial(read.add_word, column=name, optional=not column.required)
    if column.required:
        read.add_word("present", f"column {name} is there", column=name, of_values=False)
    if (dtype := read.type_of(name)) is not None:
        add("dtype", f"{name} is of type {dtype}", of_values=False)
    if not column.nullable:
        add("not_nullable", f"{name} has no nulls")
    if column.unique:
        add("unique", f"{name} has no duplicates")
    column.checks = list(_marked(read, column.checks, name, optional=not column.required))


def _add_table(read: ReadSchema) -> None:
    schema = read.schema
    if schema.strict is True:
        read.add_word("strict", "there are no other columns than the schema's", of_values=False)
    if schema.ordered:
        read.add_word("ordered", "the columns stand in the schema's order", of_values=False)
    if schema.unique:
        together = [schema.unique] if isinstance(schema.unique, str) else list(schema.unique)
        read.add_word("unique", f"{', '.join(together)} together have no duplicates")
    if schema.dtype is not None and read.type_of_all is None:
        read.add_word("dtype", f"every row is a {schema.dtype}")
    elif schema.dtype is not None and not schema.columns:  # pandera then takes every column for one of this type, without nulls
        read.add_word("dtype", f"all columns are of type {schema.dtype}", of_values=False)
        read.add_word("not_nullable", "no column has nulls")
    schema.checks = list(_marked(read, schema.checks, ""))
    index = getattr(schema, "index", None)
    if index is not None:  # without a name: the row number
        index.mlgate_part, index.name = "index", None
        index.checks = list(_marked(read, index.checks, "index"))


def _marked(read: ReadSchema, checks: Any, column: str, *, optional: bool = False) -> Iterator[Any]:
    """Copies, because one check may serve several columns."""
    for check in checks if isinstance(checks, (list, tuple)) else [checks]:
        own = copy.copy(check)
        plain = str(own.name or "check").strip("<>") or "check"
        name = f"{column}.{plain}" if column else plain
        error = str(own.error or "")
        bounded = error.startswith(f"{plain}(")  # pandera's own: the name with its arguments
        part = SchemaPart(
            name,
            f"{column or 'the table'} satisfies {error if bounded else plain}",
            "" if column == "index" else column,
            "" if bounded else error,
            warns=bool(own.raise_warning),
            optional=optional,
        )
        own.mlgate_part, own.raise_warning, own.n_failure_cases = read.add(part), False, None
        yield own
