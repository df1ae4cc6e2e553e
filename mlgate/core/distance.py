"""The base of every two-sample distance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from mlgate.core.request import Probe, Rows
from mlgate.core.statistic import Nothing, Statistic


@dataclass(frozen=True)
class Binned:
    """A numeric column as counts between edges: an engine's answer to a `Histogram`.

    `counts` (len(edges) + 1): rows up to and including edges[0], between each two edges, above the last. `low` and `high` are the least and
    the greatest value, None where there is none or nobody asked. Times are seconds since 1970 (UTC).
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    nulls: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Distribution:
    """A column as distinct values with their counts. `numeric` says whether order and size of the values mean anything.

    `counts` maps each distinct non-null value to its number of rows, a whole number unless rows come in blocks and are counted as the fewer
    independent ones that they are worth (their sum is whole but for rounding: take `n_obs`); `nulls` counts null and NaN. A column counted between
    edges has the upper end of each cell for a value, and `widths` how far below it the cell's values may lie (0 where they are all
    equal to it); a distance that depends on where in a cell the rows are widens its bounds by that.
    """

    counts: Mapping[Any, float]
    nulls: int
    numeric: bool
    widths: Mapping[Any, float] | None = None

    @property
    def n_obs(self) -> int:
        """Non-null rows."""
        return round(sum(self.counts.values()))

    @property
    def exact(self) -> bool:
        """Whether each row's value is known: none was counted in a cell of several values."""
        return self.widths is None or not any(self.widths[value] for value in self.counts)


class Distance(ABC):
    """A distance between a current and a reference sample, judged against a tolerance and never by "p < 0.05".

    The file's name is the distance's name. `default_at_most` is the tolerance used where the gate file gives none; `numeric` and
    `categorical` say which columns it is defined for; `unit` is what one unit of it means. `cells` is into how many cells a numeric column may be
    counted where its rows are too many to count each value, and `placed` whether it depends on where in a cell the rows lie.
    `marks_values` as for metrics.
    """

    name: ClassVar[str] = ""
    default_at_most: ClassVar[float]
    numeric: ClassVar[bool]
    categorical: ClassVar[bool]
    unit: ClassVar[str] = ""
    cells: ClassVar[int] = 10
    placed: ClassVar[bool] = False
    marks_values: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rsplit(".", 1)[-1]
        cls.marks_values = vars(cls).get("marks_values", cls.__module__.startswith("mlgate."))

    @abstractmethod
    def statistic(self, current: Distribution, reference: Distribution) -> Statistic:
        """The distance with its bounds; `pvalue(null, "greater")` tests H0 "distance <= null"."""

    @abstractmethod
    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        """The (1 - level) quantile of the distance between two samples of these sizes from one population."""


class JointDistance(ABC):
    """A distance between several columns together of a current and a reference sample; it needs their rows, and a probe that works on them.

    The file's name is the distance's name. `default_at_most` is the tolerance used where the gate file gives none, `unit` what one unit of it means,
    `sample_rows` how many rows of each side it looks at. Not nulls nor new levels are judged apart: they are differences like any other.
    """

    name: ClassVar[str] = ""
    default_at_most: ClassVar[float]
    unit: ClassVar[str] = ""
    sample_rows: ClassVar[int] = 20_000

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rsplit(".", 1)[-1]

    @abstractmethod
    def request(self, current: Rows, reference: Rows, *, seed: int, grouped: bool) -> Probe:
        """The probe to ask. With `grouped` the last column of both sides names the rows that belong together, and is no feature."""

    @abstractmethod
    def statistic(self, answer: Any) -> Statistic | Nothing:
        """The distance with its bounds from the probe's answer, or why the rows are too few for one; the other methods are then not called."""

    @abstractmethod
    def noise_floor(self, answer: Any, level: float) -> float:
        """The (1 - level) quantile of the distance between two samples of these sizes from one population."""

    @abstractmethod
    def details(self, answer: Any) -> tuple[str, ...]:
        """What else the answer says, as sentences: how it came about, which columns set the sides apart."""
