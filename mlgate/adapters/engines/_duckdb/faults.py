"""What DuckDB raises when the machine has no more room or a file is damaged, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting

_DAMAGED = (  # what a statement finds out only when it comes to the place
    ("invalid string encoding", "write the text as UTF-8, or the column as binary"),
    ("failed to cast column", "write all files with one schema"),
    *((mark, "write the file again: a part of it is damaged") for mark in ("failed to read file", "could not read enough bytes", "tprotocol")),
)
_DISK = ("max_temp_directory_size", "no space left", "disk quota")


@contextmanager
def known_faults(session: Session) -> Iterator[None]:
    """Raises `MeasurementError` where memory or the disk is full (cause infrastructure) or a file is damaged; lets everything else through."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error).split("\n", 1)[0]
        megabytes = session.memory_bytes // 2**20
        more = f"set MLGATE_MEMORY_MB above the {megabytes} MB that DuckDB may use now"
        if any(mark in str(error).lower() for mark in _DISK):
            fix = f"free space on the disk of {session.folder} or set TMPDIR to a folder on a larger one; or {more}"
            raise MeasurementError(f"the disk is full while spilling: {said}", cause="infrastructure", fix=fix) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise MeasurementError(f"out of memory: {said}", cause="infrastructure", fix=f"{more}, or check fewer rows") from error
        if fix := next((fix for mark, fix in _DAMAGED if mark in said.lower()), ""):
            raise MeasurementError(quoting(said), fix=fix) from error
        raise
