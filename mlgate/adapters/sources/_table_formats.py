"""Folders whose files are a table only together with its log: Delta Lake, Iceberg, Hudi."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mlgate.core.errors import MeasurementError


def no_table_format(paths: Iterable[Path]) -> None:
    """Raises `MeasurementError` for files of a table with a log: some of them hold rows that were deleted or replaced long ago."""
    for folder in dict.fromkeys(parent for path in paths for parent in path.parents):
        word = format_of(folder)
        if word is None:
            continue
        fix = "read a copy that was written as plain files"
        if word in ("delta", "iceberg"):
            fix = f"write `path: {folder}` and `format: {word}`"
        what = f"{folder} is a table of {word.capitalize()}: read as plain files, rows that were deleted or replaced would count"
        raise MeasurementError(what, cause="configuration", fix=fix)


def format_of(folder: Path) -> str | None:
    """The table format a folder is kept in: `delta`, `iceberg`, `hudi`, or None for plain files."""
    if (folder / "_delta_log").is_dir():
        return "delta"
    if (folder / ".hoodie").is_dir():
        return "hudi"
    return "iceberg" if any((folder / "metadata").glob("*.metadata.json")) else None
