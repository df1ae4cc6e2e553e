"""The embedded engine: DuckDB answers every scan on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.adapters.engines._duckdb import quantiles
from mlgate.adapters.engines._duckdb.answers import Statement, across, statements
from mlgate.adapters.engines._duckdb.arrow_table import ArrowTable, whole_table
from mlgate.adapters.engines._duckdb.content import content
from mlgate.adapters.engines._duckdb.faults import known_faults
from mlgate.adapters.engines._duckdb.frames import batches, whole
from mlgate.adapters.engines._duckdb.lens import Lens, Relation
from mlgate.adapters.engines._duckdb.loading import load, reading
from mlgate.adapters.engines._duckdb.predicting import Reading, scored, stored
from mlgate.adapters.engines._duckdb.raw_rows import frame_statement
from mlgate.adapters.engines._duckdb.real_names import refuse_renamed
from mlgate.adapters.engines._duckdb.relations import Other, Predictions, relation_of
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.tables import Table, make_view
from mlgate.core.column_names import no_column
from mlgate.core.content import ContentSums
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.gate import Dataset
from mlgate.core.plan import Scan
from mlgate.core.ports import FilesSource, FrameSource, Opened, TableSource
from mlgate.core.request import Request, Rows, columns_of, other_side
from mlgate.core.table_schema import TableSchema


class DuckDBEngine:
    """Answers scans with DuckDB, in memory, within half of the machine's memory; what does not fit spills into `folder`."""

    marks_values = True

    def __init__(self, folder: Path) -> None:
        self._session = Session(folder)
        self._tables: dict[str, Table] = {}
        self._predictions: dict[str, Predictions] = {}
        self._paths: set[str] = set()
        self._made = 0
        self._session.run("create schema data")
        self._session.run("create schema predictions")

    def open(self, name: str, dataset: Dataset, opened: Opened) -> TableSchema:
        """Makes a dataset readable under its name. Raises `MeasurementError`."""
        relation = f"data.{quoted(self._fresh(name, (table.relation for table in self._tables.values())))}"
        with reading(opened), known_faults(self._session):
            source = self._load(opened)
            schema = make_view(self._session, relation, source, name)
            refuse_renamed(self._session, opened, schema.names)
        self._tables[name] = Table(name, relation, schema, dataset.key, source)
        return schema

    def features(self, dataset: str, columns: Sequence[str], *, batch_rows: int = 100_000) -> Iterator[Any]:
        """Pandas frames of `columns` in batches of about `batch_rows`, in file order.

        The batches are one running query: read them to the end before the engine is asked for anything else.
        """
        table = self._table(dataset)
        for name in columns:
            if table.column(name) is None:
                raise no_column(f"dataset {dataset!r}", name, table.schema.names)
        return batches(self._session, table, columns, batch_rows=batch_rows)

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
        """Joins predictions to a dataset's rows: stored ones by key, arrays by row position. Returns their columns."""
        table = self._table(dataset)
        table = replace(table, key=tuple(key) or table.key)
        relation = f"predictions.{quoted(self._fresh(model, (one.relation for one in self._predictions.values())))}"
        if isinstance(predictions, (FilesSource, TableSource, FrameSource)):
            with reading(predictions), known_faults(self._session):
                made = stored(self._session, model, relation, self._load(predictions), table, Reading(renames, threshold))
        else:
            rows = int(self._session.rows(f"select count(*) from {table.relation}")[0][0])
            made = scored(self._session, model, relation, predictions, rows)
        self._predictions[model] = made
        return made.schema

    def frame(self, rows: Rows) -> Any:
        """The rows as a pandas frame, in file order."""
        with known_faults(self._session):
            return whole(self._session, *frame_statement(self._relation(rows), rows))

    def lock(self) -> None:
        """From here on only what was opened can be read; no extension, no setting, no other file."""
        self._session.lock(self._paths)

    def answer(self, scan: Scan, batch: Sequence[Request]) -> Mapping[Request, Any]:
        """The answers to a batch. Raises what DuckDB raises, and `MeasurementError` for what is known to be wrong beforehand."""
        answers: dict[Request, Any] = {}
        for statement in self._statements(scan, batch):
            with known_faults(self._session):
                answers.update(statement.ask(self._session))
        return answers

    def statement(self, scan: Scan, batch: Sequence[Request]) -> str:
        """The SQL that `answer` would send."""
        return ";\n\n".join(statement.sql for statement in self._statements(scan, batch))

    def content(self, dataset: str) -> ContentSums:
        """The sums of the content digest of a dataset, in one pass."""
        return content(self._session, self._table(dataset))

    def table(self, dataset: str, *, most_rows: int) -> ArrowTable:
        """All rows with the types of their source. Raises `MeasurementError` for more than `most_rows`, and where pyarrow is not installed."""
        with known_faults(self._session):
            return whole_table(self._session, self._table(dataset), most_rows)

    def done(self) -> float | None:
        """The share of the running statement that is done; None where DuckDB does not know."""
        return self._session.progress()

    def interrupt(self) -> None:
        """Ends the running statement, which raises within a moment."""
        self._session.connection.interrupt()

    def close(self) -> None:
        """Ends the connection, and with it all that was made."""
        self._session.close()

    def _statements(self, scan: Scan, batch: Sequence[Request]) -> Iterator[Statement]:
        views = [request.view for request in batch]
        named = dict.fromkeys(name for view in views for name in (view.model, view.baseline) if name is not None)
        models = [self._attached(name) for name in named]
        other = None if scan.joined is None else Other(self._table(scan.joined), scan.as_of)
        ordered = any(
            isinstance(request, Rows) and (other is not None or (request.limit is not None and _needs_positions(request))) for request in batch
        )
        reads = [name for request in batch for name in columns_of(request)]
        table = self._table(scan.dataset)
        relation = relation_of(table, models, other, reads, ordered=ordered)
        held = quantiles.room(self._session.memory_bytes) // max(table.schema.rows or 0, 1)
        yield from statements(relation, [request for request in batch if other_side(request) is None], held=held)
        for request in batch:
            if (there := other_side(request)) is not None:
                yield across(request, Lens.on(relation, request.view), Lens.on(self._relation(there), there.view))

    def _relation(self, rows: Rows) -> Relation:
        view = rows.view
        models = [self._attached(name) for name in (view.model, view.baseline) if name is not None]
        other = None if view.joined is None else Other(self._table(view.joined), view.as_of)
        return relation_of(self._table(view.dataset), models, other, columns_of(rows), ordered=other is not None)

    def _load(self, opened: Opened) -> str:
        self._made += 1
        source, paths = load(self._session, f"source_{self._made}", opened)
        self._paths.update(paths)
        return source

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise MeasurementError(f"dataset {name!r} is not open", cause="configuration")
        return self._tables[name]

    def _attached(self, model: str) -> Predictions:
        if model not in self._predictions:
            raise MeasurementError(f"model {model!r} has no predictions attached", cause="configuration")
        return self._predictions[model]

    @staticmethod
    def _fresh(name: str, taken: Iterator[str]) -> str:
        """The name, numbered where another one differs from it only by case (DuckDB's names do not)."""
        used = {relation.split(".", 1)[1].strip('"').casefold() for relation in taken}
        numbered, number = name, 2
        while numbered.casefold() in used:
            numbered, number = f"{name}_{number}", number + 1
        return numbered


def _needs_positions(request: Rows) -> bool:
    """Whether file order has to be written: the first rows of a file come first by themselves, and the scan ends with the last one wanted."""
    return request.numbered or bool(request.repeated) or request.unordered is not None or request.largest is not None
