"""From a batch of requests to statements, and from their results to answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from mlgate.adapters.engines._duckdb.lens import Relation
from mlgate.adapters.engines._duckdb.raw_rows import breaks, grouped
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark import histograms
from mlgate.adapters.engines._spark.forms import Form, form
from mlgate.adapters.engines._spark.joined import shifted_sql
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.raw_rows import PLACE, Read, row_statements
from mlgate.adapters.engines._spark.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Op, Request, Rows
from mlgate.core.view import View
from mlgate.stats.grid import SAMPLE_ROWS, edges

Answers = Mapping[Request, Any]
Fused = Aggregate | Histogram
PARTS_A_STATEMENT = 100  # wider selects fall out of the JVM's compiler, narrower ones read the columns once more
PARTS_A_JOIN = 300  # a statement on a joined pair joins again, which costs more than what is counted on it
_BLOCK = 1_000_000  # rows that one task looks through for breaks of order


@dataclass(frozen=True)
class Statement:
    """One query and how the answers are read from its result."""

    sql: str
    ask: Callable[[Session], Answers]


def statements(relation: Relation, batch: Sequence[Request]) -> Iterator[Statement]:
    """The statements of a batch: as few as the compiler bears for all aggregates that fuse, one for each other request."""
    yield from _fused(relation, [request for request in batch if _fuses(request)])
    yield from _histograms(relation, [request for request in batch if isinstance(request, Histogram) and not _fuses(request)])
    if grids := [request for request in batch if isinstance(request, Grid)]:
        yield _grids(relation, grids)
    yield from _counted(relation, [request for request in batch if isinstance(request, Counts)])
    for request in batch:
        if isinstance(request, Aggregate) and request.alone:
            yield _ALONE[request.op](request, Lens.on(relation, request.view))
    for sql, sorted_here, read in row_statements(relation, [request for request in batch if isinstance(request, Rows)]):
        yield _arrays(sql, sorted_here, read)


def _arrays(sql: str, sorted_here: bool, read: Read) -> Statement:
    return Statement(sql, lambda session: read(session.arrays(session.arrow(sql), order=(PLACE,) if sorted_here else ())))


def _fuses(request: Request) -> TypeGuard[Fused]:
    return histograms.is_narrow(request) if isinstance(request, Histogram) else isinstance(request, Aggregate) and not request.alone


def _fused(relation: Relation, requests: Sequence[Fused]) -> Iterator[Statement]:
    lenses = {view: Lens.on(relation, view) for view in dict.fromkeys(request.view for request in requests)}
    forms = {request: _form(request, lenses[request.view]) for request in requests}
    for apart in (False, True):
        own = {request: one for request, one in forms.items() if one.apart is apart}
        for chunk in _chunks(own, PARTS_A_JOIN if relation.other else PARTS_A_STATEMENT):
            yield _statement(relation, chunk)


def _form(request: Fused, lens: Lens) -> Form:
    if isinstance(request, Aggregate):
        return form(request, lens)
    return Form(histograms.parts(request, lens), lambda row: histograms.read(request, row))


def _histograms(relation: Relation, requests: Sequence[Histogram]) -> Iterator[Statement]:
    groups: dict[Any, list[Histogram]] = {}
    for request in requests:
        groups.setdefault((request.view, request.by), []).append(request)
    for (view, _), group in groups.items():
        for start in range(0, len(group), histograms.TOGETHER):
            yield _wide(group[start : start + histograms.TOGETHER], Lens.on(relation, view))


def _wide(requests: Sequence[Histogram], lens: Lens) -> Statement:
    sql, parameters = histograms.wide(requests, lens)
    shown = "".join(f"-- :{name} = {len(edges)} edges from {edges[0]!r} on\n" for name, edges in parameters.items())
    return Statement(shown + sql, lambda session: histograms.read_wide(requests, session.rows(sql, parameters=parameters)))


def _grids(relation: Relation, requests: Sequence[Grid]) -> Statement:
    sql = histograms.sampled(requests, Lens.on(relation, requests[0].view), SAMPLE_ROWS)

    def ask(session: Session) -> Answers:
        columns = [_floats(found) for found in session.arrays(session.arrow(sql), order=(PLACE,))]
        return {request: edges(column, request.cells) for request, column in zip(requests, columns, strict=True)}

    return Statement(sql, ask)


def _floats(found: Any) -> Any:
    import numpy as np

    return np.ma.filled(np.ma.asarray(found, dtype=np.float64), np.nan)


def _chunks(forms: Mapping[Fused, Form], size: int) -> Iterator[dict[Fused, Form]]:
    chunk: dict[Fused, Form] = {}
    parts: set[str] = set()
    for request, one in forms.items():
        if chunk and len(parts | set(one.parts)) > size:
            yield chunk
            chunk, parts = {}, set()
        chunk[request] = one
        parts |= set(one.parts)
    if chunk:
        yield chunk


def _statement(relation: Relation, forms: Mapping[Fused, Form]) -> Statement:
    places: dict[str, int] = {}
    for one in forms.values():
        for part in one.parts:
            places.setdefault(part, len(places))
    places.setdefault("count(*)", len(places))  # one row comes back even where all parts are constants
    selected = ",\n       ".join(f"{part} as a{index}" for part, index in places.items())
    sql = f"{relation.before}select {selected}\nfrom {relation.source}"

    def ask(session: Session) -> Answers:
        row = session.rows(sql, one_stage=not relation.other)[0]
        return {request: one.read(tuple(row[places[part]] for part in one.parts)) for request, one in forms.items()}

    return Statement(sql, ask)


def _counted(relation: Relation, requests: Sequence[Counts]) -> Iterator[Statement]:
    groups: dict[View, list[Counts]] = {}
    for request in requests:
        groups.setdefault(request.view, []).append(request)
    for view, group in groups.items():
        yield _counts(group, Lens.on(relation, view))


def _counts(requests: Sequence[Counts], lens: Lens) -> Statement:
    """Several counts of the same rows in one pass, as grouping sets."""
    cells = {request: tuple(lens.cell(one).sql for one in request.by) for request in requests}
    places = {cell: index for index, cell in enumerate(dict.fromkeys(cell for own in cells.values() for cell in own))}
    own = {request: tuple(sorted({places[cell] for cell in cells[request]})) for request in requests}
    keys = [f"k{index}" for index in places.values()]
    named = ", ".join(f"{cell} as k{index}" for cell, index in places.items())
    sets = ", ".join(f"({', '.join(keys[index] for index in one)})" for one in dict.fromkeys(own.values()))
    apart = ", ".join(f"grouping({key}) as g{key}" for key in keys)
    sql = f"""{lens.relation.before}select {", ".join(keys)}, {apart}, count(*) as n
