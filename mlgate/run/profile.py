"""Freezes a dataset to a profile, in one scan."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from importlib import metadata
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
from mlgate.run.folder import RunFolder
from mlgate.run.masking import Mask, strictest
from mlgate.run.measure import Measurement, row_count


def profile(gate: Gate, dataset: str, *, progress: Progress | None = None) -> Profile:
    """The profile of a dataset of a gate: numbers and times in about 512 cells, categories by level, nulls of every column.

    Of a masked column only the nulls are kept. Raises `MeasurementError` where the dataset cannot be opened or counted, or has no rows.
    """
    mask = strictest(gate, secrets.token_bytes(16))
    try:
        return _profile(gate, dataset, progress, mask)
    except MeasurementError as error:
        raise MeasurementError(mask.text(error.what), cause=error.cause, fix=mask.text(error.fix), statement=error.statement) from error


def _profile(gate: Gate, dataset: str, progress: Progress | None, mask: Mask) -> Profile:
    masked = gate.datasets[dataset].mask
    with RunFolder() as folder, Measurement(gate, folder.path, progress or (lambda _: None)) as measurement:
        schema = measurement.schema(dataset)
        if isinstance(schema, MeasurementError):
            raise schema
        hidden = schema.names if masked == "all" else masked
        asked = {column.name: tuple(_requests(View(dataset), column))[: 1 if column.name in hidden else None] for column in schema.columns}
        measurement.lock()
        answers, _ = measurement.answer(plan([row_count(dataset), *(request for requests in asked.values() for request in requests)]))
        rows = _known(answers[row_count(dataset)])
        if not rows:
            raise MeasurementError(f"{dataset} has no rows at all", fix="a profile of nothing would let everything pass: find why the load is empty")
        whys = dict.fromkeys(hidden, "it is masked")
        columns = tuple(_column(column, [answers[request] for request in asked[column.name]], whys, mask) for column in schema.columns)
        return Profile(dataset, rows, measurement.fingerprints[dataset], metadata.version("mlgate"), columns)


def _requests(view: View, column: Column) -> Iterator[Request]:
    yield Aggregate(Op.NULLS, column.name, (), view)
    if column.type in NUMERIC | TEMPORAL:
        yield Histogram(column.name, Grid(column.name, CELLS, view), view)
    elif column.type in ("string", "boolean"):
        yield Counts((column.name,), view, LEVELS)


def _column(column: Column, answers: list[Any], whys: Mapping[str, str], mask: Mask) -> ColumnProfile:
    nulls, why = _known(answers[0]), whys.get(column.name, f"a column of type {column.type} has no distribution")
    counted = answers[1] if len(answers) > 1 else MeasurementError(why)
    if isinstance(counted, MeasurementError):
        return ColumnProfile(column.name, column.type, column.native, nulls, why=mask.text(counted.what))
    if isinstance(counted, Binned):
        return ColumnProfile(column.name, column.type, column.native, nulls, binned=counted)
    levels = sorted(((value, rows) for (value,), rows in counted.items() if value is not None), key=lambda level: (-level[1], str(level[0])))
    return ColumnProfile(column.name, column.type, column.native, nulls, levels=tuple(levels))


def _known(answer: Any) -> int:
    if isinstance(answer, MeasurementError):
        raise answer
    return int(answer)
