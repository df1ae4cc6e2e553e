"""Asks the engines: opens datasets and models, sends the plan, isolates what fails so that the rest is answered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import numpy as np

from mlgate.core.errors import Cause, MeasurementError
from mlgate.core.gate import Gate, Model
from mlgate.core.marked import telling
from mlgate.core.plan import Plan, Scan
from mlgate.core.ports import (
    BytesModel,
    BytesSource,
    Engine,
    FilesSource,
    MemoryTable,
    ModelAdapter,
    Opened,
    Progress,
    Scorer,
    TableEngine,
    Timed,
)
from mlgate.core.registry import entries, load
from mlgate.core.request import (
    Aggregate,
    Op,
    Probe,
    Request,
    Rows,
)
from mlgate.core.result import ScanRecord
from mlgate.core.scored import Scored
from mlgate.core.table_schema import TableSchema
from mlgate.core.view import View
from mlgate.run.content_lock import check_content, content_digest_of
from mlgate.run.isolate import Isolation, as_measurement_error, statement
from mlgate.run.masking import refuse_unknown_mask
from mlgate.run.precheck import Prechecks
from mlgate.run.steady import Steady
from mlgate.run.waiting import resolved
from mlgate.run.watch import Pace, Watch

T = TypeVar("T")


class Measurement:
    """One run's open engines, datasets and models. A dataset is opened when first asked for, a model scored once."""

    def __init__(self, gate: Gate, folder: Path, progress: Progress) -> None:
        self._gate, self._folder, self._progress = gate, folder, progress
        self._engines: dict[str, Engine] = {}
        self._engine_of: dict[str, str] = {}
        self._schemas: dict[str, TableSchema | MeasurementError] = {}
        self._model_columns: dict[str, TableSchema | MeasurementError] = {}
        self._prechecks = Prechecks(self.schema, self.attach, self._engine_name)
        self._steady = Steady()
        self._watch = Watch(gate.policy.timeout)
        self.fingerprints: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self.scored: dict[str, Scored] = {}  # of models that were asked over the network, by name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for engine in self._engines.values():
            if not self._watch.is_stuck(engine):
                engine.close()

    def schema(self, dataset: str) -> TableSchema | MeasurementError:
        """The schema of a dataset, or the error that stopped its opening."""
        if dataset not in self._schemas:
            pace = Pace(f"opening {dataset}", 1, self._progress)
            self._schemas[dataset] = _guarded(lambda: self._open(dataset, pace), f"dataset {dataset!r}")
        return self._schemas[dataset]

    def _open(self, name: str, pace: Pace) -> TableSchema:
        declared = self._gate.datasets[name]
        source = _accepting("sources", declared, f"dataset {name!r}")
        with telling(source):
            opened = source.open(declared)
        self.fingerprints[name] = self._steady.watch(name, lambda: source.fingerprint(opened))
        if isinstance(opened, FilesSource) and opened.engine is not None:
            self._engine_of[name] = opened.engine
        engine = self._engine(name)
        with telling(engine):
            schema = self._watch.over(engine, lambda: engine.open(name, declared, opened), look=pace.look)
        refuse_unknown_mask(name, declared, schema)
        check_content(engine, declared, schema)
        return schema

    def content_digest(self, dataset: str) -> str | MeasurementError:
        """The content digest of a dataset that is open."""
        schema = self.schema(dataset)
        return _guarded(lambda: content_digest_of(self._engine(dataset), _opened(schema)), f"dataset {dataset!r}")

    def table(self, dataset: str, *, most_rows: int) -> MemoryTable | MeasurementError:
        """All rows of a dataset in memory."""
        schema = self.schema(dataset)
        return schema if isinstance(schema, MeasurementError) else _guarded(lambda: self._table(dataset, most_rows), f"dataset {dataset!r}")

    def _table(self, dataset: str, most_rows: int) -> MemoryTable:
        engine = self._engine(dataset)
        if not isinstance(engine, TableEngine):
            what = f"{dataset} is read by the engine {self._engine_name(dataset)}, which hands out no rows to draw from"
            raise MeasurementError(what, cause="configuration", fix="point the gate file at rows that DuckDB reads (a file, a table, a frame)")
        return self._watch.over(engine, lambda: engine.table(dataset, most_rows=most_rows))

    def predictions(self, model: str) -> Mapping[str, Any] | MeasurementError:
        """What a model says of every row of its dataset, in file order: one array a column (`prediction`, `score`, `score_<class>`)."""
        columns = self.attach(model)
        if isinstance(columns, MeasurementError):
            return columns
        rows = Rows(columns.names, View(self._gate.models[model].dataset, model=model))
        frame = _guarded(lambda: self._frame(rows), f"model {model!r}", cause="model")
        return frame if isinstance(frame, MeasurementError) else {name: frame[name].to_numpy() for name in columns.names}

    def bytes_digest(self, dataset: str) -> str | MeasurementError | None:
        """The digest over the bytes of a dataset's files, None where it is not made of files."""
        declared = self._gate.datasets[dataset]
        source = _accepting("sources", declared, f"dataset {dataset!r}")
        return _guarded(lambda: source.digest(source.open(declared)), f"dataset {dataset!r}") if isinstance(source, BytesSource) else None

    def _engine_name(self, dataset: str) -> str:
        return self._engine_of.get(dataset, self._gate.datasets[dataset].engine)

    def _engine(self, dataset: str) -> Engine:
        name = self._engine_name(dataset)
        if name not in self._engines:
            if name not in entries("engines"):
                raise MeasurementError(f"unknown engine {name!r}", cause="configuration", fix=f"one of {', '.join(entries('engines'))}")
            self._engines[name] = load("engines", name)(self._folder)
        return self._engines[name]

    def attach(self, model: str) -> TableSchema | MeasurementError:
        """Scores a model once (or opens its stored predictions) and joins them to its dataset; returns the columns this adds."""
        if model not in self._model_columns:
            self._progress(f"scoring {model}")
            self._model_columns[model] = _guarded(lambda: self._attach(model), f"model {model!r}", cause="model")
        return self._model_columns[model]

    def _attach(self, name: str) -> TableSchema:
        spec = self._gate.models[name]
        schema = self.schema(spec.dataset)
        if isinstance(schema, MeasurementError):
            raise schema
        adapter = _accepting("models", spec, f"model {name!r}")
        with telling(adapter, self._engine(spec.dataset)):
            return self._attached(name, spec, adapter, schema)

    def _attached(self, name: str, spec: Model, adapter: ModelAdapter, schema: TableSchema) -> TableSchema:
        opened: Scorer | Opened = adapter.open(spec)
        self.fingerprints[name] = self._steady.watch(name, lambda: adapter.fingerprint(spec))
        engine, key = self._engine(spec.dataset), self._gate.datasets[spec.dataset].key
        if not isinstance(opened, Scorer):
            renames = {given: role for given, role in ((spec.prediction, "prediction"), (spec.score, "score")) if given}
            return self._watch.over(engine, lambda: engine.attach(name, spec.dataset, key, opened, renames, threshold=spec.threshold))
        columns = opened.features(schema.names)
        batches = [opened.score(frame) for frame in self._frames(engine, spec.dataset, columns)]
        if isinstance(opened, Timed):
            self.scored[name] = opened.took()
        scored = {column: np.concatenate([np.asarray(batch[column]) for batch in batches]) for column in batches[0]} if batches else {}
        if self._gate.policy.mode == "prove" and spec.artifact is None:
            self._answers[name] = _digest(scored)
        return self._watch.over(engine, lambda: engine.attach(name, spec.dataset, key, scored, {}))

    def identity(self, model: str) -> str:
        """What tells a model that was attached from others: the digest of its file, an artifact's fingerprint, else what it answered on its rows."""
        spec = self._gate.models[model]
        adapter = _accepting("models", spec, f"model {model!r}")
        if isinstance(adapter, BytesModel):
            return adapter.digest(spec)
        return self.fingerprints[model] if spec.artifact is not None else self._answers[model]

    def _frames(self, engine: Engine, dataset: str, columns: Sequence[str]) -> Iterator[Any]:
        frames = engine.features(dataset, columns)
        while (frame := self._watch.over(engine, lambda: next(frames, None))) is not None:
            yield frame

    def lock(self) -> None:
        """Ends external access of every engine: from here on only declared data can be read."""
        for engine in self._engines.values():
            engine.lock()

    def precheck(self, request: Request) -> MeasurementError | None:
        """What is known to be wrong with a request before anything is scanned: a column that is gone, a type that does not fit."""
        return self._prechecks.fault(request)

    def answer(self, plan: Plan) -> tuple[dict[Request, Any], tuple[ScanRecord, ...]]:
        """The answers to a plan; what failed is answered by its `MeasurementError`."""
        answers: dict[Request, Any] = {}
        records: dict[tuple[str, str | None], ScanRecord] = {}
        for scan in (*plan.grids, *plan.scans):
            place = (scan.dataset, scan.joined)
            record = self._scan(scan, answers)
            records[place] = _together(records[place], record) if place in records else record
        for probe in plan.probes:
            self._progress(f"running {probe.name}" + (f" on {probe.view}" if probe.inputs else ""))
            answers[probe] = self._probe(probe)
        answers.update(self._steady.spoiled(answers))
        return answers, tuple(records.values())

    def _scan(self, scan: Scan, answers: dict[Request, Any]) -> ScanRecord:
        started, statements = time.perf_counter(), 0
        pace = Pace(f"scanning {scan.dataset}" + (f" with {scan.joined}" if scan.joined else ""), len(scan.batches), self._progress)
        isolation = Isolation(self._engine(scan.dataset), scan, self._watch, pace.look)
        for batch in scan.batches:
            ready = {request: resolved(request, answers) for request in batch}
            answers.update({request: one for request, one in ready.items() if isinstance(one, MeasurementError)})
            asked = {one: request for request, one in ready.items() if not isinstance(one, MeasurementError)}
            for got, sent in isolation.answers(tuple(asked)) if asked else ():
                answers.update({asked[one]: answer for one, answer in got.items()})
                statements += sent
            pace.answered()
        rows = answers.get(row_count(scan.dataset))
        rows = rows if isinstance(rows, int) else None
        seconds = time.perf_counter() - started
        return ScanRecord(scan.dataset, scan.joined or "", scan.models, rows, len(scan.requests), statements, seconds)

    def _probe(self, probe: Probe) -> Any:
        try:
            frames = [self._frame(rows) for rows in probe.inputs]
            prober = load("probes", probe.name)()
            with telling(prober):
                return prober.answer(probe, frames)
        except KeyError:
            return MeasurementError(f"no probe {probe.name!r} is installed", cause="configuration", fix=f"one of {', '.join(entries('probes'))}")
        except Exception as error:  # noqa: BLE001  code that runs on rows raises what it likes; its items become ERROR, the rest goes on
            return as_measurement_error(error, prefix=f"{probe.name}: ")

    def _frame(self, rows: Rows) -> Any:
        engine = self._engine(rows.view.dataset)
        return self._watch.over(engine, lambda: engine.frame(rows))

    def statements(self, plan: Plan) -> Iterator[tuple[Scan, str]]:
        """The SQL of every batch of a plan, unsent."""
        for scan in (*plan.grids, *plan.scans):
            for batch in scan.batches:
                yield scan, statement(self._engine(scan.dataset), scan, batch)


