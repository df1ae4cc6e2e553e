"""Datasets in a table of a database file or of a database server."""

from __future__ import annotations

import re
from pathlib import Path

from mlgate.adapters.sources._connection import Connection
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import TableSource

_FILES = ("duckdb", "sqlite")
_SERVERS = ("postgres", "mysql")
_FORM = (
    "write `duckdb:file.db:table`, `sqlite:file.db:table`, `postgres:postgresql://user:${PGPASSWORD}@host/database:table` or "
    "`mysql:mysql://user:${MYSQL_PWD}@host/database:table`; a table of a schema is `schema.table`"
)
_TABLE = re.compile(r"[^\s:/@?=&]+")  # no part of a connection string whose table was forgotten


class DatabaseTable:
    """A table or view of a DuckDB or SQLite file, or of a Postgres or MySQL server, opened read-only.

    SQLite is read by Python's own sqlite3, Postgres by psycopg (`pip install mlgate[postgres]`), MySQL and MariaDB by PyMySQL (`mlgate[mysql]`).
    """

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `table`."""
        return dataset.table is not None

    def open(self, dataset: Dataset) -> TableSource:
        """The parts of `driver:database:table`. Raises `MeasurementError` for another form, another driver and a missing or empty file.

        No message shows a connection string: it may hold a password.
        """
        assert dataset.table is not None
        driver, _, rest = dataset.table.partition(":")
        file, _, table = rest.rpartition(":")
        if driver in _SERVERS:
            return _of_server(driver, file, table)
        if driver not in _FILES:
            raise MeasurementError(f"unknown database {driver[:20]!r}", cause="configuration", fix=_FORM)
        if not (file and table):
            raise MeasurementError(f"not a table: {dataset.table!r}", cause="configuration", fix=_FORM)
        path = Path(file).absolute()
        if not path.is_file():
            raise MeasurementError(f"database not found: {file}", fix="write the file, or correct the path", missing=not path.exists())
        if path.stat().st_size == 0:
            raise MeasurementError(f"{file} is empty (0 bytes)", fix="write the file again: whatever wrote it did not finish")
        return TableSource(driver, str(path), table)

    def fingerprint(self, opened: TableSource) -> str:
        """Name, size in bytes and modification time in ns of the database file, and the table; of a server its place and the table alone."""
        if opened.driver in _SERVERS:
            return str(opened)
        stat = Path(opened.database).stat()
        return f"{Path(opened.database).name}:{stat.st_size}:{stat.st_mtime_ns}:{opened.table}"


def _of_server(driver: str, database: str, table: str) -> TableSource:
    connection = Connection.parse(database)
    if connection is None or not _TABLE.fullmatch(table):
        what = f"not a table of a {driver} server: it needs a connection string and, after a colon, the name of a table"
        raise MeasurementError(what, cause="configuration", fix=_FORM)
    return TableSource(driver, database, table, connection.place)
