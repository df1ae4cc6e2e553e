"""Columns that DuckDB cannot tell apart: its names have no case, so it calls the second of `a` and `A` silently `A_1`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mlgate.adapters.engines._duckdb import csv_files
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.column_names import visible
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import text_literal
from mlgate.core.ports import FilesSource, FrameSource, Opened

_NUMBERED = re.compile(r"(.*)_\d+", re.DOTALL)


def refuse_renamed(session: Session, opened: Opened, names: Sequence[str]) -> None:
    """Raises `MeasurementError` where two columns of the source have one name, or names that differ by case alone."""
    known = {name.casefold() for name in names}
    suspects = [name for name in names if (found := _NUMBERED.fullmatch(name)) and found[1].casefold() in known]
    if not suspects:
        return
    real = _real_names(session, opened)
    if real is None or set(suspects) <= set(real):
        return
    groups: dict[str, list[str]] = {}
    for name in real:
        groups.setdefault(name.casefold(), []).append(name)
    said = "; ".join(" and ".join(map(visible, group)) for group in groups.values() if len(group) > 1)
    if said:
        what = f"columns whose names are equal or differ by case alone: {said}; the duckdb engine cannot tell them apart"
        raise MeasurementError(what, fix="rename one of them where the data is written")


def _real_names(session: Session, opened: Opened) -> list[str] | None:
    """The names as they stand in the source, None where it cannot have such names."""
    if isinstance(opened, FrameSource):
        return _of_frame(opened.frame)
    if not isinstance(opened, FilesSource):
        return None  # a database would not have made such a table
    path = text_literal(opened.paths[0])
    if opened.format == "parquet":
        return _top(session.rows(f"select name, num_children from parquet_schema({path})"))
    if opened.format == "csv":
        header = f"delim = {text_literal(csv_files.delimiter(opened.paths[0]))}, quote = '\"', escape = '\"', header = false, all_varchar = true"
        return [str(name) for name in session.rows(f"select * from read_csv({path}, {header}) limit 1")[0]]
    found = session.rows(f"select distinct unnest(json_keys(json)) from read_json_objects({path}, maximum_object_size = 67108864)")
    return sorted(str(name) for (name,) in found)


def _of_frame(frame: Any) -> list[str] | None:
    names = getattr(frame, "column_names", None) or getattr(frame, "columns", None)
    return None if names is None else [str(name) for name in names]


def _top(elements: Sequence[tuple[Any, ...]]) -> list[str]:
    """The names of the first level of a Parquet schema, which comes flattened, each element before its children."""
    names: list[str] = []
    place = 1
    while place < len(elements):
        names.append(str(elements[place][0]))
        place = _after(elements, place)
    return names


def _after(elements: Sequence[tuple[Any, ...]], place: int) -> int:
    """The place after an element and everything inside it."""
    inside = 1
    while inside:
        inside += int(elements[place][1] or 0) - 1
        place += 1
    return place
