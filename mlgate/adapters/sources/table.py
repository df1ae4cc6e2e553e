"""Datasets in a table of a database file."""

from __future__ import annotations

from pathlib import Path

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import TableSource

_DRIVERS = ("duckdb", "sqlite")
_FORM = "write `duckdb:file.db:table` or `sqlite:file.db:table`; a table of a schema is `schema.table`"


class DatabaseTable:
    """A table or view of a DuckDB or SQLite file, opened read-only. SQLite is read by Python's own sqlite3, column types as declared."""

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `table`."""
        return dataset.table is not None

    def open(self, dataset: Dataset) -> TableSource:
        """The parts of `driver:file:table`. Raises `MeasurementError` for another form, another driver and a missing or empty file."""
        assert dataset.table is not None
        driver, _, rest = dataset.table.partition(":")
        file, _, table = rest.rpartition(":")
        if not (driver and file and table):
            raise MeasurementError(f"not a table: {dataset.table!r}", cause="configuration", fix=_FORM)
        if driver not in _DRIVERS:
            raise MeasurementError(f"unknown database {driver!r} in {dataset.table!r}", cause="configuration", fix=_FORM)
        path = Path(file).absolute()
        if not path.is_file():
            raise MeasurementError(f"database not found: {file}", fix="write the file, or correct the path", missing=not path.exists())
        if path.stat().st_size == 0:
            raise MeasurementError(f"{file} is empty (0 bytes)", fix="write the file again: whatever wrote it did not finish")
        return TableSource(driver, str(path), table)

    def fingerprint(self, opened: TableSource) -> str:
        """Name, size in bytes and modification time in ns of the database file, and the table."""
        stat = Path(opened.database).stat()
        return f"{Path(opened.database).name}:{stat.st_size}:{stat.st_mtime_ns}:{opened.table}"
