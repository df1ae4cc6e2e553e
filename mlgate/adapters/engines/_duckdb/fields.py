"""The fields of struct columns as columns of their own, named `address.zip`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mlgate.core.expression import quoted, text_literal

_DEPTH = 8
_MOST = 2000  # fields of one dataset; a wider log is better flattened where it is written
_PART = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|[(),]|[^\"'(),]+")  # of a type as DuckDB writes it


@dataclass(frozen=True)
class Field:
    """A field of a struct: its dotted name, the SQL that reads it, its native type."""

    name: str
    sql: str
    native: str


def fields_of(columns: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
    """The fields of (name, native type) columns, nested ones after their struct.

    Names that a column (or an earlier field) has are left out, whatever their case: DuckDB knows names without case.
    """
    taken = {name.casefold() for name, _ in columns}
    found: list[Field] = []
    for name, native in columns:
        if native.startswith("STRUCT(") and len(found) < _MOST:
            found += _inside(Field(name, quoted(name), native), taken, _DEPTH)
    return tuple(found[:_MOST])


def _inside(struct: Field, taken: set[str], depth: int) -> Iterator[Field]:
    for name, native in members(struct.native):
        field = Field(f"{struct.name}.{name}", f"struct_extract({struct.sql}, {text_literal(name)})", native)
        if field.name.casefold() not in taken:
            taken.add(field.name.casefold())
            yield field
            if native.startswith("STRUCT(") and depth:
                yield from _inside(field, taken, depth - 1)


def members(native: str) -> Iterator[tuple[str, str]]:
    """(name, native type) of the fields of a type such as `STRUCT(zip VARCHAR, "a b" STRUCT(x INTEGER))`; none of a type without names."""
    if not (native.startswith("STRUCT(") and native.endswith(")")):
        return
    for part in _split(_PART.findall(native.removeprefix("STRUCT(")[:-1])):
        name = re.match(r'("(?:[^"]|"")*"|[^" ]+) (.+)', part, re.DOTALL)
        if name:
            yield name[1][1:-1].replace('""', '"') if name[1].startswith('"') else name[1], name[2]


def _split(tokens: Collection[str]) -> Iterator[str]:
    """The parts between commas that stand in no brackets."""
    depth, part = 0, ""
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if token == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += token
    if part.strip():
        yield part.strip()
