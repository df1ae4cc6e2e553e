"""Corrupts one dataset or model at a time and looks which items notice: proof that each of them can fail."""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlgate.core.corrupter import Corrupter, Damage, Target
from mlgate.core.gate import Gate
from mlgate.core.ports import Progress
from mlgate.core.registry import entries, load
from mlgate.core.table_schema import Column, TableSchema
from mlgate.core.verdict import Outcome, Verdict
from mlgate.run.calibration.memory import Memory, held_in, replayed, run_again


@dataclass(frozen=True)
class Corruption:
    """One corrupter on one dataset or model.

    `noticed` are the items that failed (`errors`: those of them that could not be measured) and did not fail before, `asked` those that
    read the target and did not fail before. `skipped` says why it was not tried.
    """

    corrupter: str
    target: str
    happened: str
    noticed: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True)
class Corruptions:
    """All corruptions. `failing` are items that failed before anything was corrupted, and can show nothing."""

    tried: tuple[Corruption, ...]
    items: tuple[str, ...]
    failing: tuple[str, ...]
    seconds: float = 0.0

    @property
    def by_item(self) -> Mapping[str, tuple[str, ...]]:
        """For each item the corruptions that made it fail, as `corrupter of target`."""
        return {item: tuple(f"{one.corrupter} of {one.target}" for one in self.tried if item in one.noticed) for item in self.items}

    @property
    def only_errors(self) -> tuple[str, ...]:
        """Items that corruptions stopped from being measured, and never made FAIL."""
        failed = {item for one in self.tried for item in one.noticed if item not in one.errors}
        return tuple(item for item, by in self.by_item.items() if by and item not in failed)

    @property
    def never(self) -> tuple[str, ...]:
        """Items that no corruption made fail, and that did not fail before."""
        return tuple(item for item, by in self.by_item.items() if not by and item not in self.failing)


def corruptions(
    memory: Memory, before: Mapping[str, Verdict], chosen: frozenset[str], *, seed: int, budget_s: float, progress: Progress
) -> Corruptions:
    """Every corrupter on every dataset and model in memory, one at a time."""
    started = time.monotonic()
    failing = frozenset(name for name, verdict in before.items() if _fails(verdict))
    cases, tried = list(_cases(memory)), list[Corruption]()
    for number, (corrupter, name) in enumerate(cases, 1):
        blank = Corruption(corrupter.name, name, corrupter.happened())
        items = memory.touching(name) & chosen - failing
        if time.monotonic() - started > budget_s:
            tried.append(replace(blank, skipped="no time left"))
            continue
        progress(f"corruption {number:,} of {len(cases):,}: {corrupter.name} of {name}")
        tried.append(_tried(memory, corrupter, blank, items, seed) if items else replace(blank, skipped="no check reads it"))
    order = tuple(item.id for item in memory.declared if item.id in chosen)
    return Corruptions(tuple(tried), order, tuple(name for name in order if name in failing), time.monotonic() - started)


def _fails(verdict: Verdict) -> bool:
    return verdict.fails or verdict.outcome in (Outcome.FAIL, Outcome.ERROR)


def _cases(memory: Memory) -> Iterator[tuple[Corrupter, str]]:
    for word in entries("corrupters"):
        corrupter: Corrupter = load("corrupters", word)()
        for name in memory.tables if corrupter.of == "dataset" else memory.answers:
            yield corrupter, name


def _tried(memory: Memory, corrupter: Corrupter, blank: Corruption, items: Collection[str], seed: int) -> Corruption:
    name = blank.target
    rng = np.random.default_rng([seed, zlib.crc32(f"{corrupter.name} of {name}".encode())])
    try:
        damage = corrupter.damage(target_of(memory, name, corrupter.of), rng)
        if damage is None:
            return replace(blank, skipped="nothing there to corrupt so")
        gate = _damaged_model(memory, name, damage) if corrupter.of == "model" else _damaged_dataset(memory, name, damage)
        result = run_again(gate, frozenset(items))
    except Exception as error:  # noqa: BLE001  a corrupter (maybe a third party's) that breaks is one line, and the others go on
        return replace(blank, skipped=f"the corrupter broke: {type(error).__name__}")
    noticed = tuple(verdict.item for verdict in result.verdicts if _fails(verdict))
    errors = tuple(verdict.item for verdict in result.verdicts if verdict.outcome is Outcome.ERROR)
    return replace(blank, noticed=noticed, errors=errors, asked=tuple(verdict.item for verdict in result.verdicts))


def target_of(memory: Memory, name: str, of: str) -> Target:
    """What a corrupter may know of a dataset, or of a model's answers."""
    if of == "model":
        answers = memory.answers[name]
        schema = TableSchema(name, tuple(Column(column, "other") for column in answers))
        return Target(schema, len(next(iter(answers.values()))), _Answers(answers))
    declared, table = memory.gate.datasets[name], memory.tables[name]
    return Target(memory.schemas[name], table.rows, table, declared.key, declared.label, declared.time)


@dataclass(frozen=True)
class _Answers:
    values: Mapping[str, Any]

    def numbers(self, column: str) -> Any:
        return np.asarray(self.values[column], dtype=np.float64)


def _damaged_dataset(memory: Memory, name: str, damage: Damage) -> Gate:
    """The models of a damaged dataset score its rows again: what they make of them is what production would see."""
    gate, original = memory.gate, memory.original
    datasets = {**gate.datasets, name: held_in(gate.datasets[name], memory.tables[name].damaged(damage))}
    models = {one: original.models[one] if model.dataset == name else model for one, model in gate.models.items()}
    return replace(gate, datasets=datasets, models=models)


def _damaged_model(memory: Memory, name: str, damage: Damage) -> Gate:
    dataset = memory.gate.models[name].dataset
    answers = {column: values[damage.cells[column]] if column in damage.cells else values for column, values in memory.answers[name].items()}
    answers |= {column: values for column, values in damage.numbers.items() if column in answers}
    return replace(memory.gate, models={**memory.gate.models, name: replayed(answers, dataset, memory.schemas[dataset].names)})
