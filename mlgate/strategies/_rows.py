"""Rows to begin with, and what is changed in them: a real row with a few cells of its own finds more than columns drawn apart."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mlgate.core.errors import MeasurementError
from mlgate.strategies._described import Described, Pool, Table, Wanted
from mlgate.strategies._pools import pool_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

_MADE_ROWS = 12
_CHANGES = 3  # of a real row
_MADE_CHANGES = 6  # of a row that is put together anyway
_WHOLE_COLUMN = 8  # one frame in so many has one value all down a column
_GONE: Any = object()


@dataclass(frozen=True)
class Making:
    """How rows are drawn: the rows to begin with, and for each column a strategy of its cells."""

    table: Table
    seeds: tuple[tuple[Any, ...], ...]
    cells: tuple[Any, ...]
    ordinary: tuple[tuple[Any, ...], ...]
    wanted: Wanted
    most: int


def making_of(table: Table, wanted: Wanted) -> Making:
    """Raises `MeasurementError` where no such rows can be made."""
    pools = [pool_of(column, wanted) for column in table.columns]
    most = _most_rows(table, pools, wanted)
    ordinary = tuple(next((group for group in pool.groups if group[0] is not None), ()) for pool in pools)
    seeds = _within(table, wanted) or _made([one or (None,) for one in ordinary])
    return Making(table, seeds, tuple(map(_cell_strategy, pools)), ordinary, wanted, most)


def rows_of(table: Table, wanted: Wanted) -> SearchStrategy[list[list[Any]]]:
    """Lists of rows, each a list of cells in the order of the columns. Raises `MeasurementError` where no such rows can be made."""
    return drawn_rows(making_of(table, wanted))


def drawn_rows(making: Making) -> SearchStrategy[list[list[Any]]]:
    """The rows of a making."""
    from hypothesis import strategies as st

    changes = _changes(making)
    drawn = st.lists(_row(making, changes), min_size=making.wanted.min_rows, max_size=making.most)
    whole = st.integers(0, _WHOLE_COLUMN - 1)

    @st.composite
    def settled(draw: DrawFn) -> list[list[Any]]:
        rows = draw(drawn)
        if rows and draw(whole) == _WHOLE_COLUMN - 1:
            for place, cell in draw(changes)[:1]:
                for row in rows:
                    row[place] = cell
        return _settled(making, rows)

    return settled()


def _changes(making: Making) -> SearchStrategy[list[tuple[int, Any]]]:
    """Some columns by place, each with a new cell."""
    from hypothesis import strategies as st

    places = st.integers(0, len(making.cells) - 1)

    @st.composite
    def change(draw: DrawFn) -> tuple[int, Any]:
        place = draw(places)
        return place, draw(making.cells[place])

    most = _CHANGES if making.table.rows else _MADE_CHANGES
    return st.lists(change(), max_size=min(len(making.cells), most))


def _row(making: Making, changes: SearchStrategy[list[tuple[int, Any]]]) -> SearchStrategy[list[Any]]:
    """A row to begin with, and the changes in it."""
    from hypothesis import strategies as st

    numbers = st.integers(0, len(making.seeds) - 1)

    @st.composite
    def row(draw: DrawFn) -> list[Any]:
        cells = list(making.seeds[draw(numbers)])
        for place, cell in draw(changes):
            cells[place] = cell
        return cells

    return row()


def _cell_strategy(pool: Pool) -> Any:
    from hypothesis import strategies as st

    parts: list[Any] = [st.sampled_from(group) for group in pool.groups]
    parts += [pool.free] if pool.free is not None else []
    parts += [st.sampled_from(pool.beyond)] if pool.beyond else []  # last: a failure shrinks to an earlier one where it can
    return parts[0] if len(parts) == 1 else st.one_of(parts)


def _within(table: Table, wanted: Wanted) -> tuple[tuple[Any, ...], ...]:
    """The real rows, without those that have nulls where none are wanted."""
    if wanted.nulls is not False:
        return table.rows
    return tuple(row for row in table.rows if all(cell is not None for cell in row))


def _made(firsts: Sequence[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """Rows put together from the first cells of each column, each column at a pace of its own; the first row is the simplest."""
    return tuple(tuple(cells[number * (1 + place % 3) % len(cells)] for place, cells in enumerate(firsts)) for number in range(_MADE_ROWS))


def _most_rows(table: Table, pools: Sequence[Pool], wanted: Wanted) -> int:
    if not 0 <= wanted.min_rows <= wanted.max_rows:
        what = f"min_rows is {wanted.min_rows} and max_rows {wanted.max_rows}"
        raise MeasurementError(what, cause="configuration", fix="0 <= min_rows <= max_rows")
    if not table.columns:
        raise MeasurementError("a frame needs at least one column", cause="configuration", fix="describe its columns")
    most = wanted.max_rows
    for column, pool in zip(table.columns, pools, strict=True):
        if _distinct(table, column) and pool.free is None:
            most = min(most, sum(map(len, (*pool.groups, pool.beyond))))
        if most < wanted.min_rows:
            what = f"column {column.name!r} is unique and has {most} values, too few for {wanted.min_rows} rows"
            raise MeasurementError(what, cause="configuration", fix="ask for fewer rows, or allow more values")
    return most


def _distinct(table: Table, column: Described) -> bool:
    return column.unique or (column.name,) in table.together


def _settled(making: Making, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows with what is stated about several of them: no value twice, an order."""
    from hypothesis import reject

    columns = making.table.columns
    for place, column in enumerate(columns):
        if _distinct(making.table, column):
            rows = list(_without_doubles(making, rows, place))
        if column.order:
            _order(rows, place, falling=column.order == "decreasing")
    for names in making.table.together:
        if len(names) > 1:
            rows = _apart(rows, [number for number, column in enumerate(columns) if column.name in names])
    if len(rows) < making.wanted.min_rows:
        reject()
    return rows


