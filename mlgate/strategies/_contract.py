"""From the words of the gate file's kind `columns` to columns that frames are made of."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from mlgate.checks._moments import moment
from mlgate.checks.data._cells import distinct_cells
from mlgate.checks.data._contract import ColumnContract
from mlgate.checks.data._distinct import Distinct
from mlgate.checks.data._selector import Selector
from mlgate.checks.data._values import Values
from mlgate.core.bound import CellBound
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TypeName
from mlgate.strategies._described import Described, Order, Table

_READ: Mapping[str, Callable[[Any], Any]] = {
    "float": float,
    "decimal": lambda value: Decimal(str(value)),
    "date": lambda value: moment(value).date(),
    "timestamp": moment,
    "time": datetime.time.fromisoformat,
}
_MADE = ("boolean", "date", "decimal", "duration", "float", "integer", "number", "string", "time", "timestamp")


def of_contracts(columns: Mapping[str, Any]) -> Table:
    """A mapping from column to its contract, as in a gate file or as `ColumnContract`. Raises `MeasurementError` for what cannot be read or made."""
    return Table(tuple(_described(str(key), _contract(str(key), stated)) for key, stated in columns.items()))


def _contract(key: str, stated: Any) -> ColumnContract:
    if isinstance(stated, ColumnContract):
        return stated
    try:
        return ColumnContract.model_validate(_as_text(stated))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, ("columns", key, *first["loc"])))
        what = f"{place}: {first['msg'].removeprefix('Value error, ')}, got {first['input']!r}"
        raise MeasurementError(what, cause="configuration", fix="docs/gate-file.md has the words of the kind `columns`") from error


def _as_text(stated: Any) -> Any:
    """Python's dates and times as the ISO text that a gate file has."""
    if isinstance(stated, Mapping):
        return {key: _as_text(value) for key, value in stated.items()}
    if isinstance(stated, (list, tuple)):
        return [_as_text(value) for value in stated]
    return stated.isoformat() if isinstance(stated, (datetime.date, datetime.time)) else stated


def _described(key: str, contract: ColumnContract) -> Described:
    name = Selector(key).literal
    if name is None:
        what = f"columns.{key} stands for several columns, and which they are only data can tell"
        raise MeasurementError(what, cause="configuration", fix="name each column, or give `like`")
    values = contract.values or Values()
    kind = _type_of(key, contract, values)
    try:
        low, high = _range(contract, values, kind)
        levels, forbidden = _levels(values.in_, kind), _levels(values.not_in, kind) or ()
        levels = levels if levels is not None else _listed(contract.distinct, kind)
    except ValueError as error:
        raise MeasurementError(f"columns.{key}: {error}", cause="configuration", fix=f"write values of type {kind}") from error
    return Described(
        name,
        kind,
        nulls=contract.null_share is not None and (contract.null_share.limits[1] is None or contract.null_share.limits[1] > 0),
        unique=bool(contract.unique) or "strictly" in (contract.increasing, contract.decreasing),
        order=_order(contract),
        low=low,
        high=high,
        levels=levels,
        forbidden=forbidden,
        patterns=_patterns(key, values.matches),
        not_patterns=_patterns(key, values.not_matches),
        length=_length(values),
    )


def _type_of(key: str, contract: ColumnContract, values: Values) -> TypeName:
    """The type stated, or the one that the values stated have."""
    if contract.type is not None:
        if contract.type not in _MADE:
            what = f"columns.{key}: values of type {contract.type} cannot be made up"
            raise MeasurementError(what, cause="configuration", fix="give real rows with `like`")
        return "float" if contract.type == "number" else contract.type
    listed = [*distinct_cells(values.in_ or ()), *distinct_cells(values.not_in or ())]
    found = next((cell for cell in [*listed, *_ends(values.bound()), *_ends(contract.min), *_ends(contract.max)] if cell is not None), None)
    if isinstance(found, bool):
        return "boolean"
    if isinstance(found, (int, float)):
        numbers = [cell for cell in [*listed, *_ends(values.bound())] if cell is not None]
        return "integer" if all(isinstance(cell, int) for cell in numbers) else "float"
    if isinstance(found, str) or values.matches or values.not_matches or values.length is not None:
        return "string"
    raise MeasurementError(f"columns.{key} does not say of which type its values are", cause="configuration", fix="add `type:`")


def _range(contract: ColumnContract, values: Values, kind: TypeName) -> tuple[Any, Any]:
    """The narrowest of `values`, `min` and `max`."""
    low, high = _ends(values.bound())
    lows = [_read(kind, end) for end in (low, _ends(contract.min)[0]) if end is not None]
    highs = [_read(kind, end) for end in (high, _ends(contract.max)[1]) if end is not None]
    return (max(lows) if lows else None), (min(highs) if highs else None)


def _ends(bound: CellBound | None) -> tuple[Any, Any]:
    return (None, None) if bound is None else bound.limits


def _read(kind: TypeName, value: Any) -> Any:
    fits = isinstance(value, str) == (kind in ("string", "date", "timestamp", "time")) and (isinstance(value, bool) == (kind == "boolean"))
    if not fits:
        raise ValueError(f"{value!r} is no value of type {kind}")
    return _READ[kind](value) if kind in _READ else value


def _levels(cells: Any, kind: TypeName) -> tuple[Any, ...] | None:
    return None if cells is None else tuple(_read(kind, cell) for cell in distinct_cells(cells))


def _listed(distinct: Distinct | None, kind: TypeName) -> tuple[Any, ...] | None:
    return _levels(distinct.equals, kind) if distinct is not None and isinstance(distinct.equals, tuple) else None


def _order(contract: ColumnContract) -> Order:
    return "increasing" if contract.increasing else "decreasing" if contract.decreasing else ""


def _patterns(key: str, pattern: str | None) -> tuple[re.Pattern[str], ...]:
    """RE2's classes are those of ASCII."""
    try:
        return (re.compile(pattern, re.ASCII),) if pattern else ()
    except re.error as error:
        what = f"columns.{key}: no text can be made up for the pattern {pattern!r}, which Python reads otherwise than RE2 ({error})"
        raise MeasurementError(what, cause="configuration", fix="write it so that both read it, or list values with `in`") from error


def _length(values: Values) -> tuple[int, int | None]:
    low, high = values.length.limits if values.length is not None else (None, None)
    return max(0, int(-(-(low or 0) // 1))), None if high is None else int(high // 1)
