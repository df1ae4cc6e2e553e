"""Rows of one view whose values occur in another: a semi join by value, which spills where it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb.lens import Lens
from mlgate.adapters.engines._duckdb.raw_rows import as_array
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.errors import MeasurementError
from mlgate.core.request import BESIDE, ROW_NUMBER, Matched, Overlap, Request, Rows
from mlgate.core.table_schema import NUMERIC

_NESTED = frozenset({"list", "struct", "map"})


@dataclass(frozen=True)
class Words:
    """What SQL dialects call differently."""

    semi: str
    anti: str
    same: str  # equal, null being equal to null
    text: str
    whole: str  # the widest integer


DUCKDB = Words("semi join", "anti join", "is not distinct from", "varchar", "hugeint")


@dataclass(frozen=True)
class Sides:
    """Both sides of an overlap: their columns in the form in which equal values of two types are equal, pair by pair.

    One column may become two, so that no side is rounded: an integer and a float are equal where they are so as floats and as integers.
    """

    request: Overlap
    left: Lens
    right: Lens
    pairs: tuple[tuple[str, str], ...]
    words: Words

    @classmethod
    def of(cls, request: Overlap, left: Lens, right: Lens, words: Words) -> Sides:
        pairs = [
            pair
            for name, other in zip(request.columns, request.others, strict=True)
            for pair in _comparable(left.cell(name), right.cell(other), words, f"{request.view}: column {name!r}")
        ]
        if not pairs:
            raise MeasurementError("an overlap needs at least one column", cause="configuration")
        return cls(request, left, right, tuple(pairs), words)

    def rows(self, *, right: bool, select: str = "") -> str:
        """One side's rows that can be met, with their values as k0, k1, ... and what else is selected."""
        lens = self.right if right else self.left
        keys = ", ".join(f"{pair[right]} as k{index}" for index, pair in enumerate(self.pairs))
        own = [lens.cell(name).sql for name in (self.request.others if right else self.request.columns)]
        some = (" or " if self.request.nulls else " and ").join(f"{one} is not null" for one in own)
        return f"select {keys}{select} from {lens.relation.source} where {lens.within(some)}"

    def meets(self, one: str, other: str) -> str:
        equal = self.words.same if self.request.nulls else "="
        return " and ".join(f"{one}.k{index} {equal} {other}.k{index}" for index in range(len(self.pairs)))


def overlap_sql(request: Overlap, left: Lens, right: Lens, *, words: Words = DUCKDB) -> str:
    """One row: rows looked up, rows that can be met, rows found."""
    sides = Sides.of(request, left, right, words)
    one, other = sides.rows(right=False), sides.rows(right=True)
    found = f"select count(*) from ({one}) l {words.semi} ({other}) r on {sides.meets('l', 'r')}"
    return f"select (select count(*) from ({one})),\n       (select count(*) from ({other})),\n       ({found})"


def lost_sql(request: Overlap, left: Lens, right: Lens, *, words: Words = DUCKDB) -> str:
    """The most frequent values that do not occur, their rows, and how many such values there are."""
    sides = Sides.of(request, left, right, words)
    names = [f"v{index}" for index in range(len(request.columns))]
    values = ", ".join(f"{left.cell(name).sql} as {value}" for name, value in zip(request.columns, names, strict=True))
    rows = f"({sides.rows(right=False, select=f', {values}')}) l {words.anti} ({sides.rows(right=True)}) r on {sides.meets('l', 'r')}"
    wanted = ", ".join(names)
    groups = f"select {wanted}, count(*) as n, count(*) over () as different from {rows} group by {wanted}"
    order = ", ".join(f"{name} nulls last" for name in names)
    return f"{groups} order by n desc, {order} limit {int(request.shown)}"


def ask_overlap(ask: Callable[[str], Sequence[Any]], request: Overlap, sql: str, lost: str) -> Mapping[Request, Any]:
    """The answer; what is lost is asked for only where something is."""
    rows, others, found = (int(value or 0) for value in ask(sql)[0])
    told = ask(lost) if request.shown and found < rows else []
    top = tuple((tuple(row[:-2]), int(row[-2])) for row in told)
    return {request: Matched(rows, found, others, top, int(told[0][-1]) if told else 0)}


