"""The item `throughput` of `prediction_parity`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlgate.checks.skew import _served
from mlgate.core.bound import NumberBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.scored import Scored
from mlgate.core.statistic import Exact, Nothing


@dataclass(frozen=True)
class SpeedItem:
    """How fast the endpoint answered while this run scored its rows: all of them, whatever the slice."""

    check: _served.Pair
    bound: NumberBound

    def requests(self, scope: Scope) -> Iterable[Request]:
        self._scored(scope)
        return (Aggregate(Op.ROWS, None, (), _served.view(scope, self.check)),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        scored, (low, high) = self._scored(scope), self.bound.limits
        says = f"{self.check.of} answers a number of rows per second that is {self.bound}"
        if scored.throughput is None:
            return (Claim(says, Nothing("no row was sent"), low=low, high=high),)
        fix = "give the server more room, send more rows at a time (`batch_rows`), or measure it from where its users are"
        speed = f"{scored.throughput:,.4g} rows/s ({scored})"
        return (Claim(says, Exact(scored.throughput, scored.rows), low=low, high=high, unit="rows/s", seen=speed, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def _scored(self, scope: Scope) -> Scored:
        """Raises `MeasurementError` where nothing was asked over the network."""
        _served.answers(scope, self.check.of)
        found = scope.scored.get(self.check.of)
        if found is None:
            what = f"throughput: {self.check.of} is no endpoint, so nothing was asked that could be timed"
            raise MeasurementError(what, cause="configuration", fix="leave `throughput` out, or let `of` name a model with `endpoint:`")
        return found
