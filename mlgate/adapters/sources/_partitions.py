"""Folders named `column=value`: the columns they add to the files below them, and their types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TypeName

NULL = "__HIVE_DEFAULT_PARTITION__"
_WHOLE = re.compile(r"-?\d{1,18}")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def partitions(paths: Sequence[Path], root: Path) -> tuple[tuple[str, TypeName], ...]:
    """The columns that folders below `root` add, in the order of the folders; none where no folder is named so.

    A type comes from all values of a column and from nothing else: `integer` where all are whole numbers (`01` is 1), `date` where all are ISO
    dates, else `string`. Raises `MeasurementError` for a file that lies under other columns than the first one.
    """
    found = {path: _named(path.relative_to(root).parent) for path in paths}
    first = paths[0]
    for path, named in found.items():
        if tuple(named) != tuple(found[first]):
            what = f"{path} lies under the partition columns {_listed(named)}, but {first} under {_listed(found[first])}"
            raise MeasurementError(what, fix="write all files under folders of the same columns, or narrow the path")
    return tuple((name, _type(named[name] for named in found.values())) for name in found[first])


def _named(folder: Path) -> Mapping[str, str]:
    parts = (part.split("=", 1) for part in folder.parts if "=" in part)
    return {name: unquote(value) for name, value in parts if name}


def _type(values: Iterable[str]) -> TypeName:
    given = {value for value in values if value != NULL}
    if given and all(_WHOLE.fullmatch(value) for value in given):
        return "integer"
    if given and all(_DATE.fullmatch(value) for value in given):
        return "date"
    return "string"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
