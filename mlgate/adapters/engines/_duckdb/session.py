"""A DuckDB connection with its limits, its lock, and answers as plain Python values."""

from __future__ import annotations

import contextlib
import datetime
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from mlgate.adapters.engines._duckdb.memory import granted_memory
from mlgate.core.expression import text_literal

_ZONED = "TIMESTAMP WITH TIME ZONE"
AS_UTC = " at time zone 'UTC'"  # makes a naive timestamp of one with a zone
Row = tuple[Any, ...]


class Session:
    """One in-memory database: `memory_bytes` (default: half of the machine's), spilling into `folder`, nothing loaded from outside."""

    def __init__(self, folder: Path, *, memory_bytes: int | None = None) -> None:
        self.folder = folder
        self.memory_bytes = memory_bytes or granted_memory()
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{self.memory_bytes // 2**20}MiB",
                "temp_directory": str(folder / "spill"),
                "python_enable_replacements": False,  # a name in a user's expression is a column, never a Python variable
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": True,  # row positions and file order are part of answers
            },
        )
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set enable_progress_bar = true")  # DuckDB knows its progress only then
        self.connection.execute("set enable_progress_bar_print = false")
        self.zoned = False  # does any open dataset hold timestamps with a zone?

    def run(self, sql: str) -> None:
        """Sends a statement whose result nobody reads."""
        self.connection.execute(sql)

    def rows(self, sql: str) -> list[Row]:
        """All rows of a query, as plain Python values."""
        zoned = self._zoned_columns(sql) if self.zoned else ()
        if not zoned:
            return [tuple(plain(value) for value in row) for row in self.connection.execute(sql).fetchall()]
        naive = self.connection.execute(_without_zones(sql, zoned)).fetchall()
        return [tuple(_with_zone(plain(value)) if zone else plain(value) for value, zone in zip(row, zoned, strict=True)) for row in naive]

    def arrays(self, sql: str) -> list[Any]:
        """The columns of a query as numpy arrays, masked where null; timestamps with a zone as UTC."""
        zoned = self._zoned_columns(sql) if self.zoned else ()
        found = self.connection.execute(_without_zones(sql, zoned) if zoned else sql).fetchnumpy()
        return list(found.values())

    def describe(self, query: str) -> list[tuple[str, str]]:
        """(name, native type) of each column of a query, by binding it alone."""
        return [(str(row[0]), str(row[1]).strip('"')) for row in self.connection.execute(f"describe {query}").fetchall()]

    def progress(self) -> float | None:
        """The share of the running statement that is done, as DuckDB estimates it from the rows its tables have."""
        percent = self.connection.query_progress()
        return percent / 100 if 0 <= percent <= 100 else None

    def _zoned_columns(self, sql: str) -> tuple[bool, ...]:
        flags = tuple(native == _ZONED for _, native in self.describe(sql))
        return flags if any(flags) else ()

    def lock(self, allowed_paths: Iterable[str]) -> None:
        """From here on no file but `allowed_paths` can be read, no extension loaded, no setting changed."""
        allowed = ", ".join(text_literal(path) for path in sorted(allowed_paths))
        self.run(f"set allowed_paths = [{allowed}]")
        self.run("set enable_external_access = false")
        self.run("set lock_configuration = true")

    def close(self) -> None:
        """Ends the connection; one that is stuck in a statement ends with the process, and what was measured before is not lost for it."""
        with contextlib.suppress(duckdb.Error):
            self.connection.close()


def _without_zones(sql: str, zoned: Sequence[bool]) -> str:
    # Reading a timestamp with a zone needs the package pytz, which nobody declares: it is read as UTC instead.
    names = [f"c{index}" for index in range(len(zoned))]
    picked = ", ".join(f"{name}{AS_UTC} as {name}" if zone else name for name, zone in zip(names, zoned, strict=True))
    return f"select {picked} from ({sql}) as answer({', '.join(names)})"


def _with_zone(value: Any) -> Any:
    return value.replace(tzinfo=datetime.UTC) if isinstance(value, datetime.datetime) else value


def plain(value: Any) -> Any:
    """A value of the database as plain Python: no Decimal, no UUID; NaN is no number and becomes None."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return tuple(plain(part) for part in value)
    if isinstance(value, dict):
        return tuple((key, plain(part)) for key, part in value.items())
    return value
