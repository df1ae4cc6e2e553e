"""The base of every corrupter: a way in which data or predictions go wrong, to prove that checks can fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from mlgate.core.table_schema import NUMERIC, TableSchema

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NULL = -1  # in `Damage.cells`: no row, so that the cell becomes null


@dataclass(frozen=True)
class Damage:
    """What happens to n rows, in this order: cells, numbers, texts, times, columns, then rows.

    `cells` gives for a column the row (n,) that each of its cells is taken from, `NULL` for none. `numbers` gives a numeric column new float64
    values (n,), NaN where null. `texts` gives (rows, text): the rows (n,) bool of a string column that now hold the text. `later_s` moves a date or
    timestamp column by seconds. `without` are columns that are gone. `rows` are the rows that are left, in their order, repeats allowed.
    """

    cells: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)
    numbers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    texts: Mapping[str, tuple[NDArray[np.bool_], str]] = field(default_factory=dict)
    later_s: Mapping[str, float] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    rows: NDArray[np.intp] | None = None


class Values(Protocol):
    """Where a corrupter reads values."""

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column (n,), NaN where null."""
        ...


@dataclass(frozen=True)
class Target:
    """What is to be corrupted: `n` rows of a dataset with their roles, or (`columns` empty but for its answers) the predictions of a model."""

    schema: TableSchema
    n: int
    values: Values
    key: tuple[str, ...] = ()
    label: str | None = None
    time: str | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that are neither key nor label nor time, in file order."""
        return tuple(name for name in self.schema.names if name not in (*self.key, self.label, self.time))

    def of_type(self, *types: str) -> tuple[str, ...]:
        """The features of these types."""
        return tuple(name for name in self.features if self.schema.types[name] in types)

    @property
    def numeric(self) -> tuple[str, ...]:
        """The features that hold numbers."""
        return self.of_type(*NUMERIC)


class Corrupter(ABC):
    """One way in which things go wrong. The file's name is the corrupter's name; the docstring's first line says what happened in production."""

    name: ClassVar[str] = ""
    of: ClassVar[Literal["dataset", "model"]] = "dataset"

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rsplit(".", 1)[-1]

    @classmethod
    def happened(cls) -> str:
        """What happened in production, in one sentence."""
        return (cls.__doc__ or cls.name).strip().splitlines()[0]

    @abstractmethod
    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        """What happens to the rows; None where there is nothing that could be corrupted so (no label, no column of the type)."""
