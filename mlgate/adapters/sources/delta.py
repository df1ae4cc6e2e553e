"""Datasets in a Delta Lake table, read through the package deltalake."""

from __future__ import annotations

from pathlib import Path

from mlgate.adapters.sources._table_formats import format_of
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.marked import quoting
from mlgate.core.ports import FrameSource


class Delta:
    """The live version of a Delta Lake table in a folder: `path: tables/flights`, `format: delta`. Needs `pip install mlgate[delta]`."""

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `format: delta`."""
        return dataset.format == "delta"

    def open(self, dataset: Dataset) -> FrameSource:
        """The newest version of the table, which stays the same while it is read.

        Raises `MeasurementError` for a folder without `_delta_log`, a log that cannot be read, and a table with features that the package
        cannot read (deletion vectors).
        """
        assert dataset.path is not None
        folder = Path(dataset.path)
        if format_of(folder) != "delta":
            fix = "name the folder that holds `_delta_log`" + ("" if folder.exists() else ": this one does not exist")
            raise MeasurementError(f"{dataset.path} is no Delta table", fix=fix, missing=not folder.exists())
        try:
            from deltalake import DeltaTable
            from deltalake.exceptions import DeltaError
            from pyarrow import ArrowException
        except ImportError as error:
            fix = "pip install mlgate[delta]"
            raise MeasurementError("Delta tables need the packages deltalake and pyarrow", cause="configuration", fix=fix) from error
        try:
            table = DeltaTable(str(folder.absolute()))
            found = table.to_pyarrow_dataset()
        except (DeltaError, ArrowException, OSError) as error:
            what = f"{dataset.path}: {type(error).__name__}: {quoting(str(error).strip())}"
            raise MeasurementError(what, fix="read the table with the tool that wrote it; write it anew without the feature named") from error
        return FrameSource(found, f"{folder.name}: version {table.version()}")

    def fingerprint(self, opened: FrameSource) -> str:
        """The folder's name and the version that is read."""
        return opened.name
