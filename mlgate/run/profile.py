"""Freezes a dataset to a profile, in one scan."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.ports import Progress
from mlgate.core.profile import CELLS, LEVELS, ColumnProfile, Profile
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Op, Request
from mlgate.core.table_schema import NUMERIC, TEMPORAL, Column
from mlgate.core.view import View
from mlgate.planning.fuse import plan
from mlgate.run.measure import Measurement, row_count


def profile(gate: Gate, dataset: str, *, progress: Progress | None = None) -> Profile:
    """The profile of a dataset of a gate: numbers and times in about 512 cells, categories by level, nulls of every column.

    Raises `MeasurementError` where the dataset cannot be opened or counted, or has no rows.
    """
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder, Measurement(gate, Path(folder), progress or (lambda _: None)) as measurement:
        schema = measurement.schema(dataset)
        if isinstance(schema, MeasurementError):
            raise schema
        asked = {column.name: tuple(_requests(View(dataset), column)) for column in schema.columns}
        measurement.lock()
        answers, _ = measurement.answer(plan([row_count(dataset), *(request for requests in asked.values() for request in requests)]))
        rows = _known(answers[row_count(dataset)])
        if not rows:
            raise MeasurementError(f"{dataset} has no rows at all", fix="a profile of nothing would let everything pass: find why the load is empty")
        columns = tuple(_column(column, [answers[request] for request in asked[column.name]]) for column in schema.columns)
        return Profile(dataset, rows, measurement.fingerprints[dataset], metadata.version("mlgate"), columns)


def _requests(view: View, column: Column) -> Iterator[Request]:
    yield Aggregate(Op.NULLS, column.name, (), view)
    if column.type in NUMERIC | TEMPORAL:
        yield Histogram(column.name, Grid(column.name, CELLS, view), view)
    elif column.type in ("string", "boolean"):
        yield Counts((column.name,), view, LEVELS)


def _column(column: Column, answers: list[Any]) -> ColumnProfile:
    nulls = _known(answers[0])
    counted = answers[1] if len(answers) > 1 else MeasurementError(f"a column of type {column.type} has no distribution")
    if isinstance(counted, MeasurementError):
        return ColumnProfile(column.name, column.type, column.native, nulls, why=counted.what)
    if isinstance(counted, Binned):
        return ColumnProfile(column.name, column.type, column.native, nulls, binned=counted)
    levels = sorted(((value, rows) for (value,), rows in counted.items() if value is not None), key=lambda level: (-level[1], str(level[0])))
    return ColumnProfile(column.name, column.type, column.native, nulls, levels=tuple(levels))


def _known(answer: Any) -> int:
    if isinstance(answer, MeasurementError):
        raise answer
    return int(answer)
