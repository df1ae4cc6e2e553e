"""What will be asked of each dataset, before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.request import Request


@dataclass(frozen=True)
class Scan:
    """All requests about one dataset (or one joined pair), with every model whose predictions they read.

    `batches` are the statements: the requests of one batch are answered together by one pass over the data.
    """

    dataset: str
    joined: str | None
    models: tuple[str, ...]
    batches: tuple[tuple[Request, ...], ...]

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests of all batches."""
        return tuple(request for batch in self.batches for request in batch)


@dataclass(frozen=True)
class Plan:
    """One scan per dataset, plus one per joined pair of datasets."""

    scans: tuple[Scan, ...]
