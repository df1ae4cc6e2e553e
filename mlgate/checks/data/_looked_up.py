"""Columns of one dataset whose values are looked up in another."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.checks._columns_of import column_type
from mlgate.core.errors import MeasurementError
from mlgate.core.scope import Scope
from mlgate.core.table_schema import NUMERIC, TypeName

NESTED = frozenset({"list", "struct", "map"})
Side = tuple[str, Sequence[str]]
"""A dataset's (or model's) name and columns of it."""


def looked_up_types(scope: Scope, here: Side, there: Side) -> tuple[tuple[TypeName | None, TypeName | None], ...]:
    """The types of each column here and there, one for one. Raises `MeasurementError` where their values can never be equal."""
    found = []
    for name, other in zip(here[1], there[1], strict=True):
        kinds = column_type(scope, here[0], name), column_type(scope, there[0], other)
        for (side, _), column, kind in zip((here, there), (name, other), kinds, strict=True):
            if kind in NESTED:
                what = f"{side}: column {column!r} of type {kind} cannot be looked up"
                raise MeasurementError(what, cause="configuration", fix="name a plain column")
        if not may_be_equal(*kinds):
            what = f"column {name!r} is {kinds[0]} in {here[0]}, and {other!r} is {kinds[1]} in {there[0]}: no value can exist in both"
            raise MeasurementError(what, fix="write both columns with one type")
        found.append(kinds)
    return tuple(found)


def may_be_equal(one: TypeName | None, other: TypeName | None) -> bool:
    """Whether values of two types can be equal: numbers among each other, dates and timestamps, and each type to itself; a type not known yet may."""
    return None in (one, other) or "null" in (one, other) or _family(one) == _family(other)


def _family(kind: TypeName | None) -> str | None:
    return "number" if kind in NUMERIC else "moment" if kind in ("date", "timestamp") else kind
