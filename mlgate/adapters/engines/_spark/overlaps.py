"""Rows of one view whose values occur in another, in Spark's SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.overlaps import Sides, Words, ask_overlap, is_beside, lost_sql, overlap_sql
from mlgate.adapters.engines._duckdb.raw_rows import as_array
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark.answers import Statement
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.raw_rows import PLACE
from mlgate.adapters.engines._spark.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.request import BESIDE, ROW_NUMBER, Overlap, Request, Rows

SPARK = Words("left semi join", "left anti join", "<=>", "string", "decimal(38, 0)")


def across(request: Request, here: Lens, there: Lens) -> Statement:
    """The statement of a request about the rows of two views."""
    if isinstance(request, Rows):
        sql, cells = _meeting_sql(request, here, there)
        return Statement(sql, lambda session: _ask_meeting(session, request, sql, cells))
    assert isinstance(request, Overlap)
    counted, lost = overlap_sql(request, here, there, words=SPARK), lost_sql(request, here, there, words=SPARK)
    return Statement(counted, lambda session: ask_overlap(session.rows, request, counted, lost))


def _meeting_sql(request: Rows, left: Lens, right: Lens) -> tuple[str, Sequence[Cell]]:
    """(SQL of the first rows that are found, each with the first row there that it meets, the cells of its columns)."""
    assert request.meets is not None
    if left.relation.order is None or right.relation.order is None:
        raise MeasurementError(f"{left.view} and {right.view} have no row order to show the first rows by", cause="configuration")
    sides = Sides.of(request.meets, left, right, SPARK)
    cells = [right.cell(str(part).removeprefix(BESIDE)) if is_beside(part) else left.cell(part) for part in request.columns]
    parts = [(index, is_beside(part)) for index, part in enumerate(request.columns)]
    own, theirs = ("".join(f", {cells[index].sql} as c{index}" for index, beside in parts if beside is side) for side in (False, True))
    left_rows = sides.rows(right=False, select=f"{own}, {left.relation.order} as {PLACE}")
    right_rows = sides.rows(right=True, select=f"{theirs}, {right.relation.order} as {PLACE}")
    keys = ", ".join(f"k{index}" for index in range(len(sides.pairs)))
    semi = f"({sides.rows(right=True)}) b on {sides.meets('a', 'b')}"
    shown = f"select a.* from ({left_rows}) a left semi join {semi} order by a.{PLACE} limit {request.limit}"
    met = f"select a.* from ({right_rows}) a left semi join shown b on {sides.meets('a', 'b')}"
    first = f"select *, row_number() over (partition by {keys} order by {PLACE}) as nth from ({met})"
    wanted = [f"{'r' if beside else 'l'}.c{index} as c{index}" for index, beside in parts]
    wanted += [f"l.{PLACE} + 1 as n"] * request.numbered
    joined = f"from shown l join first r on r.nth = 1 and {sides.meets('l', 'r')}\norder by l.{PLACE}"
    return f"with shown as ({shown}), first as ({first})\nselect {', '.join(wanted)}\n{joined}", cells


def _ask_meeting(session: Session, request: Rows, sql: str, cells: Sequence[Cell]) -> Mapping[Request, Any]:
    arrays = session.arrays(session.arrow(sql))
    found = {part: as_array(one, cell.type) for part, one, cell in zip(request.columns, arrays, cells, strict=False)}
    return {request: {**found, **({ROW_NUMBER: as_array(arrays[-1], "integer")} if len(arrays) > len(cells) else {})}}
