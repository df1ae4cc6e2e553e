"""A feature that gives the label away all by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlgate.checks._columns_of import column_type
from mlgate.checks._moments import moment
from mlgate.checks._wording import slice_words
from mlgate.checks.data._apart import roles_of, without
from mlgate.core.bound import ShareBound, plain
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Names
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.table_schema import NUMERIC, TypeName
from mlgate.stats.giveaway import giveaway
from mlgate.stats.largest import Largest

_MOST_CLASSES = 10
_FEW_VALUES = 20  # a number with more different values is no class
_ROWS_OF_SEVERAL_CLASSES = 50_000
_MOST_CELLS = 40_000_000
_LEAST_ROWS = 10_000
_LEVELLED = frozenset({"string", "boolean"})
_MOMENTS = frozenset({"date", "timestamp", "time", "duration"})


class Giveaway(BaseModel):
    """Which features may not give the label away, and from where on one does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: Annotated[Names, Field(description="The features; default: all columns of `of` but key, label, time and group.")] = ()
    label: Annotated[str | None, Field(description="The label column; default: the dataset's `label`.")] = None
    auc: Annotated[ShareBound, Field(description="Bound on the AUC of each feature alone.")] = ShareBound(at_most=0.95)
    rows: Annotated[int, Field(ge=1000, le=1_000_000, description="At most about so many rows are read, spread evenly.")] = 200_000

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        low, high = self.auc.limits
        if low is not None or high is None or not 0.5 < high < 1:
            raise ValueError("auc takes at_most, above 0.5 (no feature) and below 1 (which no sample can show to be exceeded)")
        return self


