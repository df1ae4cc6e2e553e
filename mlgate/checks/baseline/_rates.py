"""Rates of a classifier in groups of rows: which rows a rate is about, and which of them count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mlgate.stats.clustered import few_groups
from mlgate.stats.gap_change import PairedValue
from mlgate.stats.proportion import Proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bits = NDArray[np.bool_]

Rate = Literal["selection", "tpr", "fnr", "fpr", "tnr", "ppv", "npv", "accuracy"]
_PARTS: Mapping[Rate, Callable[[Bits, Bits], tuple[Bits, Bits]]] = {  # (truth, answer) -> (rows that count, rows that the rate is about)
    "selection": lambda _, answer: (answer, np.ones_like(answer)),
    "tpr": lambda truth, answer: (answer, truth),
    "fnr": lambda truth, answer: (~answer, truth),
    "fpr": lambda truth, answer: (answer, ~truth),
    "tnr": lambda truth, answer: (~answer, ~truth),
    "ppv": lambda truth, answer: (truth, answer),
    "npv": lambda truth, answer: (~truth, ~answer),
    "accuracy": lambda truth, answer: (truth == answer, np.ones_like(answer)),
}
RATE_WORDS: Mapping[Rate, str] = {
    "selection": "predicted positive",
    "tpr": "positives found",
    "fnr": "positives missed",
    "fpr": "negatives called positive",
    "tnr": "negatives left alone",
    "ppv": "positive predictions that are right",
    "npv": "negative predictions that are right",
    "accuracy": "predictions that are right",
}


@dataclass(frozen=True)
class GroupRows:
    """One group's entries (n,): truth, both models' answers, rows that each stands for, and the units (users) that rows belong to."""

    truth: Bits
    answers: tuple[Bits, ...]
    count: NDArray[np.int64]
    unit: NDArray[np.intp] | None = None

    def about(self, rate: Rate, arm: int = 0) -> int:
        """Rows that the rate of a model is about."""
        _, whole = _PARTS[rate](self.truth, self.answers[arm])
        return int(self.count[whole].sum())

    def share(self, rate: Rate) -> tuple[Proportion, tuple[str, ...]]:
        """The candidate's rate, with flags. Rows of one unit count as the fewer independent ones they are worth (Korn and Graubard 1998)."""
        part, whole = _PARTS[rate](self.truth, self.answers[0])
        hits, rows = int(self.count[part & whole].sum()), int(self.count[whole].sum())
        if self.unit is None:
            return Proportion(successes=hits, n_obs=rows), ()
        units = len(np.unique(self.unit[whole]))
        share = hits / rows
        spread = self._variance(self._influence(rate, 0))
        worth = min(rows, units) if spread == 0 else min(rows, max(1, round(share * (1 - share) / spread)))
        return Proportion(successes=share * worth, n_obs=worth), few_groups(units)

    def paired(self, rate: Rate) -> PairedValue:
        """The rates of both models. No variance is below what two more rows on each side would give, so that rows that agree prove nothing."""
        influences = [self._influence(rate, arm) for arm in (0, 1)]
        values = [self._value(rate, arm) for arm in (0, 1)]
        rows = [self._worth(rate, arm) for arm in (0, 1)]
        variances = []
        for influence, value, n in zip(influences, values, rows, strict=True):
            padded = (value * n + 2) / (n + 4)  # Agresti and Coull (1998)
            variances.append(max(self._variance(influence), padded * (1 - padded) / (n + 4)))
        both = self._variance(influences[0] - influences[1]) + 2 / (min(rows) + 2) ** 2  # Bonett and Price (2012)
        return PairedValue(values[0], values[1], variances[0], variances[1], both, int(self.count.sum()))

    def _worth(self, rate: Rate, arm: int) -> int:
        """Independent rows, or units, that a rate is about."""
        _, whole = _PARTS[rate](self.truth, self.answers[arm])
        return int(self.count[whole].sum()) if self.unit is None else len(np.unique(self.unit[whole]))

    def _value(self, rate: Rate, arm: int) -> float:
        part, whole = _PARTS[rate](self.truth, self.answers[arm])
        return int(self.count[part & whole].sum()) / int(self.count[whole].sum())

    def _influence(self, rate: Rate, arm: int) -> NDArray[np.float64]:
        """(n,) what a row of each entry adds to the error of the rate."""
        part, whole = _PARTS[rate](self.truth, self.answers[arm])
        found: NDArray[np.float64] = whole * (part - self._value(rate, arm)) / int(self.count[whole].sum())
        return found

    def _variance(self, influence: NDArray[np.float64]) -> float:
        if self.unit is None:
            return float(self.count @ np.square(influence))
        sums = np.bincount(self.unit, weights=self.count * influence)
        units = np.count_nonzero(np.bincount(self.unit))
        return float(sums @ sums) * units / (units - 1) if units > 1 else float(np.square(sums).sum())
