"""One gate in which nothing differs but by chance: each comparison of models or datasets gets two arms of one population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.core.check import Check
from mlgate.core.gate import Dataset, Gate, Model
from mlgate.core.ports import MemoryTable
from mlgate.run.calibration.draws import Drawing
from mlgate.run.calibration.memory import Memory, held_in, replayed

if TYPE_CHECKING:
    from numpy.typing import NDArray


def models_compared(check: Check) -> tuple[str, str] | None:
    """The two models of a check that compares models, as its keys `of` and `against` name them."""
    pair = check.compared
    return pair if pair is not None and pair == (getattr(check, "of", None), getattr(check, "against", None)) else None


def datasets_compared(check: Check, gate: Gate) -> tuple[str, str] | None:
    """The two datasets of a check that compares datasets."""
    of, against = getattr(check, "of", None), getattr(check, "against", None)
    if not isinstance(of, str) or not isinstance(against, str) or of == against or not {of, against} <= set(gate.datasets):
        return None
    return of, against


@dataclass
class Same:
    """Makes the gate of one run. `seeds` are two models that differ by their seed alone, and stand in for both arms of every comparison."""

    memory: Memory
    checks: Sequence[Check]
    seeds: tuple[str, str] | None = None

    def gate(self, drawing: Drawing) -> Gate:
        """The gate for one drawing: checks compare `a~b` with `b~a` in place of a with b."""
        memory, base = self.memory, self.memory.gate
        datasets: dict[str, Dataset] = dict(base.datasets)
        models: dict[str, Model] = dict(base.models)
        rows = {name: drawing.rows(table.rows, self._groups(name)) for name, table in memory.tables.items() if name in self._drawn}
        for name, chosen in rows.items():
            datasets[name] = held_in(base.datasets[name], memory.tables[name].take(chosen))
        for name, answers in memory.answers.items():
            dataset = base.models[name].dataset
            if dataset in rows:
                models[name] = self._replayed({column: values[rows[dataset]] for column, values in answers.items()}, dataset)
        changed = {check.id: self._rewritten(check, drawing, rows, datasets, models) for check in self.checks}
        return replace(base, datasets=datasets, models=models, checks=tuple(changed.get(check.id, check) for check in base.checks))

    @property
    def _drawn(self) -> frozenset[str]:
        """The datasets whose own rows are drawn: all that a check reads on its own, or through models."""
        return frozenset(self._read_alone())

    def _read_alone(self) -> Iterator[str]:
        for check in self.checks:
            if datasets_compared(check, self.memory.gate) is None:
                for item in self.memory.declared:
                    if item.check.id == check.id:
                        yield from self.memory.touches[item.id] & set(self.memory.tables)

    def _groups(self, dataset: str) -> NDArray[np.intp] | None:
        column = self.memory.gate.datasets[dataset].group
        for check in self.checks:
            named = getattr(check, "groups", None)
            of = getattr(check, "of", "")
            if column is None and isinstance(named, str) and getattr(self.memory.gate.models.get(of), "dataset", of) == dataset:
                column = named
        return None if column is None or column not in self.memory.schemas[dataset].names else self.memory.tables[dataset].codes(column)

    def _rewritten(
        self, check: Check, drawing: Drawing, rows: Mapping[str, NDArray[np.intp]], datasets: dict[str, Dataset], models: dict[str, Model]
    ) -> Check:
        if pair := models_compared(check):
            names = self._arms(pair, drawing, rows, models)
        elif pair := datasets_compared(check, self.memory.gate):
            names = self._samples(pair, drawing, datasets)
        else:
            return check
        return check.model_copy(update=dict(zip(("of", "against"), names, strict=True)))

    def _arms(self, pair: tuple[str, str], drawing: Drawing, rows: Mapping[str, NDArray[np.intp]], models: dict[str, Model]) -> tuple[str, str]:
        """Both arms, whose answers are exchanged at random row by row; for two seeds as a whole, and not row by row."""
        names = (f"{pair[0]}~{pair[1]}", f"{pair[1]}~{pair[0]}")
        if names[0] in models:
            return names
        dataset = self.memory.gate.models[pair[0]].dataset
        first, second = (self.memory.answers[name] for name in self.seeds or pair)
        chosen = rows[dataset]
        whole = np.full(chosen.size, drawing.rng.random() < 0.5)
        swapped = whole if self.seeds is not None else drawing.exchanged(chosen, self._groups(dataset))
        both = {column: (first[column][chosen], second[column][chosen]) for column in first if column in second}
        for name, (own, other) in zip(names, ((0, 1), (1, 0)), strict=True):
            answers = {column: np.where(swapped, values[other], values[own]) for column, values in both.items()}
            models[name] = self._replayed(answers, dataset)
        return names

    def _samples(self, pair: tuple[str, str], drawing: Drawing, datasets: dict[str, Dataset]) -> tuple[str, str]:
        """Two samples of the rows of the reference."""
        names = (f"{pair[1]}~{pair[0]}", f"{pair[1]}~{pair[1]}")
        if names[0] not in datasets:
            pool: MemoryTable = self.memory.tables[pair[1]]
            of, against = drawing.parted(pool.rows, self.memory.tables[pair[0]].rows, self._groups(pair[1]))
            declared = self.memory.gate.datasets[pair[1]]
            datasets[names[0]], datasets[names[1]] = (held_in(declared, pool.take(part)) for part in (of, against))
        return names

    def _replayed(self, answers: Mapping[str, Any], dataset: str) -> Model:
        return replayed(answers, dataset, self.memory.schemas[dataset].names)
