"""Columns and types of a dataset, in words that are the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

TypeName = Literal[
    "string",
    "integer",
    "float",
    "decimal",
    "boolean",
    "date",
    "timestamp",
    "time",
    "duration",
    "binary",
    "list",
    "struct",
    "map",
    "null",
    "other",
]
NUMERIC: frozenset[str] = frozenset({"integer", "float", "decimal"})
TEMPORAL: frozenset[str] = frozenset({"date", "timestamp", "time", "duration"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, mlgate's word for its type, and the engine's own (`VARCHAR`, `DECIMAL(10,2)`)."""

    name: str
    type: TypeName
    native: str = ""


@dataclass(frozen=True)
class TableSchema:
    """The columns of a dataset in file order; `rows` is how many rows it has, None where only a scan could tell.

    `fields` are the parts of its struct columns, named `address.zip`; a column of that very name comes before them.
    """

    dataset: str
    columns: tuple[Column, ...]
    rows: int | None = None
    fields: tuple[Column, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """In file order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def types(self) -> Mapping[str, TypeName]:
        """By name."""
        return {column.name: column.type for column in self.columns}

    @cached_property
    def known(self) -> Mapping[str, Column]:
        """Everything that can be asked for, by name: columns, then fields."""
        return {column.name: column for column in (*self.fields, *self.columns)}
