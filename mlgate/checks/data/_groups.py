"""Rows per group: combinations of values of some columns, with those that another dataset has and this one lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.core.marked import cell

Combination = tuple[Any, ...]
MOST_GROUPS = 2**20


@dataclass(frozen=True)
class GroupCounts:
    """Rows by combination of the values of `names`; null is a value."""

    names: tuple[str, ...]
    rows: Mapping[Combination, int]

    @classmethod
    def read(cls, names: tuple[str, ...], answer: Mapping[Combination, int], other: Mapping[Combination, int]) -> GroupCounts:
        """From the answers to `Counts(by=names)` of the rows judged and of those whose groups are expected (empty where none are)."""
        return cls(names, {**dict.fromkeys(other, 0), **answer})

    def outside(self, low: float | None, high: float | None) -> tuple[list[str], int]:
        """(the groups outside the closed bound as "carrier = AA: rows", the farthest from it first; how many there are)."""
        broken = [(values, count) for values, count in self.rows.items() if (low is not None and count < low) or (high is not None and count > high)]
        broken.sort(key=lambda one: (one[1] if low is not None and one[1] < low else -one[1], str(one[0])))
        return [f"{self._name(values)}: {count:,}" for values, count in broken], len(broken)

    def _name(self, values: Combination) -> str:
        return ", ".join(f"{name} = {'null' if value is None else cell(name, value)}" for name, value in zip(self.names, values, strict=True))
