"""From requests to a plan: equal requests are one, all requests about one dataset are one scan, fusable ones one statement.

The planner knows shapes (`Aggregate`, `Counts`, `Rows`), never a kind, a metric or an operator by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlgate.core.plan import Plan, Scan
from mlgate.core.request import Aggregate, Request, Rows

AGGREGATES_A_STATEMENT = 500  # wider selects take the engine longer to compile than a second pass over the columns takes


def plan(requests: Iterable[Request]) -> Plan:
    """One scan per dataset (and per joined pair of datasets), in order of first appearance.

    Each distinct request stands in exactly one batch of exactly one scan.
    """
    groups: dict[tuple[str, str | None], list[Request]] = {}
    for request in dict.fromkeys(requests):
        groups.setdefault((request.view.dataset, request.view.joined), []).append(request)
    return Plan(tuple(Scan(dataset, joined, _models(own), tuple(_batches(own))) for (dataset, joined), own in groups.items()))


def _models(requests: Iterable[Request]) -> tuple[str, ...]:
    names = (name for request in requests for name in (request.view.model, request.view.baseline))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _batches(requests: Sequence[Request]) -> Iterator[tuple[Request, ...]]:
    fused = [request for request in requests if isinstance(request, Aggregate) and not request.alone]
    for start in range(0, len(fused), AGGREGATES_A_STATEMENT):
        yield tuple(fused[start : start + AGGREGATES_A_STATEMENT])
    whole_columns: dict[object, list[Request]] = {}
    for request in requests:
        if isinstance(request, Rows) and request.limit is None:
            whole_columns.setdefault(request.view.where, []).append(request)
        elif request.alone:
            yield (request,)
    for same_rows in whole_columns.values():
        yield tuple(same_rows)
