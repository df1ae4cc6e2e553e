"""From a batch of requests to statements, and from their results to answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb import histograms, overlaps, quantiles
from mlgate.adapters.engines._duckdb.forms import Form, form, ordered
from mlgate.adapters.engines._duckdb.joined import shifted_sql
from mlgate.adapters.engines._duckdb.lens import Lens, Relation
from mlgate.adapters.engines._duckdb.raw_rows import Read, breaks, grouped, row_statements
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Op, Overlap, Request, Rows
from mlgate.stats.grid import SAMPLE_ROWS, edges

Answers = Mapping[Request, Any]


@dataclass(frozen=True)
class Statement:
    """One query and how the answers are read from its result."""

    sql: str
    ask: Callable[[Session], Answers]


def statements(relation: Relation, batch: Sequence[Request], *, held: int) -> Iterator[Statement]:
    """The statements of a batch: one for all aggregates that fuse, one for each other request, rows of one slice together.

    Of so many quantiles as `held`, all values may be in memory at once; more have a statement of their own.
    """
    fused = [request for request in batch if isinstance(request, (Aggregate, Histogram)) and not request.alone]
    large = [request for request in fused if isinstance(request, Aggregate) and request.op is Op.QUANTILE]
    if len(large) > held:
        fused = [request for request in fused if not (isinstance(request, Aggregate) and request.op is Op.QUANTILE)]
        for view in dict.fromkeys(request.view for request in large):
            yield _quantiles([request for request in large if request.view == view], Lens.on(relation, view))
    if fused:
        yield _fused(relation, fused)
    if grids := [request for request in batch if isinstance(request, Grid)]:
        yield _grids(relation, grids)
    for request in batch:
        if isinstance(request, Counts):
            yield _counts(request, Lens.on(relation, request.view))
        elif isinstance(request, Histogram) and request.alone:
            yield _histograms(request, Lens.on(relation, request.view))
        elif isinstance(request, Aggregate) and request.alone:
            yield _ALONE[request.op](request, Lens.on(relation, request.view))
    for sql, read in row_statements(relation, [request for request in batch if isinstance(request, Rows)]):
        yield _arrays(sql, read)


def across(request: Request, here: Lens, there: Lens) -> Statement:
    """The statement of a request about the rows of two views."""
    if isinstance(request, Rows):
        sql, cells = overlaps.meeting_sql(request, here, there)
        return Statement(sql, lambda session: overlaps.ask_meeting(session, request, sql, cells))
    assert isinstance(request, Overlap)
    counted, lost = overlaps.overlap_sql(request, here, there), overlaps.lost_sql(request, here, there)
    return Statement(counted, lambda session: overlaps.ask_overlap(session.rows, request, counted, lost))


def _arrays(sql: str, read: Read) -> Statement:
    return Statement(sql, lambda session: read(session.arrays(sql)))


def _fused(relation: Relation, requests: Sequence[Aggregate | Histogram]) -> Statement:
    lenses = {view: Lens.on(relation, view) for view in dict.fromkeys(request.view for request in requests)}
    forms = {request: _form(request, lenses[request.view]) for request in requests}
    places: dict[str, int] = {}
    for one in forms.values():
        for part in one.parts:
            places.setdefault(part, len(places))
    places.setdefault("count(*)", len(places))  # one row comes back even where all parts are constants
    selected = ",\n       ".join(places)
    sql = f"{relation.before}select {selected}\nfrom {relation.source}"

    def ask(session: Session) -> Answers:
        row = session.rows(sql)[0]
        return {request: one.read(tuple(row[places[part]] for part in one.parts)) for request, one in forms.items()}

    return Statement(sql, ask)


def _form(request: Aggregate | Histogram, lens: Lens) -> Form:
    if isinstance(request, Aggregate):
        return form(request, lens)
    return Form(histograms.parts(request, lens), lambda row: histograms.read(request, row))


def _quantiles(requests: Sequence[Aggregate], lens: Lens) -> Statement:
    asked = [ordered(request, lens) for request in requests]
    return Statement(quantiles.statement(lens, asked), lambda session: quantiles.answers(session, lens, asked))


def _histograms(request: Histogram, lens: Lens) -> Statement:
    sql = histograms.by_value(request, lens)
    return Statement(sql, lambda session: {request: {row[0]: histograms.read(request, row[1:]) for row in session.rows(sql)}})


def _grids(relation: Relation, requests: Sequence[Grid]) -> Statement:
    sql = histograms.sampled(requests, Lens.on(relation, requests[0].view), SAMPLE_ROWS)

    def ask(session: Session) -> Answers:
        columns = [_floats(found) for found in session.arrays(sql)]
        return {request: edges(column, request.cells) for request, column in zip(requests, columns, strict=True)}

    return Statement(sql, ask)


def _floats(found: Any) -> Any:
    import numpy as np

    return np.ma.filled(np.ma.asarray(found, dtype=np.float64), np.nan)


def _counts(request: Counts, lens: Lens) -> Statement:
    parts = ", ".join(f"{lens.cell(one).sql} as k{index}" for index, one in enumerate(request.by))
    sql = f"{lens.relation.before}select {parts}, count(*) as n from {lens.relation.source}{lens.filter} group by all"
    if request.most is not None:
        sql += f" limit {request.most + 1}"

    def ask(session: Session) -> Answers:
        rows = session.rows(sql)
        if request.most is not None and len(rows) > request.most:
            what = f"{', '.join(map(str, request.by))} of {request.view} has more than {request.most:,} distinct values"
            raise MeasurementError(what, fix="leave it out: a column of ids has no distribution to compare")
        return {request: {row[:-1]: int(row[-1]) for row in rows}}

    return Statement(sql, ask)


def _distinct(request: Aggregate, lens: Lens) -> Statement:
    value = _column(request, lens)
    inner = f"select {value} as v from {lens.relation.source}{lens.filter} group by all"
    sql = f"{lens.relation.before}select count(v) from ({inner})"
    return Statement(sql, lambda session: {request: int(session.rows(sql)[0][0])})


def _duplicates(request: Aggregate, lens: Lens) -> Statement:
    values, kept = grouped([part for part in request.args if isinstance(part, (str, Expression))], lens)
    keys = ", ".join(f"{value} as k{index}" for index, value in enumerate(values))
    groups = f"select {keys}, count(*) as n from {lens.relation.source} where {kept} group by all"
    sql = f"{lens.relation.before}select sum(n - 1), countif(n > 1), sum(n) from ({groups})"
    return Statement(sql, lambda session: {request: tuple(int(value or 0) for value in session.rows(sql)[0])})


def _order_breaks(request: Aggregate, lens: Lens) -> Statement:
    direction, strict = request.args
    value = _column(request, lens)
    comparison = breaks(direction, strict=bool(strict))
    ordered = f"order by {lens.relation.order}" if lens.relation.order else ""
    kept = lens.within(f"{value} is not null")
    rows = f"select {value} as v, lag({value}) over ({ordered}) as u from {lens.relation.source} where {kept}"
    sql = f"{lens.relation.before}select countif(v {comparison} u) from ({rows})"
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
