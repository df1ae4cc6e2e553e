"""Writes small tables to files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write_table(path: Path, table: Any) -> None:
    """Writes a mapping from column to values, or a pandas, polars or Arrow frame, in the format that the name of the file says."""
    if path.suffix == ".parquet":
        from pyarrow.parquet import write_table as write_parquet

        write_parquet(_arrow(table), path)
    elif path.suffix == ".csv":
        _write_csv(path, table if isinstance(table, Mapping) else _arrow(table).to_pydict())
    else:
        raise ValueError(f"{path.name}: a table is written as .csv or .parquet; any other file is given as text")


def _arrow(table: Any) -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError("frames and Parquet files need pyarrow: pip install 'mlgate[arrow]'") from error
    return pa.table(dict(table) if isinstance(table, Mapping) else table)


def _write_csv(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{path.name}: the columns have different lengths: {lengths}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))


def _cell(value: Any) -> Any:
    return "" if value is None or value != value else value  # noqa: PLR0124  NaN is a null
