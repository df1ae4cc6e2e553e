"""What is claimed of groups: their largest gap, their smallest ratio, or how much the gap changes from one model to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlgate.checks._wording import listed
from mlgate.checks.data._flagged import Flagged
from mlgate.core.claim import Claim
from mlgate.core.marked import cell
from mlgate.core.statistic import Nothing, Statistic
from mlgate.stats.apart import Apart
from mlgate.stats.gap_change import GapChange, PairedValue
from mlgate.stats.largest import Largest, Smallest
from mlgate.stats.normal import quantile
from mlgate.stats.proportion import Proportion, ProportionDifference
from mlgate.stats.ratio import ProportionRatio

_FLOOR = 0.05
_LISTED = 20


@dataclass(frozen=True)
class Groups:
    """The groups of a check: an estimate for each that can be judged, and why each of the others cannot.

    `paired` holds both models' values where a baseline is there; `flags` are reasons beyond those of the estimates.
    """

    by: str
    judged: Mapping[str, Statistic]
    left_out: Mapping[str, str]
    paired: Mapping[str, PairedValue]
    flags: tuple[str, ...] = ()

    def name(self, group: str) -> str:
        """A group's name, marked as a value of the data."""
        return cell(self.by, group)

    def gap(self) -> Statistic:
        """The largest difference between two groups."""
        return self._flagged(Largest(tuple(_difference(one, other) for one, other in self._pairs())))

    def ratio(self) -> Statistic:
        """The smallest ratio of two groups' shares."""
        return self._flagged(Smallest(tuple(_ratio(one, other) for one, other in self._pairs())))

    def change(self) -> Statistic:
        """The candidate's gap minus the baseline's."""
        return GapChange(tuple(self.paired.values()), flags=tuple(dict.fromkeys((*self.flags, *self._own_flags()))))

    def undecided(self, says: str) -> Iterator[Claim]:
        """A claim for each group that cannot be judged."""
        for group, why in self.left_out.items():
            yield Claim(says, Nothing(why), part=self.name(group))

    def seen(self) -> str:
        """The two groups that lie furthest apart."""
        low, high = (pick(self.judged, key=lambda group: self.judged[group].value) for pick in (min, max))
        return " and ".join(f"{self.name(group)} {self.judged[group].value:.4g}" for group in dict.fromkeys((low, high)))

    def table(self, words: str) -> Iterator[str]:
        """A line per group, the lowest first, with its own 95 % bounds."""
        ranked = sorted(self.judged, key=lambda group: self.judged[group].value)
        for group in ranked[:_LISTED]:
            one = self.judged[group]
            interval = one.interval(0.9)
            before = f", baseline {self.paired[group].baseline:.4g}" if group in self.paired else ""
            about = f" ({words})" if words else ""
            yield f"{self.name(group)}: {one.value:.4g} [{interval.low:.4g}, {interval.high:.4g}]{before}, n = {one.n_obs:,}{about}"
        if len(ranked) > _LISTED:
            yield f"and {len(ranked) - _LISTED:,} groups between these and the highest, {self.name(ranked[-1])} {self.judged[ranked[-1]].value:.4g}"

    def noise_floor(self) -> str:
        """The gap that groups without any difference stay below in 19 of 20 samples or more (Bonferroni over pairs)."""
        pairs = [_difference(one, other) for one, other in self._pairs()]
        floor = max(one.standard_error for one in pairs) * quantile(_FLOOR / len(pairs))
        return f"noise floor: groups that do not differ at all show a gap of up to {floor:.3g}"

    def _flagged(self, statistic: Statistic) -> Statistic:
        for flag in self.flags:
            statistic = Flagged(statistic, flag)
        return statistic

    def _pairs(self) -> Sequence[tuple[Statistic, Statistic]]:
        estimates = list(self.judged.values())
        return [(one, other) for one in estimates for other in estimates if one is not other]

    def _own_flags(self) -> Iterator[str]:
        for one in self.judged.values():
            yield from one.flags

    def too_few(self) -> str:
        """Why there is nothing to compare; empty where there are two groups or more."""
        if len(self.judged) > 1:
            return ""
        if not self.judged and not self.left_out:
            return "no rows"
        only = listed([self.name(group) for group in self.judged]) or "none"
        return f"a gap needs two groups that can be judged: {only} of {len(self.judged) + len(self.left_out)}"


def _difference(one: Statistic, other: Statistic) -> Statistic:
    if isinstance(one, Proportion) and isinstance(other, Proportion):
        return ProportionDifference(x1=one.successes, n1=one.n_obs, x2=other.successes, n2=other.n_obs)
    return Apart(one, other)


def _ratio(one: Statistic, other: Statistic) -> Statistic:
    assert isinstance(one, Proportion)
    assert isinstance(other, Proportion)
    return ProportionRatio(x1=one.successes, n1=one.n_obs, x2=other.successes, n2=other.n_obs)
