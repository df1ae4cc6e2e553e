"""Rows that mlgate's own sources and engines read, for strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.plan import Scan
from mlgate.core.ports import Engine, FilesSource, Opened
from mlgate.core.registry import entries, load
from mlgate.core.request import Aggregate, Op, Rows
from mlgate.core.table_schema import NUMERIC, Column, TableSchema
from mlgate.core.view import View
from mlgate.run.folder import RunFolder
from mlgate.strategies._described import Described, Table
from mlgate.strategies._like import of_pandas

_NAME = "like"
_SAMPLE = 2_000
_ENDS = NUMERIC | {"date", "timestamp"}


def of_dataset(like: Any) -> Table:
    """A path, a `Dataset`, or a frame that an engine can read: rows spread over it, and the ends and nulls of every column of the whole."""
    dataset = _declared(like)
    opened = _opened(dataset)
    name = opened.engine if isinstance(opened, FilesSource) and opened.engine is not None else dataset.engine
    if name == "profile":
        raise MeasurementError("a profile holds no rows", cause="configuration", fix="name the data that it was made of, or describe `columns`")
    if name not in entries("engines"):
        raise MeasurementError(f"unknown engine {name!r}", cause="configuration", fix=f"one of {', '.join(entries('engines'))}")
    with RunFolder() as folder:
        engine: Engine = load("engines", name)(folder.path)
        try:
            schema = engine.open(_NAME, dataset, opened)
            engine.lock()
            return _table(engine, schema)
        finally:
            engine.close()


def _declared(like: Any) -> Dataset:
    if isinstance(like, Dataset):
        return like
    return Dataset(path=str(like)) if isinstance(like, (str, Path)) else Dataset(frame=like)


def _opened(dataset: Dataset) -> Opened:
    for name in entries("sources"):
        source = load("sources", name)()
        if source.accepts(dataset):
            opened: Opened = source.open(dataset)
            return opened
    raise MeasurementError("nothing here can open it", cause="configuration", fix=f"installed sources: {', '.join(entries('sources'))}")


def _table(engine: Engine, schema: TableSchema) -> Table:
    view = View(_NAME)
    frame = engine.frame(Rows(schema.names, view, sample=_SAMPLE))
    asked = [Aggregate(op, column.name, (), view) for column in schema.columns for op in _asked(column)]
    answers: dict[Any, Any] = {}
    for start in range(0, len(asked), 500):
        batch = tuple(asked[start : start + 500])
        answers.update(engine.answer(Scan(_NAME, None, (), (batch,)), batch))
    table = of_pandas(frame)
    return replace(table, columns=_widened(table.columns, schema.columns, answers, view))


def _asked(column: Column) -> Sequence[Op]:
    return (Op.NULLS, Op.MIN, Op.MAX) if column.type in _ENDS else (Op.NULLS,)


def _widened(described: Sequence[Described], columns: Sequence[Column], answers: Mapping[Any, Any], view: View) -> tuple[Described, ...]:
    """The columns of the sample with the ends and nulls of all rows."""
    return tuple(_whole(one, column, answers, view) for one, column in zip(described, columns, strict=True))


def _whole(one: Described, column: Column, answers: Mapping[Any, Any], view: View) -> Described:
    nulls = bool(answers[Aggregate(Op.NULLS, column.name, (), view)])
    if one.around is None or Op.MIN not in _asked(column):
        return replace(one, nulls=nulls)
    ends = [answers[Aggregate(op, column.name, (), view)] for op in (Op.MIN, Op.MAX)]
    kind = type(one.around[0])
    found = tuple(end if isinstance(end, kind) else kind(end) for end in ends)
    return replace(one, nulls=nulls, around=(min(found[0], one.around[0]), max(found[1], one.around[1])))
