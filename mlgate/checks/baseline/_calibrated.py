"""What can be claimed of probabilities, with what is seen of each in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mlgate.core.marked import cell
from mlgate.core.statistic import Statistic
from mlgate.stats.calibration import Bins, CalibrationError
from mlgate.stats.clustered import clustered
from mlgate.stats.mean import HallMean
from mlgate.stats.recalibration import CLIPPED, calibration_slope

if TYPE_CHECKING:
    from numpy.typing import NDArray

Part = Literal["error", "mean", "slope", "spiegelhalter"]
PARTS: Mapping[Part, str] = {
    "error": "calibration error of {of}",
    "mean": "observed minus predicted share of positives of {of}",
    "slope": "calibration slope of {of}",
    "spiegelhalter": "Brier score of {of} above what its probabilities predict",
}
_LISTED = 20
Told = tuple[Statistic, str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Scores (n,) in [0, 1] with the class of each row; `column` is where they stand, `group` (n,) the units that rows belong to, if any."""

    score: NDArray[np.float64]
    positive: NDArray[np.bool_]
    column: str
    bins: int
    group: NDArray[np.generic] | None = None

    def part(self, part: Part) -> Told:
        """The statistic, what was seen, and further lines."""
        if part == "error":
            return self._error()
        if part == "slope":
            return self._slope()
        return self._mean() if part == "mean" else self._spiegelhalter()

    def _error(self) -> Told:
        bins = Bins.of(self.score, self.positive, bins=self.bins)
        statistic = CalibrationError.of(bins, self.positive, groups=self.group)
        used = f"over {len(bins)} bins" + (f", fewer than {self.bins} because of few rows or equal scores" if len(bins) < self.bins else "")
        floor = f"noise floor: a perfectly calibrated model stays below {statistic.noise_floor:.3g} on such rows in 19 of 20 cases"
        return statistic, used, (floor, *self._table(bins))

    def _table(self, bins: Bins) -> Iterator[str]:
        """A line per bin; of many, those that lie furthest apart, in order of the score."""
        apart = bins.rows * np.square(bins.observed - bins.predicted)
        shown = np.sort(np.argsort(-apart, kind="stable")[:_LISTED])
        for place in shown:
            low, high, predicted = (cell(self.column, f"{one[place]:.4g}") for one in (bins.low, bins.high, bins.predicted))
            yield f"{low} to {high}: predicted {predicted}, observed {bins.observed[place]:.4g}, n = {bins.rows[place]:,}"
        if len(bins) > _LISTED:
            yield f"and {len(bins) - _LISTED} bins where they are closer"

    def _slope(self) -> Told:
        statistic = calibration_slope(self.score, self.positive, groups=self.group)
        extreme = int(np.count_nonzero((self.score < CLIPPED) | (self.score > 1 - CLIPPED)))
        details = (f"{extreme:,} scores closer than {CLIPPED:g} to 0 or 1 were taken as that close",) if extreme else ()
        way = "too extreme" if statistic.value < 1 else "too timid"
        return statistic, f"probabilities are {way}", details

    def _mean(self) -> Told:
        seen = f"observed {self.positive.mean():.4g}, predicted {self.score.mean():.4g}"
        return self._mean_of(self.positive - self.score), seen, ()

    def _spiegelhalter(self) -> Told:
        statistic = self._mean_of((self.positive - self.score) * (1 - 2 * self.score))
        spread = math.sqrt(float((np.square(1 - 2 * self.score) * self.score * (1 - self.score)).sum()))
        z = f"Spiegelhalter's z = {statistic.value * len(self.score) / spread:.3g}" if spread > 0 and self.group is None else ""
        return statistic, z, ()

    def _mean_of(self, values: NDArray[np.float64]) -> Statistic:
        if self.group is None:
            return HallMean.of(values)
        mean = float(values.mean())
        return clustered(value=mean, influence=values - mean, groups=self.group)
