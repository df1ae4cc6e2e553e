"""A check of a kind's own example, measured on made-up rows."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from mlgate.core.check import Check
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Dataset, Gate, Model, Policy
from mlgate.core.measured import Measured
from mlgate.core.request import Request
from mlgate.core.scope import Scope
from mlgate.run.shares import Declared
from mlgate.testing._tables import write_table

ColumnType = Literal["float", "integer", "string", "timestamp", "date", "boolean"]
TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
ROWS = 200
KEY, TIME, LABEL = "row_id", "row_time", "row_label"
NO_ROW = f"{KEY} < 0"


@dataclass(frozen=True)
class Answers(Measured):
    """Answers that know what was asked: a claim from a request that `requests` never named is a fault of the kind."""

    def __getitem__(self, request: Request) -> Any:
        if request not in self.answers:
            raise AssertionError(f"claims() reads a request that requests() does not ask: {request}")
        return super().__getitem__(request)


@dataclass(frozen=True)
class Trial:
    """One check on made-up rows: its items, what they could see while asking, and what was answered.

    `refused` holds, by item, the `MeasurementError` of those that could not ask.
    """

    items: tuple[Declared, ...]
    scope: Scope
    answers: Answers
    refused: Mapping[str, MeasurementError]


def try_out(check: Check, types: Mapping[str, ColumnType]) -> Trial:
    """Measures a check on datasets and models of the names it uses, each with 200 rows, a key, a time, a label and columns of these types."""
    from mlgate.run.gate_run import ask
    from mlgate.run.measure import Measurement
    from mlgate.run.shares import declare

    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        folder = Path(name)
        gate = _gate(check, types, folder)
        items = declare(gate)
        with Measurement(gate, folder, lambda _: None) as measurement:
            asked = ask(gate, items, measurement)
            known = replace(asked.scope, schemas=dict(asked.scope.schemas), model_columns=dict(asked.scope.model_columns))
            measurement.lock()
            answers, _ = measurement.answer(asked.plan)
        return Trial(items, known, Answers({**answers, **asked.known}), asked.failed)


def column_names(check: Check, example: Mapping[str, Any]) -> tuple[str, ...]:
    """What may be a column in an example: every name in it that names nothing else, and the columns of its expressions."""
    own = {key: value for key, value in example.items() if key == "where" or key not in {"kind", *Check.model_fields}}
    named = {name for _, name, _ in _references(check)}
    words = [word for value in own.values() for word in _words(value)]
    read = [column for value in vars(check).values() if isinstance(value, Expression) for column in value.columns]
    found = {word.casefold(): word for word in (*words, *read) if word not in named and word not in (KEY, TIME, LABEL)}
    return tuple(found.values())


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _words(key)
            yield from _words(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _words(part)
    elif isinstance(value, str) and re.fullmatch(r"[A-Za-z_]\w*", value):
        yield value


def _references(check: Check) -> Sequence[tuple[Any, str, tuple[str, ...]]]:
    from mlgate.gatefile.annotations import references, written

    return tuple(references(type(check), written(check)))


def _gate(check: Check, types: Mapping[str, ColumnType], folder: Path) -> Gate:
    datasets = {"made_up": _dataset(folder, "made_up", types)}
    models: dict[str, Model] = {}
    for _, name, targets in _references(check):
        if "dataset" in targets:
            datasets[name] = _dataset(folder, name, types)
        elif "model" in targets:
            models[name] = _model(folder, name, flips=7 + len(models))
    return Gate("made-up.gate.yaml", str(folder), "", Policy(), datasets, models, (check,))


def _dataset(folder: Path, name: str, types: Mapping[str, ColumnType]) -> Dataset:
    fixed = {KEY: list(range(ROWS)), TIME: _values("timestamp"), LABEL: [row % 2 for row in range(ROWS)]}
    path = folder / f"{name}.csv"
    write_table(path, {**fixed, **{column: _values(kind) for column, kind in types.items()}})
    return Dataset(path=str(path), key=(KEY,), time=TIME, label=LABEL)


def _model(folder: Path, name: str, *, flips: int) -> Model:
    rows = range(ROWS)
    answers = [(row + (row % flips == 0)) % 2 for row in rows]
    path = folder / f"{name}.model.csv"
    write_table(path, {KEY: list(rows), "prediction": answers, "score": [0.1 + 0.7 * one + row / 1000 for row, one in enumerate(answers)]})
    return Model(predictions=str(path), dataset="made_up")


def _values(kind: ColumnType) -> list[Any]:
    made: Mapping[str, Any] = {
        "float": lambda row: (row * 37 % 101) ** 2 / 10 + 0.5,
        "integer": lambda row: row * 7 % 101,
        "string": "abcdefg".__getitem__,
        "timestamp": lambda row: f"2024-01-{1 + row % 28:02} 0{row % 9}:30:00",
        "date": lambda row: f"2024-01-{1 + row % 28:02}",
        "boolean": lambda row: str(row % 3 == 0).lower(),
    }
    return [made[kind](row % 7 if kind == "string" else row) for row in range(ROWS)]
