"""The columns of a drift check that both sides have and that can be compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mlgate.checks._columns_of import column_type
from mlgate.checks.data._column_drift import supported
from mlgate.core.errors import MeasurementError
from mlgate.core.scope import Scope


@dataclass(frozen=True)
class BothSides:
    """The current and the reference rows by name, and the distance (None: each column its default) that must be defined for a column."""

    of: str
    against: str
    distance: str | None = None

    def named(self, scope: Scope, *, without: Collection[str | None] = ()) -> list[str]:
        """The columns of both sides that have no role: neither key nor time, nor one of `without`."""
        left, right = (scope.schema(scope.dataset_of(name)) for name in (self.of, self.against))
        roles = {role for name in (self.of, self.against) for role in (*scope.spec(name).key, scope.spec(name).time)}
        return [name for name in left.names if name in right.types and name not in roles and name not in without]

    def comparable(self, scope: Scope, names: Sequence[str]) -> tuple[str, ...]:
        """Those of `names` that can be compared. Raises `MeasurementError` for one with two types, and where none is left."""
        faults = {name: self.fault(scope, name) for name in names}
        for fault in faults.values():
            if fault is not None and fault.cause == "data":  # one type here and another there is no reason to look away
                raise fault
        shared = tuple(name for name, fault in faults.items() if fault is None)
        if not shared:
            what = f"{self.of} and {self.against} share no column that {self.distance or 'a distance'} is defined for"
            raise MeasurementError(what, fix="name the columns, or compare datasets of one layout")
        return shared

    def fault(self, scope: Scope, column: str) -> MeasurementError | None:
        """Why a column cannot be compared."""
        sides = (self.of, self.against)
        return supported(column, tuple(column_type(scope, name, column) for name in sides), sides, self.distance)
