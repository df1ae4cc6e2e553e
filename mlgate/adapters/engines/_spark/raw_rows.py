"""Raw columns: all `Rows` of one slice in one select, as numpy arrays in file order where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.lens import Relation
from mlgate.adapters.engines._duckdb.raw_rows import as_array, breaks, by_value, greatest, grouped
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark.histograms import spread
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.core.errors import MeasurementError
from mlgate.core.request import ROW_NUMBER, Request, Rows

Read = Callable[[Sequence[Any]], Mapping[Request, Any]]
PLACE = "place"


def row_statements(relation: Relation, requests: Sequence[Rows]) -> Iterator[tuple[str, bool, Read]]:
    """(SQL, whether the driver sorts by `place`, reader of the arrays) for each group of requests with one slice, limit and selection."""
    groups: dict[Any, list[tuple[Rows, Lens]]] = {}
    for request in requests:
        lens = Lens.on(relation, request.view)
        kind = (lens.where, request.limit, request.repeated, request.largest, request.sample, request.unordered, request.numbered, request.places)
        groups.setdefault(kind, []).append((request, lens))
    for group in groups.values():
        yield _statement(group)


def _statement(group: Sequence[tuple[Rows, Lens]]) -> tuple[str, bool, Read]:
    first, lens = group[0]
    cells = {(request, part): one.cell(part) for request, one in group for part in request.columns}
    kinds = {cell.sql: cell.type for cell in cells.values()}
    places = {sql: index for index, sql in enumerate(kinds)}
    if not places:
        raise MeasurementError("rows need at least one column", cause="configuration")
    select = ", ".join(f"{sql} as c{index}" for sql, index in places.items())
    width, order = len(places), lens.relation.order
    if first.numbered and order is not None:
        select, width = f"{select}, {order} + 1 as c{width}", width + 1
    sql, by_driver = _selected(first, lens, select, width)

    def read(arrays: Sequence[Any]) -> Mapping[Request, Any]:
        ready = [as_array(one, kind) for one, kind in zip(arrays, kinds.values(), strict=False)]
        numbers = {ROW_NUMBER: as_array(arrays[-1], "integer")} if width > len(places) else {}
        return {request: {part: ready[places[cells[request, part].sql]] for part in request.columns} | numbers for request, _ in group}

    return sql, by_driver, read


def frame_statement(relation: Relation, request: Rows) -> tuple[str, bool, Sequence[Cell]]:
    """The SQL of one request, whether the driver sorts, and its columns in the order asked for as c0, c1, ..."""
    lens = Lens.on(relation, request.view)
    cells = [lens.cell(part) for part in request.columns]
    select = ", ".join(f"{cell.sql} as c{index}" for index, cell in enumerate(cells))
    return *_selected(request, lens, select, len(cells)), cells


def _selected(request: Rows, lens: Lens, select: str, width: int) -> tuple[str, bool]:
    """(SQL, whether the driver sorts by `place`)."""
    if request.places:
        return lens.relation.before + _placed(request, lens, select, width), False
    if request.sample is not None:
        return spread(select, width, lens, request.sample), True
    if request.repeated:
        return lens.relation.before + _repeated(request, lens, select, width), False
    if request.unordered:
        return lens.relation.before + _unordered(request, lens, select, width), False
    if request.limit is None and lens.relation.order is not None:  # they come to the driver anyway; Spark would shuffle them first
        return f"{lens.relation.before}select {select}, {lens.relation.order} as {PLACE}\nfrom {lens.relation.source}{lens.filter}", True
    return lens.relation.before + _plain(request, lens, select), False


def _placed(request: Rows, lens: Lens, select: str, width: int) -> str:
    """The rows at some positions of the view. One task numbers them."""
    if lens.relation.order is None:
        raise MeasurementError(f"{lens.view} has no row order, and so no positions", cause="configuration")
    numbered = f"select {select}, row_number() over (order by {lens.relation.order}) - 1 as {PLACE} from {lens.relation.source}{lens.filter}"
    wanted, places = ", ".join(f"c{index}" for index in range(width)), ", ".join(str(int(place)) for place in request.places)
    return f"select {wanted}\nfrom ({numbered})\nwhere {PLACE} in ({places})\norder by {PLACE}{_limit(request)}"


def _plain(request: Rows, lens: Lens, select: str) -> str:
    order = [f"{value} desc nulls last"] if (value := greatest(request, lens)) is not None else []
    order += [f"{lens.relation.order} asc nulls last"] if lens.relation.order else []
    order += by_value(request, lens)
    ordered = f"\norder by {', '.join(order)}" if order else ""
    return f"select {select}\nfrom {lens.relation.source}{lens.filter}{ordered}{_limit(request)}"


def _unordered(request: Rows, lens: Lens, select: str, width: int) -> str:
    """Each value that breaks the order, after the value that it breaks it with; nulls are no neighbours. One task sorts."""
    assert request.unordered is not None
    column, direction, strict = request.unordered
    value, comparison = lens.cell(column).sql, breaks(direction, strict=strict)
    if lens.relation.order is None:
        raise MeasurementError(f"{lens.view.dataset} has no row order that {column} could follow", cause="configuration")
    kept = lens.within(f"{value} is not null")
    rows = f"select {select}, {value} as v, {lens.relation.order} as {PLACE} from {lens.relation.source} where {kept}"
    beside = f"select *, lag(v) over (order by {PLACE}) as u, lead(v) over (order by {PLACE}) as w from ({rows})"
    wanted = ", ".join(f"c{index}" for index in range(width))
    return f"select {wanted}\nfrom ({beside})\nwhere v {comparison} u or w {comparison} v\norder by {PLACE}{_limit(request)}"


def _repeated(request: Rows, lens: Lens, select: str, width: int) -> str:
    """Only groups that will be shown are looked up: at most `limit` of them, in order of their values."""
    values, kept = grouped(request.repeated, lens)
    keys = [f"k{index}" for index in range(len(values))]
    columns = ", ".join(f"{value} as {key}" for value, key in zip(values, keys, strict=True))
    source, by = lens.relation.source, ", ".join(f"{key} asc nulls last" for key in keys)
    groups = (
        f"select {columns}, count(*) as n from {source} where {kept} group by {', '.join(values)} having count(*) > 1 order by {by}{_limit(request)}"
    )
    place = lens.relation.order or "0"
    rows = f"select {select}, {columns}, {place} as {PLACE} from {source} where {kept}"
    meets = " and ".join(f"shown.{key} <=> groups.{key}" for key in keys)
    wanted = ", ".join(f"shown.c{index}" for index in range(width))
    ordered = ", ".join(f"shown.{key} asc nulls last" for key in keys)
    shown = f"from ({rows}) as shown left semi join ({groups}) as groups on {meets}"
    return f"select {wanted}\n{shown}\norder by {ordered}, shown.{PLACE} asc nulls last{_limit(request)}"


def _limit(request: Rows) -> str:
    return f" limit {int(request.limit)}" if request.limit is not None else ""
