"""The engine of frozen references: answers from a profile file what drift and volume checks ask, and scans nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.plan import Scan
from mlgate.core.ports import FilesSource, Opened
from mlgate.core.profile import ColumnProfile, Profile, parse
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Op, Request, Rows
from mlgate.core.table_schema import Column, TableSchema
from mlgate.stats.grid import coarser, thinned

_FIX = "compare with the data itself; a profile knows rows, nulls and the distribution of each whole column"


class ProfileEngine:
    """Answers rows, nulls, least and greatest values, levels and histograms of whole columns; everything else is a `MeasurementError`."""

    marks_values = True

    def __init__(self, folder: Path) -> None:
        self._profiles: dict[str, tuple[Profile, dict[str, ColumnProfile]]] = {}

    def open(self, name: str, dataset: Dataset, opened: Opened) -> TableSchema:
        """Reads the one profile file. `TableSchema.rows` stays None, so that numbers are compared in the cells that the profile has."""
        if not isinstance(opened, FilesSource) or opened.format != "profile" or len(opened.paths) != 1:
            raise MeasurementError("a dataset is frozen to one profile file", fix="name one file that `mlgate profile` wrote")
        profile = parse(Path(opened.paths[0]).read_text(encoding="utf-8"), opened.paths[0])
        self._profiles[name] = profile, {column.name: column for column in profile.columns}
        return TableSchema(name, tuple(Column(column.name, column.type, column.native) for column in profile.columns))

    def features(self, dataset: str, columns: Sequence[str], *, batch_rows: int = 100_000) -> Iterator[Any]:
        """A profile holds no rows that a model could score."""
        raise _unknown(dataset, "rows for a model")

    def attach(
        self,
        model: str,
        dataset: str,
        key: Sequence[str],
        predictions: Opened | Mapping[str, Any],
        renames: Mapping[str, str],
        *,
        threshold: float | None = None,
    ) -> TableSchema:
        """A profile holds no rows that predictions could be joined to."""
        raise _unknown(dataset, "rows for a model")

    def frame(self, rows: Rows) -> Any:
        """A profile holds no rows."""
        raise _unknown(rows.view.dataset, "rows")

    def lock(self) -> None:
        """The file was read on opening; nothing is left to close."""

    def answer(self, scan: Scan, batch: Sequence[Request]) -> Mapping[Request, Any]:
        """Raises `MeasurementError` for what a profile does not know."""
        return {request: self._answer(request) for request in batch}

    def statement(self, scan: Scan, batch: Sequence[Request]) -> str:
        """No SQL: the file is all there is."""
        profile, _ = self._profiles[scan.dataset]
        return f"-- from the profile of {profile.dataset}, {profile.rows:,} rows, made by mlgate {profile.made_by}"

    def close(self) -> None:
        self._profiles.clear()

    def _answer(self, request: Request) -> Any:
        view = request.view
        profile, columns = self._profiles[view.dataset]
        if view.where is not None or view.joined is not None:
            raise _unknown(view.dataset, f"slice ({view.where})" if view.where else "rows to join")
        match request:
            case Aggregate(op=Op.ROWS):
                return profile.rows
            case Aggregate(op=Op.NULLS, of=str() as of):
                return columns[of].nulls
            case Aggregate(op=(Op.MIN | Op.MAX) as op, of=str() as of) if columns[of].type in ("float", "integer", "decimal"):
                binned = _binned(view.dataset, columns[of])
                return binned.low if op is Op.MIN else binned.high
            case Grid(of=of, cells=cells):
                binned = _binned(view.dataset, columns[of])
                return thinned(binned.edges, binned.counts, cells)
            case Histogram(of=of, edges=tuple() as edges, by=None, ends=ends):
                binned = _binned(view.dataset, columns[of])
                low, high = (binned.low, binned.high) if ends else (None, None)
                return Binned(edges, coarser(binned.edges, binned.counts, edges), binned.nulls, low, high)
            case Counts(by=(str() as of,)):
                return _levels(view.dataset, columns[of])
        raise _unknown(view.dataset, _named(request))


def _binned(dataset: str, column: ColumnProfile) -> Binned:
    if column.binned is None:
        raise _unknown(dataset, f"numbers of {column.name}" + f" ({column.why})" * bool(column.why))
    return column.binned


def _levels(dataset: str, column: ColumnProfile) -> dict[tuple[Any, ...], int]:
    if column.levels is None:
        raise _unknown(dataset, f"levels of {column.name}" + f" ({column.why})" * bool(column.why))
    nulls = {(None,): column.nulls} if column.nulls else {}
    return {**{(value,): rows for value, rows in column.levels}, **nulls}


def _named(request: Request) -> str:
    return f"{request.op.value} of {request.of}" if isinstance(request, Aggregate) else f"{type(request).__name__.lower()} of this sort"


def _unknown(dataset: str, what: str) -> MeasurementError:
    return MeasurementError(f"{dataset} is a profile and knows no {what}", cause="configuration", fix=_FIX)
