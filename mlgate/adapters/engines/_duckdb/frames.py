"""Rows of a dataset as pandas frames, for models that score in this process."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import AS_UTC, Session
from mlgate.adapters.engines._duckdb.tables import Table
from mlgate.core.expression import quoted

_VECTOR_ROWS = 2048  # what DuckDB hands out at a time


def batches(session: Session, table: Table, columns: Sequence[str], *, batch_rows: int) -> Iterator[Any]:
    """Frames of `columns` in file order. Integers with nulls come as float64 with NaN."""
    zoned = {column.name for column in table.schema.known.values() if column.native == "TIMESTAMP WITH TIME ZONE"}
    picked = ", ".join(f"{quoted(name)}{AS_UTC if name in zoned else ''} as c{index}" for index, name in enumerate(columns))
    running = session.connection.execute(f"select {picked} from {table.relation}")
    vectors = max(1, -(-batch_rows // _VECTOR_ROWS))
    while len(chunk := running.fetch_df_chunk(vectors)):
        yield _named(chunk, columns, zoned)


def whole(session: Session, sql: str, cells: Sequence[Cell]) -> Any:
    """One frame of a query whose columns are c0, c1, ..., under the names of `cells`."""
    zoned = [cell.native == "TIMESTAMP WITH TIME ZONE" for cell in cells]
    picked = ", ".join(f"c{index}{AS_UTC if zone else ''} as c{index}" for index, zone in enumerate(zoned))
    found = session.connection.execute(f"select {picked} from ({sql}) as answer").df()
    return _named(found, [cell.name for cell in cells], {cell.name for cell, zone in zip(cells, zoned, strict=True) if zone})


def _named(found: Any, names: Sequence[str], zoned: Collection[str]) -> Any:
    import pandas as pd

    columns = {name: _plain(found[f"c{index}"]) for index, name in enumerate(names)}
    columns.update({name: columns[name].dt.tz_localize("UTC") for name in names if name in zoned})
    return pd.DataFrame({name: values.to_numpy() if values.dtype == object else values for name, values in columns.items()})


def _plain(series: Any) -> Any:
    """numpy's own types, which every model knows: no nullable extension types (pandas' Int64 and boolean)."""
    kind = str(series.dtype)
    if kind[:1] in "IUF" and kind.rstrip("0123456789") in ("Int", "UInt", "Float"):
        return series.astype("float64")
    if kind == "boolean":
        return series.astype(object).where(series.notna(), None)
    return series
