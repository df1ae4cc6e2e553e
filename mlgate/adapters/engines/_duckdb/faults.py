"""What DuckDB raises when the machine has no more room, as errors that say how to give it some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.errors import MeasurementError

_DISK = ("max_temp_directory_size", "no space left", "disk quota")


@contextmanager
def machine_faults(session: Session) -> Iterator[None]:
    """Raises `MeasurementError` of cause infrastructure where memory or the disk is full; lets everything else through."""
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
        raise
