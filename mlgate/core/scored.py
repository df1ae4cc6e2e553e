"""How long a model outside of this process took to answer."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Scored:
    """The calls that scored a model's rows in this run.

    `rows` were answered by calls that took `calls_s` seconds each, in their order, from the first byte sent to the last one read; `retries` counts
    the calls that were sent again because no connection came about, whose time is in none of them.
    """

    rows: int
    calls_s: tuple[float, ...]
    retries: int = 0

    @property
    def seconds(self) -> float:
        """Of all calls together."""
        return sum(self.calls_s)

    @property
    def throughput(self) -> float | None:
        """Rows per second, None where none were sent."""
        return self.rows / self.seconds if self.rows and self.seconds > 0 else None

    def __str__(self) -> str:
        if not self.calls_s:
            return "no row was sent"
        calls = f"{len(self.calls_s):,} {'request' if len(self.calls_s) == 1 else 'requests'}"
        again = f", {self.retries:,} sent again" if self.retries else ""
        took = f"median {_ms(median(self.calls_s))}, slowest {_ms(max(self.calls_s))}"
        return f"{self.rows:,} rows in {calls}{again}; {took}"


def _ms(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
