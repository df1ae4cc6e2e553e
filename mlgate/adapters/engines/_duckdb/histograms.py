"""Counts of a numeric column between edges, and the sample from which edges are taken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mlgate.adapters.engines._duckdb.lens import Lens
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Grid, Histogram
from mlgate.core.table_schema import NUMERIC

FEW_EDGES = 24  # up to here one comparison an edge is faster than a binary search (20 million rows: 0.018 s an edge against 0.4 s)


def number(cell: Cell) -> str:
    """A number as a double, a point in time as seconds since 1970 in UTC."""
    if cell.type in (*NUMERIC, None, "null"):
        return f"cast({cell.sql} as double)"
    if cell.type in ("date", "timestamp"):
        return f"epoch_us(cast({cell.sql} as timestamp)) / 1e6"
    if cell.type in ("time", "duration"):
        return f"epoch_us({cell.sql}) / 1e6"
    raise MeasurementError(f"a histogram needs numbers or times, {cell.name!r} is of type {cell.type}", cause="configuration")


def parts(request: Histogram, lens: Lens) -> tuple[str, ...]:
    """Select expressions: rows, values, the ends where they are asked for, then what the counts are read from."""
    cell = lens.cell(request.of)
    value, edges = number(cell), _edges(request)
    kept = lens.value(value)
    head = [lens.rows, f"count({lens.value(cell.sql)})"]
    head += [f"min({kept})", f"max({kept})"] if request.ends else []
    if isinstance(request.edges, Grid):
        return (*head, f"/* counts between about {request.edges.cells} edges that {request.edges.view} will give */ null")
    if len(edges) <= FEW_EDGES:
        return (*head, *(f"countif({lens.within(f'{_never_null(cell)} <= {_double(edge)}')})" for edge in edges))
    return (*head, f"histogram({kept}, [{', '.join(map(_double, edges))}])")


def _never_null(cell: Cell) -> str:
    """The number with NaN for null, which is below no edge: comparing takes a third of the time where nothing can be null."""
    return f"coalesce({cell.raw or number(cell)}, 'nan'::double)"


def read(request: Histogram, row: Row) -> Binned:
    """The answer from the values of `parts`."""
    edges = _edges(request)
    rows, values = int(row[0] or 0), int(row[1] or 0)
    low, high = row[2:4] if request.ends else (None, None)
    rest = row[4:] if request.ends else row[2:]
    if len(edges) <= FEW_EDGES:
        up_to = [0, *(int(value or 0) for value in rest), values]
        counts = [after - before for before, after in pairwise(up_to)]
    else:
        found = dict(rest[0] or ())
        counts = [int(found.get(edge, 0)) for edge in edges]
        counts.append(values - sum(counts))
    return Binned(edges, tuple(counts), rows - values, low, high)


def by_value(request: Histogram, lens: Lens) -> str:
    """One row for each value of `by`: it, then `parts`."""
    assert request.by is not None
    selected = ",\n       ".join(parts(request, lens))
    return f"{lens.relation.before}select {lens.cell(request.by).sql} as k, {selected}\nfrom {lens.relation.source}{lens.filter} group by k"


def sampled(grids: Sequence[Grid], lens: Lens, rows: int) -> str:
    """About `rows` rows of the columns of all grids, spread evenly, the same ones each time."""
    return spread(", ".join(f"{number(lens.cell(grid.of))} as c{index}" for index, grid in enumerate(grids)), len(grids), lens, rows)


def spread(select: str, width: int, lens: Lens, rows: int) -> str:
    """A select whose rows are thinned by their position: steps of the golden section, which no period in the data can follow."""
    source, kept = lens.relation.source, lens.filter
    order = f"order by {lens.relation.order}" if lens.relation.order else ""
    numbered = f"select {select}, row_number() over ({order}) as place from {source}{kept}"
    share = f"(select {2**31 * rows} // greatest(count(*), 1) from {source}{kept})"
    columns = ", ".join(f"c{index}" for index in range(width))
    thinned = f"(place % {2**31}) * 1327217885 % {2**31} < {share}"
    return f"{lens.relation.before}select {columns} from ({numbered}) where {thinned} order by place"


def _edges(request: Histogram) -> tuple[float, ...]:
    if isinstance(request.edges, Grid):  # only `mlgate plan` shows a histogram before its grid is known
        return ()
    return request.edges


def _double(value: float) -> str:
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"  # with an exponent it is read as a double, without as a decimal