def _without_doubles(making: Making, rows: Sequence[list[Any]], place: int) -> Iterator[list[Any]]:
    """Each double gets the next free value; where there is none, its row is left out."""
    column, taken = making.table.columns[place], set[Hashable]()
    for row in rows:
        if row[place] in taken:
            spare = (one for one in (*making.ordinary[place], *_further(row[place], len(rows))) if one not in taken and _fits(column, one))
            row[place] = next(spare, _GONE)
        if row[place] is not _GONE:
            taken.add(row[place])
            yield row


def _fits(column: Described, value: Any) -> bool:
    return (column.levels is None or value in column.levels) and column.allows(value) and all(holds([value])[0] for holds in column.holds)


def _further(value: Any, count: int) -> Iterator[Any]:
    """Values beside this one."""
    if isinstance(value, bool) or value is None:
        return
    step = next((step for kinds, step in _STEPS if isinstance(value, kinds)), None)
    for number in range(1, count + 1):
        if isinstance(value, str):
            yield f"{value}{number}"
        elif step is not None:
            for sign in (1, -1):
                try:
                    yield value + step * number * sign
                except (OverflowError, ValueError):
                    continue


_STEPS: tuple[tuple[Any, Any], ...] = (
    (int, 1),
    (float, 1.0),
    (Decimal, Decimal(1)),
    (datetime.datetime, datetime.timedelta(seconds=1)),
    (datetime.date, datetime.timedelta(days=1)),
    (datetime.timedelta, datetime.timedelta(seconds=1)),
)


def _order(rows: list[list[Any]], place: int, *, falling: bool) -> None:
    """Puts the values of one column into order, nulls where they are."""
    held = [number for number, row in enumerate(rows) if row[place] is not None]
    for number, value in zip(held, sorted((rows[number][place] for number in held), reverse=falling), strict=True):
        rows[number][place] = value


def _apart(rows: Sequence[list[Any]], places: Sequence[int]) -> list[list[Any]]:
    seen: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        seen.setdefault(tuple(row[place] for place in places), row)
    return list(seen.values())
