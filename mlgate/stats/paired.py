"""Two models on the same rows, each right or wrong on every row: the difference of their accuracies."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import bdtr

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import smallest_standard_error
from mlgate.stats.score import score_interval, score_pvalue


@dataclass(frozen=True, kw_only=True)
class PairedProportion:
    """(rows only the candidate gets right - rows only the baseline gets right) / rows; higher is better, in [-1, 1].

    `better` counts rows that only the candidate gets right, `worse` those that only the baseline gets right. Works for every 0/1 outcome per
    row: accuracy, recall (on the positives), share of errors above a limit. Rows must be independent; grouped rows: `clustered`.

    The interval is the score interval of Tango (1998, Stat. Med. 17:891, doi 10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B);
    p-values against 0 are one-sided mid-p McNemar (Fagerland, Lydersen and Laake 2013, doi 10.1186/1471-2288-13-91), against any other null
    Tango's score p. Without discordant rows the interval at one-sided z is -+ z^2 / (n + z^2): identical predictions on few rows prove nothing.
    Checked against R contingencytables 3.0.1 and PropCIs 0.3-0. Raises `MeasurementError` for no rows.
    """

    n_obs: int
    better: int
    worse: int

    def __post_init__(self) -> None:
        if self.n_obs < 1:
            raise MeasurementError("there are no rows to compare two models on")
        if min(self.better, self.worse) < 0 or self.better + self.worse > self.n_obs:
            raise ValueError(f"{self.better} better and {self.worse} worse do not fit {self.n_obs} rows")

    @property
    def value(self) -> float:
        return (self.better - self.worse) / self.n_obs

    @property
    def standard_error(self) -> float:
        """Wald's, which plans sample sizes and decides nothing; never 0 (see `smallest_standard_error`)."""
        discordance = (self.better + self.worse) / self.n_obs
        variance = (discordance - self.value**2) / self.n_obs
        return math.sqrt(variance) if variance > 0 else smallest_standard_error(self.n_obs)

    @property
    def flags(self) -> tuple[str, ...]:
        return ()

    def interval(self, confidence_level: float) -> Interval:
        return score_interval(self._score, self.value, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        if null == 0:
            return _mid_p(*((self.better, self.worse) if alternative == "less" else (self.worse, self.better)))
        return score_pvalue(self._score, null, alternative)

    def _score(self, difference: float) -> tuple[float, float]:
        """The gap to `difference` and its variance there, with the rate of losses estimated under it."""
        wins, losses = (self.better, self.worse) if difference >= 0 else (self.worse, self.better)
        sign, d, n = (1.0 if difference >= 0 else -1.0), abs(difference), self.n_obs
        # Solved for d >= 0 only (a negative d swaps the models), where this root suffers no cancellation and swapping mirrors exactly.
        b = (2 * n - wins + losses) * d - (wins + losses)
        c = -losses * d * (1 - d)
        root = math.sqrt(b * b - 8 * n * c)
        loss_rate = -2 * c / (b + root) if b > 0 else (root - b) / (4 * n)
        return sign * ((wins - losses) / n - d), max(0.0, 2 * loss_rate + d * (1 - d)) / n


def _mid_p(wins: int, losses: int) -> float:
    """P(X < wins) + P(X = wins) / 2 for X ~ Binomial(wins + losses, 1/2)."""
    below = float(bdtr(wins - 1, wins + losses, 0.5)) if wins else 0.0
    return (below + float(bdtr(wins, wins + losses, 0.5))) / 2
