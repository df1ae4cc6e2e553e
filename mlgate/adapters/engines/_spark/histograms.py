"""Counts of numeric columns between edges in Spark's SQL, and the sample from which edges are taken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mlgate.adapters.engines._duckdb.histograms import FEW_EDGES
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark.lens import Lens, SparkRelation
from mlgate.adapters.engines._spark.names import SPARK
from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Grid, Histogram, Request
from mlgate.core.table_schema import NUMERIC

TOGETHER = 4  # histograms of many edges in one statement; more fall out of the JVM's compiler
_BLOCK = 1_000_000  # rows that one task numbers
_MODULUS, _STEP = 2**31, 1327217885  # the golden section of 2^31


def number(cell: Cell) -> str:
    """A number as a double, a point in time as seconds since 1970 in UTC."""
    if cell.type in (*NUMERIC, None, "null"):
        return f"cast({cell.sql} as double)"
    if cell.type in ("date", "timestamp"):
        return f"unix_micros(cast({cell.sql} as timestamp)) / 1e6D"
    if cell.type == "time":
        return f"time_to_micros({cell.sql}) / 1e6D"
    if cell.type == "duration":
        return f"unix_micros(timestamp_micros(0L) + {cell.sql}) / 1e6D"
    raise MeasurementError(f"a histogram needs numbers or times, {cell.name!r} is of type {cell.type}", cause="configuration")


def edges_of(request: Histogram) -> tuple[float, ...]:
    """None before the grid is known: only `mlgate plan` shows a histogram then."""
    return () if isinstance(request.edges, Grid) else request.edges


def is_narrow(request: Histogram) -> bool:
    """Whether one comparison an edge, fused with other aggregates, is the fastest form."""
    return len(edges_of(request)) <= FEW_EDGES and request.by is None


def parts(request: Histogram, lens: Lens) -> tuple[str, ...]:
    """Select expressions of a narrow histogram: nulls, values, the ends where they are asked for, then rows up to each edge."""
    value = number(lens.cell(request.of))
    kept = lens.value(value)
    head = [lens.count(f"{value} is null"), f"count({kept})", *((f"min({kept})", f"max({kept})") if request.ends else ())]
    if isinstance(request.edges, Grid):
        return (*head, f"/* counts between about {request.edges.cells} edges that {request.edges.view} will give */ 0L")
    return (*head, *(lens.count(f"{value} <= {SPARK.double(edge)}") for edge in request.edges))


def read(request: Histogram, row: Row) -> Binned:
    """The answer from the values of `parts`."""
    nulls, values = row[:2]
    low, high = row[2:4] if request.ends else (None, None)
    rest, upper = row[4 if request.ends else 2 :], edges_of(request)
    up_to = [0, *(int(value or 0) for value in rest[: len(upper)]), int(values or 0)]
    return Binned(upper, tuple(after - before for before, after in pairwise(up_to)), int(nulls or 0), low, high)


def wide(requests: Sequence[Histogram], lens: Lens) -> tuple[str, dict[str, Any]]:
    """(SQL, its parameters): one row for each histogram, value of `by` and cell, found by a binary search without branches.

    Each step is a select of its own, so that no expression is written twice; the edges are parameters, padded with infinity to 2^k - 1.
    """
    values = [f"{number(lens.cell(request.of))} as v{index}" for index, request in enumerate(requests)]
    by = requests[0].by
    values += [f"{lens.cell(by).sql} as k"] if by is not None else []
    sql = f"select {', '.join(values)} from {lens.relation.source}{lens.filter}"
    steps = [1 << max(len(edges_of(request)), 1).bit_length() >> 1 for request in requests]
    parameters: dict[str, Any] = {}
    for index, request in enumerate(requests):
        padding = [float("inf")] * (2 * steps[index] - 1 - len(edges_of(request)))
        parameters[f"e{index}"] = [*map(float, edges_of(request)), *padding]
    kept = ["k"] if by is not None else []
    kept += [f"v{index}" for index in range(len(requests))]
    found = [f"0 as i{index}" for index in range(len(requests))]
    sql = f"select {', '.join([*kept, *found])}\nfrom ({sql})"
    step = max(steps)
    while step:
        found = [
            f"i{index} + if(v{index} > element_at(:e{index}, i{index} + {step}), {step}, 0) as i{index}" if step <= steps[index] else f"i{index}"
            for index in range(len(requests))
        ]
        sql = f"select {', '.join([*kept, *found])}\nfrom ({sql})"
        step >>= 1
    structs = ", ".join(f"struct({index} as h, if(v{index} is null, -1, i{index}) as i, v{index} as v)" for index in range(len(requests)))
    key = "k, " if by is not None else "cast(null as string) as k, "
    rows = f"select {key}inline(array({structs}))\nfrom ({sql})"
    return f"{lens.relation.before}select h, k, i, count(*) as n, min(v) as low, max(v) as high\nfrom ({rows})\ngroup by h, k, i", parameters


def read_wide(requests: Sequence[Histogram], rows: Sequence[Row]) -> dict[Request, Any]:
    """The answers from the rows of `wide`: a `Binned`, or with `by` a mapping to one from each value."""
    groups: dict[tuple[int, Any], list[Row]] = {}
    for row in rows:
        groups.setdefault((int(row[0]), row[1]), []).append(row)
    answers: dict[Request, Any] = {}
    for index, request in enumerate(requests):
        if request.by is None:
            answers[request] = _binned(request, groups.get((index, None), []))
        else:
            answers[request] = {key: _binned(request, found) for (place, key), found in groups.items() if place == index}
    return answers


def _binned(request: Histogram, rows: Sequence[Row]) -> Binned:
    counts, nulls = [0] * (len(edges_of(request)) + 1), 0
    for _, _, cell, n, _, _ in rows:
        if cell < 0:
            nulls += int(n)
        else:
            counts[min(int(cell), len(counts) - 1)] += int(n)
    low = min((row[4] for row in rows if row[4] is not None), default=None) if request.ends else None
    high = max((row[5] for row in rows if row[5] is not None), default=None) if request.ends else None
    return Binned(edges_of(request), tuple(counts), nulls, low, high)


def sampled(grids: Sequence[Grid], lens: Lens, rows: int) -> str:
    """About `rows` rows of the columns of all grids, spread evenly, the same ones each time."""
    return spread(", ".join(f"{number(lens.cell(grid.of))} as c{index}" for index, grid in enumerate(grids)), len(grids), lens, rows)


def spread(select: str, width: int, lens: Lens, rows: int) -> str:
    """Rows thinned by their place in the slice, the very ones that the duckdb engine takes; without a row order, by a hash of the row."""
    relation = lens.relation
    assert isinstance(relation, SparkRelation)
    columns = ", ".join(f"c{index}" for index in range(width))
    whole = lens.where is None and relation.rows is not None and not relation.other
    total = f"{relation.rows}L" if whole else f"(select count(*) from {relation.source}{lens.filter})"
    share = f"{_MODULUS * rows}L div greatest({total}, 1L)"
    if relation.order is None:
        numbered = f"select {select}, pmod({relation.identity}, {_MODULUS}L) as place from {relation.source}{lens.filter}"
        return f"{relation.before}select {columns}, place\nfrom ({numbered})\nwhere place < {share}"
    before, numbered = _numbered(select, columns, lens, relation, whole=whole)
    return f"{before}select {columns}, place\nfrom ({numbered})\nwhere (place % {_MODULUS}L) * {_STEP}L % {_MODULUS}L < {share}"


def _numbered(select: str, columns: str, lens: Lens, relation: SparkRelation, *, whole: bool) -> tuple[str, str]:
    """(`with` clause, rows with their place, from 1): numbered in blocks by many tasks, each block from where the ones before it end."""
    rows = f"select {select}, {relation.order} as p from {relation.source}{lens.filter}"
    if whole:
        return relation.before, f"select {columns}, p + 1 as place from ({rows})"
    if relation.other:
        return relation.before, f"select {columns}, row_number() over (order by p asc nulls last) as place from ({rows})"
    sizes = (
        f"select p div {_BLOCK} as b, count(*) as n from (select {relation.order} as p from {relation.source}{lens.filter}) group by p div {_BLOCK}"
    )
    starts = f"select b, sum(n) over (order by b) - n as start from ({sizes})"
    inside = f"select {columns}, p div {_BLOCK} as b, row_number() over (partition by p div {_BLOCK} order by p) as r from ({rows})"
    return relation.before, f"select {columns}, r + start as place from ({inside}) as inside join ({starts}) as starts on inside.b = starts.b"
