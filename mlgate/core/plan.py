"""What will be asked of each dataset, before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.request import Probe, Request
from mlgate.core.view import AsOf


@dataclass(frozen=True)
class Scan:
    """All requests about one dataset (or one pair joined in one way), with every model whose predictions they read.

    `batches` are the statements: the requests of one batch are answered together by one pass over the data.
    """

    dataset: str
    joined: str | None
    models: tuple[str, ...]
    batches: tuple[tuple[Request, ...], ...]
    as_of: AsOf | None = None

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests of all batches."""
        return tuple(request for batch in self.batches for request in batch)


@dataclass(frozen=True)
class Plan:
    """One scan per dataset, plus one per joined pair of datasets; then the probes, each with a pass of its own over what it reads.

    `grids` come first: what they answer becomes the edges of histograms, or a bound of aggregates, in the scans.
    """

    scans: tuple[Scan, ...]
    grids: tuple[Scan, ...] = ()
    probes: tuple[Probe, ...] = ()

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests of all scans and all probes."""
        return (*(request for scan in (*self.grids, *self.scans) for request in scan.requests), *self.probes)
