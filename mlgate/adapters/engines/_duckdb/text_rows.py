"""Rows that a database driver hands out, as text, into a table: the cast to the column's type is the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.expression import quoted


@dataclass(frozen=True)
class TextColumn:
    """A column of a server's table: `asked` is what is selected there, `kind` its type here.

    `read` is what makes a value of `kind` out of the text `{}`; by default a cast.
    """

    name: str
    asked: str
    kind: str
    read: str = ""

    def value(self, text: str) -> str:
        """The SQL of its value out of `text`, the SQL of its text."""
        return self.read.replace("{}", text) if self.read else f"cast({text} as {self.kind})"


def create(session: Session, table: str, columns: Sequence[TextColumn]) -> None:
    """An empty table for the columns."""
    session.run(f"create table {quoted(table)} ({', '.join(f'{quoted(column.name)} {column.kind}' for column in columns)})")


def insert(session: Session, table: str, columns: Sequence[TextColumn], rows: Sequence[Sequence[Any]]) -> None:
    """Adds rows of text (None where null)."""
    import numpy as np

    texts = {}
    for index in range(len(columns)):
        values = np.empty(len(rows), dtype=object)
        values[:] = [row[index] for row in rows]
        texts[f"c{index}"] = values
    session.connection.register("mlgate_batch", texts)
    try:
        picked = ", ".join(column.value(f"cast(c{index} as varchar)") for index, column in enumerate(columns))
        session.run(f"insert into {quoted(table)} select {picked} from mlgate_batch")
    finally:
        session.connection.unregister("mlgate_batch")
