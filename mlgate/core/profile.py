"""A dataset frozen to what drift and volume checks need of a reference: counts, no rows."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from mlgate.core.codec import from_plain, to_plain
from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.table_schema import TypeName

SUFFIX = ".profile.json"
CELLS = 512  # a numeric column is counted in about so many
LEVELS = 10_000  # a categorical column with more is left without levels
_FORMAT = 1
_FIX = "write it again with `mlgate profile`"


@dataclass(frozen=True)
class ColumnProfile:
    """One column. `binned` is there for numbers and times, `levels` (value, rows) for categories; both None where neither could be had, `why`."""

    name: str
    type: TypeName
    native: str
    nulls: int
    binned: Binned | None = None
    levels: tuple[tuple[Any, int], ...] | None = None
    why: str = ""


@dataclass(frozen=True)
class Profile:
    """The columns of a dataset of `rows` rows. `source` is the fingerprint of what it was made of, `made_by` the version of mlgate."""

    dataset: str
    rows: int
    source: str
    made_by: str
    columns: tuple[ColumnProfile, ...]


def dump(profile: Profile) -> str:
    """The profile as JSON text that carries its own digest."""
    body = _finite(to_plain(profile))
    return json.dumps({"mlgate_profile": _FORMAT, "digest": _digest(body), **body}, ensure_ascii=False, allow_nan=False) + "\n"


def parse(text: str, place: str) -> Profile:
    """What `dump` wrote. Raises `MeasurementError` for anything else, for another format, and for a text that was edited."""
    try:
        found = json.loads(text)
        version, digest = found.pop("mlgate_profile"), found.pop("digest")
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise MeasurementError(f"{place} is not a profile: {type(error).__name__}: {error}", fix=_FIX) from error
    if version != _FORMAT:
        raise MeasurementError(f"{place} is a profile of format {version!r}, this mlgate reads {_FORMAT}", fix=_FIX)
    if digest != _digest(found):
        raise MeasurementError(f"{place} was edited: its digest is not that of its contents", fix=_FIX)
    try:
        return from_plain(Profile, _infinite(found))
    except (TypeError, ValueError, KeyError) as error:
        raise MeasurementError(f"{place} is not a profile: {quoting(error)}", fix=_FIX) from error


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _finite(body: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: a column's least or greatest value may be one, and is written as text."""
    for column in body["columns"]:
        for end in ("low", "high"):
            if column["binned"] and isinstance(value := column["binned"][end], float) and math.isinf(value):
                column["binned"][end] = str(value)
    return body


def _infinite(body: dict[str, Any]) -> dict[str, Any]:
    for column in body["columns"]:
        for end in ("low", "high"):
            if column.get("binned") and column["binned"][end] in ("inf", "-inf"):
                column["binned"][end] = float(column["binned"][end])
    return body
