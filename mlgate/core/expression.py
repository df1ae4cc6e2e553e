"""A user's SQL expression, as text that the guard in `mlgate.expressions` has let through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """One scalar SQL expression in DuckDB's dialect, parsed and allow-listed before anything runs.

    `sql` is canonical (quoted names, no comments), so that two spellings of one expression are equal requests.
    `columns` are the names it reads, in order of appearance.
    Only `mlgate.expressions.guard.parse` builds one from a user's text; a kind may build one from its own text.
    """

    sql: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.sql


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