@dataclass(frozen=True)
class GiveawayItem:
    """No feature alone tells the label better than the tolerance. One claim a feature, together at the item's share of alpha."""

    of: str
    giveaway: Giveaway
    where: Expression | None = None

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self._count(scope)
        yield self._rows(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        label, features = self._label(scope), self._features(scope)
        if measured[self._count(scope)] == 0:
            return tuple(Claim(self._says(name, label), Nothing("no rows"), high=self._high, part=name) for name in features)
        columns: Mapping[str, NDArray[Any]] = measured[self._rows(scope)]
        target = _Label.of(columns[label], column_type(scope, self.of, label))
        if target is None:
            return tuple(Claim(self._says(name, label), Nothing(f"no row has a {label}"), high=self._high, part=name) for name in features)
        kept = target.kept(scope.seed)
        classes = target.classes(label, kept)
        found = {name: giveaway(_values(columns[name][kept], column_type(scope, self.of, name)), classes, seed=scope.seed) for name in features}
        details = tuple(self._details(measured[self._count(scope)], target, len(kept), found))
        return tuple(self._claim(name, label, statistic, details) for name, statistic in found.items())

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    @property
    def _high(self) -> float | None:
        return self.giveaway.auc.limits[1]

    def _says(self, name: str, label: str) -> str:
        return f"the AUC of {name} alone for {label} of {self.of}{slice_words(self.where)} is {self.giveaway.auc}"

    def _claim(self, name: str, label: str, statistic: Largest, details: tuple[str, ...]) -> Claim:
        fix = f"find out whether {name} is known before {label} is; if it is not, leave it out of the features"
        return Claim(self._says(name, label), statistic, high=self._high, unit="AUC", details=details, part=name, fix=fix)

    def _details(self, rows: int, target: _Label, used: int, found: Mapping[str, Largest]) -> Iterator[str]:
        top = sorted(found, key=lambda name: -found[name].value)[:5]
        yield f"highest: {', '.join(f'{name} {found[name].value:.4g}' for name in top)}"
        if target.words:
            yield target.words
        yield from without(target.unlabelled, f"{self.of} without a label")
        if used < rows - target.unlabelled:
            yield f"measured on {used:,} of {rows:,} rows, spread evenly"

    def _label(self, scope: Scope) -> str:
        return self.giveaway.label or scope.label(self.of)

    def _features(self, scope: Scope) -> tuple[str, ...]:
        label = self._label(scope)
        column_type(scope, self.of, label)
        types = scope.schema(scope.dataset_of(self.of)).types
        usable = (*NUMERIC, *_LEVELLED, *_MOMENTS, "null")
        if self.giveaway.features:
            for name in self.giveaway.features:
                if name == label:
                    what = f"the label {name!r} is among the features that may not give it away"
                    raise MeasurementError(what, cause="configuration", fix=f"take {name} out of `features`")
                if (kind := column_type(scope, self.of, name)) not in usable:
                    what = f"{self.of}: column {name!r} of type {kind} cannot be ranked or counted"
                    raise MeasurementError(what, cause="configuration", fix="leave it out of `features`")
            return self.giveaway.features
        found = tuple(name for name, kind in types.items() if kind in usable and name not in (label, *roles_of(scope, self.of)))
        if not found:
            raise MeasurementError(f"{self.of} has no column but those with a role (key, label, time, group)", fix="name the features")
        return found

    def _count(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), scope.view(self.of, where=self.where))

    def _rows(self, scope: Scope) -> Rows:
        features = self._features(scope)
        sample = min(self.giveaway.rows, max(_LEAST_ROWS, _MOST_CELLS // len(features)))
        return Rows((self._label(scope), *features), scope.view(self.of, where=self.where), sample=sample)


@dataclass(frozen=True)
class _Label:
    """The label of the rows read: `values` of those that have one, at `places`, as numbers of `names` or, of a measured quantity, as they are."""

    places: NDArray[np.intp]
    values: NDArray[Any]
    names: tuple[Any, ...]
    unlabelled: int

    @classmethod
    def of(cls, column: NDArray[Any], kind: TypeName | None) -> _Label | None:
        """None where no row has a label. Raises `MeasurementError` for a label that is neither a class nor a quantity."""
        found = _values(column, kind)
        missing = np.isnan(found) if found.dtype.kind == "f" else np.array([value is None for value in found.tolist()], bool)
        places = np.flatnonzero(~missing)
        if not len(places):
            return None
        values = found[places]
        if values.dtype.kind == "f" and len(np.unique(values)) > _FEW_VALUES:
            return cls(places, values, (), len(found) - len(places))
        known: dict[Any, int] = {}
        codes = np.fromiter((known.setdefault(value, len(known)) for value in values.tolist()), np.intp, len(values))
        return cls(places, codes, tuple(known), len(found) - len(places))

    @property
    def words(self) -> str:
        if not self.names:
            return "the label is a quantity: judged by whether it is above its median"
        if len(self.names) == 2:
            return ""
        more = f", the {_MOST_CLASSES} most frequent of {len(self.names):,}" if len(self.names) > _MOST_CLASSES else ""
        return f"the highest AUC of one class against all others{more}"

    def kept(self, seed: int) -> NDArray[np.intp]:
        """The places that are measured: all, or of several classes so many that each can be."""
        if len(self.names) < 3 or len(self.places) <= _ROWS_OF_SEVERAL_CLASSES:
            return self.places
        return np.sort(np.random.default_rng(seed).choice(self.places, _ROWS_OF_SEVERAL_CLASSES, replace=False))

    def classes(self, label: str, kept: NDArray[np.intp]) -> list[NDArray[np.bool_]]:
        """Which of the rows kept are of each class. Raises `MeasurementError` where all are of one."""
        values = self.values[np.searchsorted(self.places, kept)]
        if not self.names:
            above = values > np.median(values)
            return [above if above.any() else values >= np.median(values)]
        counts = np.bincount(values, minlength=len(self.names))
        present = np.flatnonzero(counts)
        if len(present) < 2:
            what = f"all {len(values):,} rows have one {label}, {cell(label, _text(self.names[present[0]]))}: there is nothing to give away"
            raise MeasurementError(what, fix="take rows of more than one class")
        frequent = present[np.argsort(-counts[present], kind="stable")][:_MOST_CLASSES]
        return [values == frequent[-1]] if len(present) == 2 else [values == code for code in frequent]


def _values(column: NDArray[Any], kind: TypeName | None) -> NDArray[Any]:
    """Numbers and times as floats, NaN where missing; all else as it is."""
    if kind in NUMERIC:
        return (
            np.array([np.nan if value is None else float(value) for value in column.tolist()], np.float64)
            if column.dtype == object
            else _float(column)
        )
    if kind in _MOMENTS:
        return np.array([np.nan if value is None else _seconds(value) for value in column.tolist()], np.float64)
    return column


def _float(column: NDArray[Any]) -> NDArray[np.float64]:
    return column.astype(np.float64)


def _seconds(value: Any) -> float:
    if hasattr(value, "total_seconds"):
        return float(value.total_seconds())
    if hasattr(value, "year"):
        return float((moment(value) - moment("1970-01-01")).total_seconds())
    return float(value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else plain(value) if isinstance(value, (bool, int, float)) else str(value)
