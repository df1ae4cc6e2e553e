"""Apache Spark answers scans on a cluster, for what one machine cannot hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.adapters.engines._duckdb.lens import Relation
from mlgate.adapters.engines._duckdb.predicting import Reading
from mlgate.adapters.engines._duckdb.relations import Other, Predictions
from mlgate.adapters.engines._spark import predicting
from mlgate.adapters.engines._spark.answers import Statement, statements
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.overlaps import across
from mlgate.adapters.engines._spark.raw_rows import PLACE, frame_statement
from mlgate.adapters.engines._spark.session import Session
from mlgate.adapters.engines._spark.sources import is_spark_frame, load
from mlgate.adapters.engines._spark.tables import Table, relation_of
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.plan import Scan
from mlgate.core.ports import FilesSource, FrameSource, Opened, TableSource
from mlgate.core.request import Request, Rows, other_side
from mlgate.core.table_schema import TableSchema


class SparkEngine:
    """Answers scans with Spark: with the active session, or the one of a DataFrame, or one that the environment asks for (docs/spark.md).

    It ends no session that it did not start, and puts back every setting it changes. Answers equal those of the duckdb engine.
    """

    def __init__(self, folder: Path) -> None:
        self._session = Session(folder)
        self._tables: dict[str, Table] = {}
        self._predictions: dict[str, Predictions] = {}
        self._keys: dict[str, Any] = {}  # of rows handed out to be scored, where they have no position
        self._locked = False

    def open(self, name: str, dataset: Dataset, opened: Opened) -> TableSchema:
        """Makes a dataset readable under its name. Raises `MeasurementError`."""
        table = predicting.make_table(self._session, name, load(self._use(opened), name, opened), dataset.key)
        self._tables[name] = table
        return table.schema

    def features(self, dataset: str, columns: Sequence[str], *, batch_rows: int = 100_000) -> Iterator[Any]:
        """Pandas frames of `columns` in batches of about `batch_rows`, in file order where rows have one. They pass through the driver."""
        table = self._table(dataset)
        for name in columns:
            if table.column(name) is None:
                raise MeasurementError(f"{dataset} has no column {name!r}", fix=f"columns are {', '.join(table.schema.names[:40])}")
        predicting.need_order(table)
        found = predicting.collected(self._session, table, columns)
        if not table.ordered:
            self._keys[dataset] = predicting.unique_keys(self._session, table, found)
        return predicting.frames(self._session, found, columns, batch_rows=batch_rows)

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
        """Joins predictions to a dataset's rows: stored ones by key, arrays in the order of `features`. Returns their columns."""
        table = self._table(dataset)
        if isinstance(predictions, (FilesSource, TableSource, FrameSource)):
            loaded = load(self._use(predictions), f"predictions_of_{model}", predictions)
            keyed = replace(table, key=tuple(key) or table.key)
            made = predicting.stored(self._session, model, loaded, keyed, Reading(renames, threshold))
        else:
            made = predicting.scored(self._session, model, table, predictions, self._keys.get(dataset))
        self._predictions[model] = made
        return made.schema

    def frame(self, rows: Rows) -> Any:
        """The rows as a pandas frame, in file order where rows have one. They pass through the driver."""
        sql, by_driver, cells = frame_statement(self._relation(rows), rows)
        return self._session.frame(self._session.arrow(sql), cells, order=(PLACE,) if by_driver else ())

    def lock(self) -> None:
        """From here on nothing more is opened. Spark has no lock of its own: what keeps expressions to their columns is the guard."""
        self._locked = True

    def answer(self, scan: Scan, batch: Sequence[Request]) -> Mapping[Request, Any]:
        """The answers to a batch. Raises `MeasurementError` with the first sentence of what Spark says."""
        answers: dict[Request, Any] = {}
        for statement in self._statements(scan, batch):
            answers.update(statement.ask(self._session))
        return answers

    def statement(self, scan: Scan, batch: Sequence[Request]) -> str:
        """The SQL that `answer` would send."""
        return ";\n\n".join(statement.sql for statement in self._statements(scan, batch))

    def close(self) -> None:
        """Drops the views that were made, and ends a session that was started here."""
        self._session.close()

    def _statements(self, scan: Scan, batch: Sequence[Request]) -> Iterator[Statement]:
        views = [request.view for request in batch]
        named = dict.fromkeys(name for view in views for name in (view.model, view.baseline) if name is not None)
        models = [self._attached(name) for name in named]
        other = None if scan.joined is None else Other(self._table(scan.joined), scan.as_of)
        relation = relation_of(self._table(scan.dataset), models, other)
        yield from statements(relation, [request for request in batch if other_side(request) is None])
        for request in batch:
            if (there := other_side(request)) is not None:
                yield across(request, Lens.on(relation, request.view), Lens.on(self._relation(there), there.view))

    def _relation(self, rows: Rows) -> Relation:
        named = dict.fromkeys(name for name in (rows.view.model, rows.view.baseline) if name is not None)
        other = None if rows.view.joined is None else Other(self._table(rows.view.joined), rows.view.as_of)
        return relation_of(self._table(rows.view.dataset), [self._attached(name) for name in named], other)

    def _use(self, opened: Opened) -> Session:
        if self._locked:
            raise MeasurementError("the engine is locked: nothing more can be opened", cause="configuration")
        if isinstance(opened, FrameSource) and is_spark_frame(opened.frame):
            self._session.adopt(opened.frame.sparkSession)
        return self._session

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise MeasurementError(f"dataset {name!r} is not open", cause="configuration")
        return self._tables[name]

    def _attached(self, model: str) -> Predictions:
        if model not in self._predictions:
            raise MeasurementError(f"model {model!r} has no predictions attached", cause="configuration")
        return self._predictions[model]
