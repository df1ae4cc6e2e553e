"""Where two outputs differ by more than a tolerance."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.adapters.probes._transform_outputs import Output
from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell


@dataclass(frozen=True)
class Sides:
    """How the two sides and their outputs are called in messages.

    A name of an output may be made of a value (`city_Paris`), so that it is marked as one of the `columns` read, unless it is one of them or
    `declared`.
    """

    of: str
    against: str
    columns: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()

    def output(self, name: str) -> str:
        """The name of an output."""
        return name if name in self.columns or name in self.declared else cell(self.columns, name)

    def listed(self, names: Iterable[str]) -> str:
        """The first few of them."""
        known = list(names)
        return ", ".join(map(self.output, known[:5])) + (f" and {len(known) - 5:,} more" if len(known) > 5 else "")


@dataclass(frozen=True)
class Precision:
    """How far values may be apart: `tolerance` of all outputs, or `outputs` with one each (None: all of them)."""

    tolerance: Tolerance
    outputs: Mapping[str, Tolerance] | None = None
    ordered: bool = True

    def of(self, name: str) -> Tolerance:
        """The tolerance of an output."""
        return self.tolerance if self.outputs is None else self.outputs[name]


@dataclass(frozen=True)
class Difference:
    """How two outputs differ. `why` says it in words where they have no common shape; `columns` are the outputs that differ, each with its rows.

    `one` and `other` are the values of the first differing row of the first such column.
    """

    why: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    one: Mapping[str, Any] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, count: int) -> Any:
        """Which of the rows differ, as an array of booleans."""
        import numpy as np

        found = np.zeros(count, dtype=bool)
        for mask in self.columns.values():
            found |= mask
        return found


def difference(one: Output, other: Output, precision: Precision, sides: Sides) -> Difference | None:
    """None where there is none. Raises `MeasurementError` for a tolerance that does not fit, or an output that neither side has."""
    if one.rows != other.rows:
        return Difference(f"{sides.of} gives {_counted(one.rows)} and {sides.against} {other.rows:,}")
    pairs = _pairs(one, other, precision, sides)
    if isinstance(pairs, Difference):
        return pairs
    found: dict[str, Any] = {}
    for name, here, there in pairs:
        sorts = one.sorts[here], other.sorts[there]
        mask = _differ(one.values[here], other.values[there], _fitting(name, sorts, precision), sorts)
        if mask.any():
            found[name] = mask
    if not found:
        return None
    places = {name: (here, there) for name, here, there in pairs}
    return Difference(
        columns=found,
        one={name: one.values[places[name][0]] for name in found},
        other={name: other.values[places[name][1]] for name in found},
    )


def _counted(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _pairs(one: Output, other: Output, precision: Precision, sides: Sides) -> list[tuple[str, int, int]] | Difference:
    """The outputs to compare by name and place on both sides, or how the sides have no common columns."""
    if not (one.named and other.named):
        if len(one.names) != len(other.names):
            return Difference(f"{sides.of} gives {len(one.names):,} columns and {sides.against} {len(other.names):,}")
        names = one.names if one.named else other.names
        everything = [(name, place, place) for place, name in enumerate(names)]
    else:
        if precision.outputs is None and (problem := _names_differ(one.names, other.names, precision, sides)):
            return Difference(problem)
        everything = [(name, place, other.names.index(name)) for place, name in enumerate(one.names) if name in other.names]
    if precision.outputs is None:
        return everything
    for name in precision.outputs:
        absent = [side for side, found in ((sides.of, one), (sides.against, other)) if found.named and name not in found.names]
        if len(absent) == 2 or (absent and not (one.named and other.named)) or (not one.named and not other.named and name not in one.names):
            raise MeasurementError(
                f"outputs names {name!r}, which is none of {sides.listed(one.names)}", cause="configuration", fix="name what is returned"
            )
        if absent:
            return Difference(f"{absent[0]} gives no column {name}")
    return [pair for pair in everything if pair[0] in precision.outputs]


def _names_differ(one: Sequence[str], other: Sequence[str], precision: Precision, sides: Sides) -> str:
    for side, names in ((sides.of, one), (sides.against, other)):
        if len(set(names)) < len(names):
            return f"{side} gives two columns of one name"
    for side, gone in ((sides.of, [name for name in other if name not in one]), (sides.against, [name for name in one if name not in other])):
        if gone:
            return f"{side} gives no column {sides.listed(gone)}"
    if precision.ordered and tuple(one) != tuple(other):
        place = next(place for place, names in enumerate(zip(one, other, strict=True)) if names[0] != names[1])
        return f"column {place + 1} is {sides.output(one[place])} of {sides.of} and {sides.output(other[place])} of {sides.against}"
    return ""


def _fitting(name: str, sorts: tuple[str, str], precision: Precision) -> Tolerance:
    """The tolerance as it fits the column; one that was stated for this very column must fit."""
    tolerance = precision.of(name)
    wanted = {"abs": ("numbers",), "rel": ("numbers",), "ulp": ("numbers",), "within": ("times", "times with a zone")}.get(tolerance.word)
    if wanted is None or all(sort in wanted or sort == "nulls" for sort in sorts):
        return tolerance
    if precision.outputs is not None and not set(sorts) & set(wanted):
        what = f"tolerance `{tolerance.word}` of output {name!r} is for {wanted[0]}, and it holds {sorts[0]}"
        raise MeasurementError(what, cause="configuration", fix="use `exact`, or the tolerance of that type")
    return Tolerance()


def _differ(one: Any, other: Any, tolerance: Tolerance, sorts: tuple[str, str]) -> Any:
    import numpy as np

    kinds = one.dtype.kind + other.dtype.kind
    if all(kind in "biuf" for kind in kinds):
        return _numbers_differ(one, other, tolerance)
    if all(kind == "M" for kind in kinds) and sorts[0] == sorts[1]:
        both_null = np.isnat(one) & np.isnat(other)
        apart = np.abs((one - other) / np.timedelta64(1, "s"))
        equal = (one == other) | (apart <= tolerance.amount if tolerance.word == "within" else False)
        return ~(equal | both_null)
    if all(kind == "m" for kind in kinds):
        return ~((one == other) | (np.isnat(one) & np.isnat(other)))
    normal = tuple(getattr(tolerance, "normalise", None) or ())
    return np.array([not _same(a, b, normal) for a, b in zip(_cells(one), _cells(other), strict=True)], dtype=bool)


def _numbers_differ(one: Any, other: Any, tolerance: Tolerance) -> Any:
    import numpy as np

    if tolerance.word in ("exact", "within") and one.dtype.kind in "biu" and other.dtype.kind in "biu":
        return one != other
    short = np.float32 if one.dtype == other.dtype == np.float32 else np.float64
    a, b = one.astype(np.float64), other.astype(np.float64)
    equal = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        apart, largest = np.abs(a - b), np.maximum(np.abs(a), np.abs(b))
        if tolerance.word == "abs":
            equal |= apart <= tolerance.amount
        elif tolerance.word == "rel":
            equal |= (apart <= tolerance.amount * largest) & np.isfinite(largest)
        elif tolerance.word == "ulp":
            equal |= apart <= tolerance.amount * np.spacing(largest.astype(short)).astype(np.float64)
    return ~equal


def _cells(values: Any) -> list[Any]:
    """Python values, None for null."""
    import numpy as np

    if values.dtype.kind in "mM":
        return [None if null else cell for cell, null in zip(list(values), np.isnat(values), strict=True)]
    return [None if isinstance(cell, float) and cell != cell else cell for cell in values.tolist()]  # noqa: PLR0124  NaN


def _same(one: Any, other: Any, normal: Sequence[str]) -> bool:
    if one is None or other is None:
        return one is None and other is None
    if isinstance(one, str) and isinstance(other, str):
        return _normal(one, normal) == _normal(other, normal)
    if isinstance(one, str) or isinstance(other, str):
        return False
    try:
        return bool(one == other)
    except (TypeError, ValueError):  # arrays and lists of them
        return repr(one) == repr(other)


def _normal(text: str, words: Sequence[str]) -> str:
    if "unicode" in words:
        text = unicodedata.normalize("NFC", text)
    if "spaces" in words:
        text = " ".join(text.split())
    return text.lower() if "case" in words else text


def shown(value: Any) -> str:
    """A value as a report writes it."""
    import numpy as np

    if value is None or (isinstance(value, (float, np.floating)) and value != value):  # noqa: PLR0124  NaN
        return "null"
    if isinstance(value, np.generic):
        return "null" if value.dtype.kind in "mM" and np.isnat(value) else str(value) if value.dtype.kind in "mM" else repr(value.item())
    return str(value) if hasattr(value, "isoformat") else repr(value)
