"""A gate whose rows and predictions are read once and held in memory, so that many runs can vary them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset, Gate, Model
from mlgate.core.ports import MemoryTable, Progress
from mlgate.core.request import Probe, Request, other_side
from mlgate.core.result import RunResult
from mlgate.core.table_schema import TableSchema
from mlgate.run.folder import RunFolder
from mlgate.run.gate_run import Asked, ask, run_gate
from mlgate.run.masking import Mask, strictest
from mlgate.run.measure import Measurement
from mlgate.run.shares import Declared, declare

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROWS = 2_000_000


@dataclass(frozen=True)
class Memory:
    """What was read. `skipped` says of a dataset or model why it is not held in memory; `touches` which datasets and models an item reads.

    `gate` is the gate with rows and predictions from memory where there are some, without waivers and without example rows.
    """

    gate: Gate
    declared: tuple[Declared, ...]
    tables: Mapping[str, MemoryTable]
    schemas: Mapping[str, TableSchema]
    answers: Mapping[str, Mapping[str, Any]]
    skipped: Mapping[str, str]
    touches: Mapping[str, frozenset[str]]
    original: Gate

    def touching(self, name: str) -> frozenset[str]:
        """The items that read a dataset or a model."""
        return frozenset(item for item, read in self.touches.items() if name in read)


def read(gate: Gate, *, most_rows: int = MOST_ROWS, progress: Progress | None = None) -> Memory:
    """Reads every dataset and scores every model once; what cannot be read is skipped, with the reason."""
    mask, declared = strictest(gate, secrets.token_bytes(16)), declare(gate)
    tables: dict[str, MemoryTable] = {}
    schemas: dict[str, TableSchema] = {}
    answers: dict[str, Mapping[str, Any]] = {}
    skipped: dict[str, str] = {}
    with RunFolder() as folder, Measurement(gate, folder.path, progress or (lambda _: None)) as measurement:
        for name in gate.datasets:
            found, schema = measurement.table(name, most_rows=most_rows), measurement.schema(name)
            if isinstance(found, MeasurementError) or isinstance(schema, MeasurementError):
                skipped[name] = _said(found, mask)
            else:
                tables[name], schemas[name] = found, schema
        for name, model in gate.models.items():
            predictions = measurement.predictions(name) if model.dataset in tables else MeasurementError(f"{model.dataset} is not in memory")
            if isinstance(predictions, MeasurementError):
                skipped[name] = _said(predictions, mask)
            else:
                answers[name] = predictions
        asked = ask(gate, declared, measurement)
    touches = {item.id: _touched(gate, item, asked) for item in declared}
    return Memory(_held(gate, tables, answers, schemas), declared, tables, schemas, answers, skipped, touches, gate)


def _held(gate: Gate, tables: Mapping[str, MemoryTable], answers: Mapping[str, Mapping[str, Any]], schemas: Mapping[str, TableSchema]) -> Gate:
    datasets = {name: held_in(dataset, tables[name]) if name in tables else dataset for name, dataset in gate.datasets.items()}
    models = {
        name: replayed(answers[name], model.dataset, schemas[model.dataset].names) if name in answers else model
        for name, model in gate.models.items()
    }
    policy = gate.policy.model_copy(update={"samples": 0})
    checks = tuple(check.model_copy(update={"samples": 0}) for check in gate.checks)
    return replace(gate, datasets=datasets, models=models, waivers=(), policy=policy, checks=checks)


def held_in(dataset: Dataset, table: MemoryTable) -> Dataset:
    """The declaration of a dataset with other rows."""
    return dataset.model_copy(update={"path": None, "table": None, "format": None, "digest": None, "frame": table.frame, "engine": "duckdb"})


def replayed(answers: Mapping[str, Any], dataset: str, columns: Sequence[str]) -> Model:
    """A model that gives known answers for the rows of a dataset, in their order."""
    return Model(callable=_Replay(answers), dataset=dataset, features=tuple(columns[:1]))


class _Replay:
    """Called with one batch of rows after the other, gives the next answers: the batches of a run come in file order, and each once."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers, self._given = answers, 0

    def __call__(self, frame: Any) -> Mapping[str, NDArray[Any]]:
        start, self._given = self._given, self._given + len(frame)
        return {name: values[start : self._given] for name, values in self.answers.items()}


def run_again(gate: Gate, items: frozenset[str] | None = None) -> RunResult:
    """A run in which every replayed model begins at its first row."""
    models = {
        name: model.model_copy(update={"callable": _Replay(model.callable.answers)}) if isinstance(model.callable, _Replay) else model
        for name, model in gate.models.items()
    }
    return run_gate(replace(gate, models=models), items=items)


def _touched(gate: Gate, item: Declared, asked: Asked) -> frozenset[str]:
    """What an item reads; everything, where it could not even ask."""
    requests = asked.requests.get(item.id)
    if requests is None:
        return frozenset((*gate.datasets, *gate.models))
    return frozenset(name for request in requests for name in _named(request))


def _named(request: Request) -> Iterator[str]:
    if isinstance(request, Probe):
        for rows in request.inputs:
            yield from _named(rows)
        return
    view = request.view
    yield from (name for name in (view.dataset, view.joined, view.model, view.baseline) if name is not None)
    if (there := other_side(request)) is not None:
        yield from _named(there)


def _said(found: object, mask: Mask) -> str:
    return mask.text(found.what) if isinstance(found, MeasurementError) else "its columns are not known"


def matching(memory: Memory, only: Collection[str]) -> frozenset[str]:
    """The items of the checks named: by check id, item id, or a pattern of these; all where nothing is named."""
    return frozenset(
        item.id for item in memory.declared if not only or any(fnmatchcase(name, pattern) for name in (item.id, item.check.id) for pattern in only)
    )
