"""Importing pandera leaves no trace in the process."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_FORGETS_ZONES = "PYARROW_IGNORE_TIMEZONE"


@contextmanager
def imported_without_a_trace() -> Iterator[None]:
    """Importing pandera imports pyspark.pandas where there is one, which warns and makes pyarrow forget time zones in the whole process."""
    before = os.environ.get(_FORGETS_ZONES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop(_FORGETS_ZONES, None)