from (select {named} from {lens.relation.source}{lens.filter})
group by grouping sets ({sets})"""
    limits = [request.most for request in requests]
    most = None if None in limits else sum(limit + 1 for limit in limits if limit is not None)
    if most is not None:
        sql += f"\nlimit {most}"

    def ask(session: Session) -> Answers:
        rows = session.rows(sql, one_stage=True)
        if most is not None and len(rows) >= most and len(requests) > 1:  # one of them filled the limit of all
            return {request: answer for one in requests for request, answer in _counts([one], lens).ask(session).items()}
        groups: dict[tuple[int, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(index for index in range(len(keys)) if not row[len(keys) + index]), []).append(row)
        return {request: _counts_of(request, [places[cell] for cell in cells[request]], groups.get(own[request], [])) for request in requests}

    return Statement(sql, ask)


def _counts_of(request: Counts, places: Sequence[int], rows: Sequence[Row]) -> dict[Row, int]:
    if request.most is not None and len(rows) > request.most:
        what = f"{', '.join(map(str, request.by))} of {request.view} has more than {request.most:,} distinct values"
        raise MeasurementError(what, fix="leave it out: a column of ids has no distribution to compare")
    return {tuple(row[place] for place in places): int(row[-1]) for row in rows}


def _distinct(request: Aggregate, lens: Lens) -> Statement:
    inner = f"select {_column(request, lens)} as v from {lens.relation.source}{lens.filter}"
    sql = f"{lens.relation.before}select count(v) as n\nfrom (select v from ({inner}) group by v)"
    return Statement(sql, lambda session: {request: int(session.rows(sql, one_stage=True)[0][0])})


def _duplicates(request: Aggregate, lens: Lens) -> Statement:
    values, kept = grouped([part for part in request.args if isinstance(part, (str, Expression))], lens)
    named = ", ".join(f"{value} as k{index}" for index, value in enumerate(values))
    keys = ", ".join(f"k{index}" for index in range(len(values)))
    groups = f"select count(*) as n from (select {named} from {lens.relation.source} where {kept}) group by {keys}"
    sql = f"{lens.relation.before}select sum(n - 1) as beyond, sum(if(n > 1, 1, 0)) as doubles, sum(n) as counted\nfrom ({groups})"
    return Statement(sql, lambda session: {request: tuple(int(value or 0) for value in session.rows(sql, one_stage=True)[0])})


def _order_breaks(request: Aggregate, lens: Lens) -> Statement:
    """Neighbours within blocks of a million rows, block by block in parallel; then the last row of each block with the first of the next."""
    if lens.relation.order is None:
        raise MeasurementError(
            f"{lens.view.dataset} has no row order that {request.of} could follow: tables and DataFrames of Spark have none",
            cause="configuration",
            fix="read the files it is made of (`path:`), or check the order where it is written",
        )
    direction, strict = request.args
    comparison = breaks(direction, strict=bool(strict))
    value = _column(request, lens)
    rows = f"select {value} as v, {lens.relation.order} as p from {lens.relation.source} where {lens.within(f'{value} is not null')}"
    near = f"select v, p, p div {_BLOCK} as b, lag(v) over (partition by p div {_BLOCK} order by p) as u from ({rows})"
    blocks = f"select b, sum(if(v {comparison} u, 1, 0)) as n, min_by(v, p) as low, max_by(v, p) as high from ({near}) group by b"
    edges = f"select n, low as v, lag(high) over (order by b) as u from ({blocks})"
    sql = f"{lens.relation.before}select sum(n) + sum(if(v {comparison} u, 1, 0)) as n\nfrom ({edges})"
    return Statement(sql, lambda session: {request: int(session.rows(sql)[0][0] or 0)})


def _shifted(request: Aggregate, lens: Lens) -> Statement:
    sql = shifted_sql(request, lens)
    return Statement(sql, lambda session: {request: tuple(int(value or 0) for value in session.rows(sql)[0])})


def _column(request: Aggregate, lens: Lens) -> str:
    if request.of is None:
        raise MeasurementError(f"{request.op.value} needs a column", cause="configuration")
    return lens.cell(request.of).sql


_ALONE: Mapping[Op, Callable[[Aggregate, Lens], Statement]] = {
    Op.DISTINCT: _distinct,
    Op.DUPLICATES: _duplicates,
    Op.ORDER_BREAKS: _order_breaks,
    Op.SHIFTED: _shifted,
}