def _together(first: ScanRecord, second: ScanRecord) -> ScanRecord:
    models = tuple(dict.fromkeys((*first.models, *second.models)))
    requests, statements = first.requests + second.requests, first.statements + second.statements
    rows = first.rows if second.rows is None else second.rows
    return ScanRecord(first.dataset, first.joined, models, rows, requests, statements, first.seconds + second.seconds)


def row_count(dataset: str) -> Aggregate:
    """How many rows a dataset has: asked with every scan, so that a report can say it."""
    return Aggregate(Op.ROWS, None, (), View(dataset))


def _accepting(group: Literal["sources", "models"], declared: Any, what: str) -> Any:
    for name in entries(group):
        adapter = load(group, name)()
        if adapter.accepts(declared):
            return adapter
    raise MeasurementError(f"nothing here can open {what}", cause="configuration", fix=f"installed {group}: {', '.join(entries(group))}")


def _guarded(work: Callable[[], T], what: str, *, cause: Cause = "data") -> T | MeasurementError:
    try:
        return work()
    except MeasurementError as error:
        return error
    except Exception as error:  # noqa: BLE001  one dataset or model that breaks must not take the others with it
        return as_measurement_error(error, prefix=f"{what}: ", cause=cause)


def _digest(columns: Mapping[str, Any]) -> str:
    """Over the names and values of columns."""
    made = hashlib.sha256()
    for name, values in sorted(columns.items()):
        plain = values if values.dtype != object else np.array([repr(value) for value in values.tolist()], dtype=np.str_)
        made.update(f"{name} {plain.dtype.str} {len(plain)}".encode() + np.ascontiguousarray(plain).tobytes())
    return f"answers:{made.hexdigest()}"


def _opened(schema: TableSchema | MeasurementError) -> TableSchema:
    assert isinstance(schema, TableSchema)
    return schema
