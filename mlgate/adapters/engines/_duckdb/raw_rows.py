"""Raw columns: all `Rows` of one slice in one select, as numpy arrays in file order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.histograms import spread
from mlgate.adapters.engines._duckdb.lens import Lens, Relation
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import ROW_NUMBER, Request, Rows
from mlgate.core.table_schema import TypeName
from mlgate.core.view import Comparison

Read = Callable[[Sequence[Any]], Mapping[Request, Any]]


def row_statements(relation: Relation, requests: Sequence[Rows]) -> Iterator[tuple[str, Read]]:
    """(SQL, reader of its arrays) for each group of requests with one slice, limit and selection."""
    groups: dict[Any, list[tuple[Rows, Lens]]] = {}
    for request in requests:
        lens = Lens.on(relation, request.view)
        kind = (lens.where, request.limit, request.repeated, request.largest, request.sample, request.unordered, request.numbered, request.places)
        groups.setdefault(kind, []).append((request, lens))
    for group in groups.values():
        yield _statement(group)


def _statement(group: Sequence[tuple[Rows, Lens]]) -> tuple[str, Read]:
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
    sql = _selected(first, lens, select, width)

    def read(arrays: Sequence[Any]) -> Mapping[Request, Any]:
        ready = [as_array(one, kind) for one, kind in zip(arrays, kinds.values(), strict=False)]
        numbers = {ROW_NUMBER: as_array(arrays[-1], "integer")} if width > len(places) else {}
        return {request: {part: ready[places[cells[request, part].sql]] for part in request.columns} | numbers for request, _ in group}

    return sql, read


def _selected(request: Rows, lens: Lens, select: str, width: int) -> str:
    if request.sample is not None:
        return spread(select, width, lens, request.sample)
    if request.places:
        return lens.relation.before + _placed(request, lens, select, width)
    if request.repeated:
        return lens.relation.before + _repeated(request, lens, select, width)
    return lens.relation.before + (_unordered(request, lens, select, width) if request.unordered else _plain(request, lens, select))


def frame_statement(relation: Relation, request: Rows) -> tuple[str, Sequence[Cell]]:
    """The SQL of one request, with its columns in the order asked for as c0, c1, ..."""
    lens = Lens.on(relation, request.view)
    cells = [lens.cell(part) for part in request.columns]
    select = ", ".join(f"{cell.sql} as c{index}" for index, cell in enumerate(cells))
    return _selected(request, lens, select, len(cells)), cells


def breaks(direction: object, *, strict: bool) -> str:
    """How a value compares with the one before it where it breaks an order."""
    return ("<=" if strict else "<") if direction == "increasing" else (">=" if strict else ">")


def _plain(request: Rows, lens: Lens, select: str) -> str:
    order = [f"{value} desc nulls last"] if (value := greatest(request, lens)) is not None else []
    order += [lens.relation.order] if lens.relation.order else []
    order += by_value(request, lens)
    ordered = f" order by {', '.join(order)}" if order else ""
    return f"select {select} from {lens.relation.source}{lens.filter}{ordered}{_limit(request)}"


def greatest(request: Rows, lens: Lens) -> str | None:
    """What the rows that are asked for are greatest in; None where it has no size."""
    largest = request.largest
    if isinstance(largest, Comparison):
        return lens.gap(largest)
    return None if largest is None else lens.cell(largest).sql


def by_value(request: Rows, lens: Lens) -> list[str]:
    """The order of rows that have no place in the first dataset of a pair, so that the first of them are the same each time."""
    return [f"{lens.cell(part).sql} asc nulls last" for part in request.columns] if lens.view.pairs == "only_joined" else []


def _placed(request: Rows, lens: Lens, select: str, width: int) -> str:
    ordered = f"order by {lens.relation.order}" if lens.relation.order else ""
    numbered = f"select {select}, row_number() over ({ordered}) - 1 as place from {lens.relation.source}{lens.filter}"
    wanted = ", ".join(f"c{index}" for index in range(width))
    places = ", ".join(str(int(place)) for place in request.places)
    return f"select {wanted} from ({numbered}) where place in ({places}) order by place{_limit(request)}"


def _repeated(request: Rows, lens: Lens, select: str, width: int) -> str:
    """Only groups that will be shown are looked up: at most `limit` of them, in order of their values."""
    values, kept = grouped(request.repeated, lens)
    keys = [f"k{index}" for index in range(len(values))]
    columns = ", ".join(f"{value} as {key}" for value, key in zip(values, keys, strict=True))
    source, by = lens.relation.source, ", ".join(keys)
    groups = f"select {columns} from {source} where {kept} group by all having count(*) > 1 order by {by}{_limit(request)}"
    place = lens.relation.order or "row_number() over ()"
    rows = f"select {select}, {columns}, {place} as place from {source} where {kept}"
    meets = " and ".join(f"shown.{key} is not distinct from groups.{key}" for key in keys)
    wanted = ", ".join(f"shown.c{index}" for index in range(width))
    ordered = ", ".join(f"shown.{key}" for key in keys)
    return f"select {wanted} from ({rows}) as shown semi join ({groups}) as groups on {meets} order by {ordered}, shown.place{_limit(request)}"


def _unordered(request: Rows, lens: Lens, select: str, width: int) -> str:
    """Each value that breaks the order, after the value that it breaks it with; nulls are no neighbours."""
    assert request.unordered is not None
    column, direction, strict = request.unordered
    value, comparison = lens.cell(column).sql, breaks(direction, strict=strict)
    place = lens.relation.order or "row_number() over ()"
    rows = f"select {select}, {value} as v, {place} as place from {lens.relation.source} where {lens.within(f'{value} is not null')}"
    beside = f"select *, lag(v) over (order by place) as u, lead(v) over (order by place) as w from ({rows})"
    wanted = ", ".join(f"c{index}" for index in range(width))
    return f"select {wanted} from ({beside}) where v {comparison} u or w {comparison} v order by place{_limit(request)}"


def grouped(names: Sequence[str | Expression], lens: Lens) -> tuple[list[str], str]:
    """(SQL of each key column, condition that keeps rows of the slice whose key is not altogether null)."""
    values = [lens.cell(name).sql for name in names]
    return values, lens.within(" or ".join(f"{value} is not null" for value in values))


def _limit(request: Rows) -> str:
    return f" limit {int(request.limit)}" if request.limit is not None else ""


def as_array(found: Any, kind: TypeName | None) -> Any:
    """Floats with NaN for null; times as Python's; where something else is null, objects with None."""
    import numpy as np

    mask = np.ma.getmaskarray(found)
    values = np.ma.getdata(found)
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
        values[mask] = np.nan
        return values
    if values.dtype.kind == "M":
        values = values.astype("datetime64[D]" if kind == "date" else "datetime64[us]")
    if values.dtype.kind in "mM" or mask.any():
        values = values.astype(object)
        values[mask] = None
    return values
