"""Rows of a dataset as pandas frames, for models that score in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.session import AS_UTC, Session
from mlgate.adapters.engines._duckdb.tables import Table
from mlgate.core.expression import quoted

_VECTOR_ROWS = 2048  # what DuckDB hands out at a time


def batches(session: Session, table: Table, columns: Sequence[str], key: Sequence[str], *, batch_rows: int) -> Iterator[tuple[Any, Any]]:
    """(frame of key columns and `position`, frame of `columns`), in file order. Integers with nulls come as float64 with NaN."""
    names = list(dict.fromkeys((*columns, *key)))
    zoned = {column.name for column in table.schema.columns if column.native == "TIMESTAMP WITH TIME ZONE"}
    picked = "".join(f", {quoted(name)}{AS_UTC if name in zoned else ''} as c{index}" for index, name in enumerate(names))
    sql = f"select row_number() over () - 1 as position{picked} from {table.relation}"
    running = session.connection.execute(sql)
    vectors = max(1, -(-batch_rows // _VECTOR_ROWS))
    while len(chunk := running.fetch_df_chunk(vectors)):
        found = {name: _plain(chunk[f"c{index}"]) for index, name in enumerate(names)}
        found.update({name: found[name].dt.tz_localize("UTC") for name in names if name in zoned})
        yield _frame(found, key, position=chunk["position"].to_numpy()), _frame(found, columns)


def _frame(found: dict[str, Any], names: Sequence[str], **further: Any) -> Any:
    import pandas as pd

    return pd.DataFrame({**{name: found[name].to_numpy() if found[name].dtype == object else found[name] for name in names}, **further})


def _plain(series: Any) -> Any:
    """numpy's own types, which every model knows: no nullable extension types (pandas' Int64 and boolean)."""
    kind = str(series.dtype)
    if kind[:1] in "IUF" and kind.rstrip("0123456789") in ("Int", "UInt", "Float"):
        return series.astype("float64")
    if kind == "boolean":
        return series.astype(object).where(series.notna(), None)
    return series
