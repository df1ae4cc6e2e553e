"""The base of every two-sample distance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from mlgate.core.statistic import Statistic


@dataclass(frozen=True)
class Distribution:
    """A column as distinct values with their counts. `numeric` says whether order and size of the values mean anything.

    `counts` maps each distinct non-null value to its number of rows (at least 1); `nulls` counts null and NaN.
    """

    counts: Mapping[Any, int]
    nulls: int
    numeric: bool

    @property
    def n_obs(self) -> int:
        """Non-null rows."""
        return sum(self.counts.values())


class Distance(ABC):
    """A distance between a current and a reference sample, judged against a tolerance and never by "p < 0.05".

    The file's name is the distance's name. `default_at_most` is the tolerance used where the gate file gives none; `numeric` and
    `categorical` say which columns it is defined for; `unit` is what one unit of it means.
    """

    name: ClassVar[str] = ""
    default_at_most: ClassVar[float]
    numeric: ClassVar[bool]
    categorical: ClassVar[bool]
    unit: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rsplit(".", 1)[-1]

    @abstractmethod
    def statistic(self, current: Distribution, reference: Distribution) -> Statistic:
        """The distance with its bounds; `pvalue(null, "greater")` tests H0 "distance <= null"."""

    @abstractmethod
    def noise_floor(self, current: Distribution, reference: Distribution, level: float) -> float:
        """The (1 - level) quantile of the distance between two samples of these sizes from one population."""
