"""Evidence that cannot be used."""

from __future__ import annotations

from mlgate.core.errors import MlgateError

MAX_BYTES = 256 * 2**20  # a report of 100,000 items is about a tenth of it


class BrokenEvidenceError(MlgateError):
    """A report that is unreadable, truncated, edited, or not from mlgate. The message says which file and what is wrong."""
