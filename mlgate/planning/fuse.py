"""From requests to a plan: equal requests are one, all requests about one dataset are one scan, fusable ones one statement.

The planner knows shapes (`Aggregate`, `Counts`, `Rows`, ...), never a kind, a metric or an operator by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlgate.core.plan import Plan, Scan
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Probe, Request, Rows, needed_by
from mlgate.core.view import AsOf

AGGREGATES_A_STATEMENT = 500  # wider selects take the engine longer to compile than a second pass over the columns takes
COUNTS_A_STATEMENT = 16
GRIDS_A_STATEMENT = 64  # each needs a sample of its column in memory


def plan(requests: Iterable[Request]) -> Plan:
    """One scan per dataset (and per joined pair of datasets), in order of first appearance.

    Each distinct request stands in exactly one batch of exactly one scan, or among the probes; what another request needs (the grid of a
    histogram) is asked even where nobody else does, before all scans.
    """
    distinct = dict.fromkeys(requests)
    needed = (needed_by(request) for request in distinct)
    first = dict.fromkeys([*(one for one in needed if one is not None), *(one for one in distinct if isinstance(one, Grid))])
    probes = tuple(one for one in distinct if isinstance(one, Probe))
    return Plan(tuple(_scans(one for one in distinct if one not in first and not isinstance(one, Probe))), tuple(_scans(first)), probes)


def _scans(requests: Iterable[Request]) -> Iterator[Scan]:
    groups: dict[tuple[str, str | None, AsOf | None], list[Request]] = {}
    for request in requests:
        groups.setdefault((request.view.dataset, request.view.joined, request.view.as_of), []).append(request)
    for (dataset, joined, as_of), own in groups.items():
        yield Scan(dataset, joined, _models(own), tuple(_batches(own)), as_of)


def _models(requests: Iterable[Request]) -> tuple[str, ...]:
    names = (name for request in requests for name in (request.view.model, request.view.baseline))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _batches(requests: Sequence[Request]) -> Iterator[tuple[Request, ...]]:
    fused = [request for request in requests if isinstance(request, (Aggregate, Histogram)) and not request.alone]
    for start in range(0, len(fused), AGGREGATES_A_STATEMENT):
        yield tuple(fused[start : start + AGGREGATES_A_STATEMENT])
    same_rows: dict[object, list[Request]] = {}  # raw columns of the same rows are fetched together
    grids: dict[object, list[Request]] = {}
    counts: dict[object, list[Request]] = {}  # an engine that reads rows, not columns, counts several columns in one pass
    for request in requests:
        if isinstance(request, Rows) and request.limit is None:
            same_rows.setdefault((request.view.where, request.view.pairs, request.sample), []).append(request)
        elif isinstance(request, Grid):
            grids.setdefault(request.view, []).append(request)
        elif isinstance(request, Counts):
            counts.setdefault(request.view, []).append(request)
        elif request.alone:
            yield (request,)
    yield from map(tuple, same_rows.values())
    for group in counts.values():
        yield from (tuple(group[start : start + COUNTS_A_STATEMENT]) for start in range(0, len(group), COUNTS_A_STATEMENT))
    for group in grids.values():
        yield from (tuple(group[start : start + GRIDS_A_STATEMENT]) for start in range(0, len(group), GRIDS_A_STATEMENT))