def meeting_sql(request: Rows, left: Lens, right: Lens) -> tuple[str, Sequence[Cell]]:
    """(SQL of the first rows that are found, each with the first row there that it meets, the cells of its columns)."""
    assert request.meets is not None
    sides = Sides.of(request.meets, left, right, DUCKDB)
    cells = [right.cell(str(part).removeprefix(BESIDE)) if is_beside(part) else left.cell(part) for part in request.columns]
    placed = {index: is_beside(part) for index, part in enumerate(request.columns)}
    own, theirs = (
        "".join(f", {cells[index].sql} as c{index}" for index, beside in placed.items() if beside is right_side) for right_side in (False, True)
    )
    left_rows = sides.rows(right=False, select=f"{own}, {_place(left)} as place")
    right_rows = sides.rows(right=True, select=f"{theirs}, {_place(right)} as place")
    keys = ", ".join(f"k{index}" for index in range(len(sides.pairs)))
    shown = f"select * from ({left_rows}) a semi join ({sides.rows(right=True)}) b on {sides.meets('a', 'b')} order by place limit {request.limit}"
    met = f"select a.* from ({right_rows}) a semi join shown b on {sides.meets('a', 'b')}"
    first = f"select * from ({met}) qualify row_number() over (partition by {keys} order by place) = 1"
    wanted = ", ".join(f"{'r' if beside else 'l'}.c{index}" for index, beside in placed.items()) + (
        ", l.place + 1 as n" if _numbered(request, left) else ""
    )
    return f"with shown as materialized ({shown}) select {wanted} from shown l join ({first}) r on {sides.meets('l', 'r')} order by l.place", cells


def ask_meeting(session: Session, request: Rows, sql: str, cells: Sequence[Cell]) -> Mapping[Request, Any]:
    """The rows; a further column than those asked for holds their positions."""
    arrays = session.arrays(sql)
    found = {part: as_array(one, cell.type) for part, one, cell in zip(request.columns, arrays, cells, strict=False)}
    return {request: {**found, **({ROW_NUMBER: as_array(arrays[-1], "integer")} if len(arrays) > len(cells) else {})}}


def _numbered(request: Rows, lens: Lens) -> bool:
    return request.numbered and lens.relation.order is not None


def _place(lens: Lens) -> str:
    return lens.relation.order or "row_number() over ()"


def is_beside(part: object) -> bool:
    return isinstance(part, str) and part.startswith(BESIDE)


def _comparable(left: Cell, right: Cell, words: Words, where: str) -> list[tuple[str, str]]:
    """Both values as SQL in one form. Raises `MeasurementError` where no value of one can equal one of the other."""
    kinds = {left.type, right.type} - {None, "null"}
    plain = (left.sql, right.sql)
    if left.native and left.native == right.native:
        return [plain]
    if kinds <= {"date", "timestamp"} and kinds:
        first, second = (f"cast({cell.sql} as timestamp)" for cell in (left, right))
        return [(first, second)]
    if len(kinds) < 2 and not kinds & _NESTED:
        if "null" in (left.type, right.type):  # no value on one side, and a type that DuckDB would have to guess
            first, second = (f"cast({cell.sql} as {words.text})" for cell in (left, right))
            return [(first, second)]
        return [plain]
    if kinds <= NUMERIC:
        if kinds == {"integer", "float"}:
            as_double, as_integer = (
                tuple(f"{cast}({sql} as {kind})" for sql in plain) for cast, kind in (("cast", "double"), ("try_cast", words.whole))
            )
            return [(as_double[0], as_double[1]), (as_integer[0], as_integer[1])]
        if "float" in kinds:
            return [(f"cast({plain[0]} as double)", f"cast({plain[1]} as double)")]
        return [plain]
    what = f"{where} of type {left.native or left.type} cannot equal {right.name!r} of type {right.native or right.type}"
    raise MeasurementError(what, fix="write both columns with one type")
