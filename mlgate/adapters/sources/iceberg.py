"""Datasets in an Iceberg table, read through the package pyiceberg from the table's metadata file, without a catalog."""

from __future__ import annotations

import re
from pathlib import Path

from mlgate.adapters.sources._table_formats import format_of
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.marked import quoting
from mlgate.core.ports import FrameSource

_HINT = "version-hint.text"
_NUMBER = re.compile(r"v?(\d+)(-.*)?\.metadata\.json")


class Iceberg:
    """The current snapshot of an Iceberg table: `path: tables/flights`, `format: iceberg`. Needs `pip install mlgate[iceberg]`.

    `path` is the table's folder or one of its `metadata/*.metadata.json`. In a folder `metadata/version-hint.text` says which file is the current
    one, else it is the one with the highest number: where a catalog decides, name the file.
    """

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `format: iceberg`."""
        return dataset.format == "iceberg"

    def open(self, dataset: Dataset) -> FrameSource:
        """The rows of the current snapshot, deletes applied, as a stream.

        Raises `MeasurementError` for a folder without metadata, two newest metadata files, and a table that the package cannot read.
        """
        assert dataset.path is not None
        metadata = _metadata(Path(dataset.path))
        try:
            from pyarrow import ArrowException
            from pyiceberg.exceptions import ValidationError
            from pyiceberg.table import StaticTable
        except ImportError as error:
            fix = "pip install mlgate[iceberg]"
            raise MeasurementError("Iceberg tables need the packages pyiceberg and pyarrow", cause="configuration", fix=fix) from error
        try:
            table = StaticTable.from_metadata(str(metadata.absolute()))
            rows = table.scan().to_arrow_batch_reader()
        except (OSError, ValueError, KeyError, NotImplementedError, ValidationError, ArrowException) as error:
            what = f"{metadata}: {type(error).__name__}: {quoting(str(error).strip())}"
            raise MeasurementError(what, fix="check that the table's files lie where its metadata says") from error
        return FrameSource(rows, f"{metadata.absolute().parent.parent.name}: {metadata.name}")

    def fingerprint(self, opened: FrameSource) -> str:
        """The metadata file that is read: a table that changes gets a new one."""
        return opened.name


def _metadata(place: Path) -> Path:
    if place.is_file():
        return place
    if format_of(place) != "iceberg":
        gone = "" if place.exists() else ": this path does not exist"
        fix = f"name the folder that holds `metadata/*.metadata.json`, or one of those files{gone}"
        raise MeasurementError(f"{place} is no Iceberg table", fix=fix, missing=not place.exists())
    folder = place / "metadata"
    numbered: dict[int, list[Path]] = {}
    for path in sorted(folder.glob("*.metadata.json")):
        if match := _NUMBER.fullmatch(path.name):
            numbered.setdefault(int(match[1]), []).append(path)
    hint = folder / _HINT
    wanted = hint.read_text(encoding="utf-8").strip() if hint.is_file() else ""
    newest = numbered.get(int(wanted), []) if wanted.isdigit() else numbered[max(numbered)] if numbered else []
    if len(newest) != 1:
        said = ", ".join(path.name for path in newest) or "no file that it could be"
        raise MeasurementError(f"{place}: which metadata file is the current one cannot be told: {said}", fix="name the file in `path`")
    return newest[0]
