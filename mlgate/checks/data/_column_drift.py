"""The drift of one column: its distance, its new levels and its nulls, each as a claim."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mlgate.checks._wording import examples, share_words
from mlgate.checks.data._as_numbers import as_moment, distribution_of, numbered
from mlgate.checks.data._blocks import BlockedColumn, by_value, totals
from mlgate.checks.data._flagged import Flagged
from mlgate.core.bound import ShareBound, plain
from mlgate.core.claim import Claim
from mlgate.core.distance import Binned, Distance, Distribution
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell
from mlgate.core.registry import entries, load
from mlgate.core.statistic import Nothing, Statistic
from mlgate.core.table_schema import NUMERIC, TypeName
from mlgate.stats.binned import distributions
from mlgate.stats.design import BlockTable, Design, few_blocks, guarded, thinned
from mlgate.stats.proportion import Proportion, ProportionDifference

_NUMBERED = NUMERIC | {"date", "timestamp", "time", "duration"}
_LEVELLED = frozenset({"string", "boolean"})
FLOOR_LEVEL = 0.05
_UNSEEN_SLACK = 0.01
_Answer = Mapping[tuple[Any, ...], int]


def distance_for(*, numeric: bool) -> str:
    """The distance used where a gate file names none."""
    return "ks" if numeric else "total_variation"


def supported(column: str, kinds: Sequence[TypeName | None], sides: Sequence[str], distance: str | None) -> MeasurementError | None:
    """Why a column has no distance between these two sides; None where it has one (or a type is known only after scoring)."""
    for kind, side in zip(kinds, sides, strict=True):
        if kind is not None and kind != "null" and kind not in _NUMBERED | _LEVELLED:
            what = f"{side}: column {column!r} of type {kind} has no distribution to compare"
            return MeasurementError(what, cause="configuration", fix="leave it out")
    known = {kind for kind in kinds if kind is not None and kind != "null"}
    if len({kind in _NUMBERED for kind in known}) > 1 or (known & {"string"} and known & {"boolean"}):
        types = " and ".join(f"{kind} in {side}" for kind, side in zip(kinds, sides, strict=True))
        return MeasurementError(f"column {column!r} is {types}", fix="write the column with one type on both sides")
    if distance is not None and known and (fault := _undefined(distance, column, numeric=bool(known & _NUMBERED))):
        return fault
    return None


def _undefined(distance: str, column: str, *, numeric: bool) -> MeasurementError | None:
    if _defined(distance, numeric=numeric):
        return None
    sort = "numeric" if numeric else "categorical"
    fitting = [name for name in entries("distances") if _defined(name, numeric=numeric)]
    return MeasurementError(
        f"{distance} is not defined for the {sort} column {column!r}", cause="configuration", fix=f"use one of {', '.join(fitting)}, or none"
    )


def _defined(distance: str, *, numeric: bool) -> bool:
    loaded = load("distances", distance)
    return issubclass(loaded, Distance) and bool(loaded.numeric if numeric else loaded.categorical)


def cells_of(distance: str) -> tuple[int, bool]:
    """Into how many cells a numeric column may be counted for a distance, and whether it needs the ends of the outer ones."""
    loaded: type[Distance] = load("distances", distance)
    return loaded.cells, loaded.placed


def is_numbered(kind: TypeName | None) -> bool:
    """Whether a column of this type has an order and sizes; False where the type is not known yet."""
    return kind in _NUMBERED


def rows_until_the_floor(distance: str, at_most: float | None) -> int:
    """Rows on either side from which the noise floor of an evenly spread numeric column is below the tolerance; at most 10^7."""
    loaded: type[Distance] = load("distances", distance)
    tolerance, rows = at_most or loaded.default_at_most, 16
    while rows < 10_000_000:
        even = Distribution(dict.fromkeys(range(16), rows // 16), 0, numeric=loaded.numeric)
        if loaded().noise_floor(even, even, FLOOR_LEVEL) < tolerance:
            break
        rows = math.ceil(rows * 1.1 / 16) * 16
    return rows


@dataclass(frozen=True)
class ColumnDrift:
    """A column on both sides. `sides` names them in words; `moments`: its numbers are seconds since 1970; `alone`: the item has no other column."""

    column: str
    sides: tuple[str, str]
    current: Distribution
    reference: Distribution
    moments: bool = False
    distance: Distance | None = None
    at_most: float = 0.0
    unseen_share: ShareBound | None = None
    null_change: ShareBound | None = None
    alone: bool = True
    samples: int = 5
    blocked: BlockedColumn | None = None

    @classmethod
    def read(cls, column: str, kind: TypeName | None, sides: tuple[str, str], current: _Answer | Binned, reference: _Answer | Binned) -> ColumnDrift:
        """From the answers to the requests of `sides_of`; a column of unknown type is numeric where all its values are numbers."""
        if isinstance(current, Binned) and isinstance(reference, Binned):
            now, then = distributions(current, reference)
            return cls(column, sides, now, then, moments=kind in ("date", "timestamp"))
        assert not isinstance(current, Binned)
        assert not isinstance(reference, Binned)
        values = [value for answer in (current, reference) for (value,) in answer if value is not None]
        numeric = kind in _NUMBERED or (kind not in _LEVELLED and not any(isinstance(value, (str, bool)) for value in values))
        now, then = (distribution_of(answer, numeric=numeric) for answer in (current, reference))
        return cls(column, sides, now, then, moments=kind in ("date", "timestamp"))

    @classmethod
    def read_blocks(
        cls, column: str, kind: TypeName | None, sides: tuple[str, str], answers: tuple[Mapping[Any, Any], Mapping[Any, Any]], noun: str
    ) -> ColumnDrift:
        """The same from answers by block."""
        current, reference = answers
        if not current or not reference:  # the claim will be that there are no rows
            return cls.read(column, kind, sides, totals(by_value(current)), totals(by_value(reference)))
        whole = cls.read(column, kind, sides, totals(current), totals(reference))
        now, then = (numbered(by_value(side)) if whole.numeric else by_value(side) for side in answers)
        return replace(whole, blocked=BlockedColumn(BlockTable.of(now), BlockTable.of(then), noun))

    @property
    def numeric(self) -> bool:
        return self.current.numeric

    @cached_property
    def _designs(self) -> tuple[Design, Design] | None:
        return None if self.blocked is None else self.blocked.designs(numeric=self.numeric)

    def judged_by(
        self, distance: str, at_most: float | None, unseen_share: ShareBound | None, null_change: ShareBound, *, alone: bool
    ) -> ColumnDrift:
        """The same column with what it is judged by. Raises `MeasurementError` where the distance is not defined for it."""
        if fault := _undefined(distance, self.column, numeric=self.numeric):
            raise fault
        loaded: Distance = load("distances", distance)()
        tolerance = loaded.default_at_most if at_most is None else at_most
        return replace(self, distance=loaded, at_most=tolerance, unseen_share=unseen_share, null_change=null_change, alone=alone)

    def claims(self) -> Iterator[Claim]:
        """The distance, for categories the unseen levels, and the nulls."""
        rows = [side.n_obs + side.nulls for side in (self.current, self.reference)]
        if 0 in rows:
            why = f"{self.sides[rows.index(0)]} has no rows"
            yield Claim(self._says_distance(), Nothing(why), high=self.at_most, part=self._part(""))
            return
        yield self._distance_claim()
        if not self.numeric and self.current.n_obs and self.reference.n_obs:
            yield self._unseen_claim()
        yield self._null_claim(*rows)

    def _part(self, what: str) -> str:
        return what or "distance" if self.alone else f"{self.column} {what}".strip()

    def _says_distance(self) -> str:
        assert self.distance is not None
        return f"{self.distance.name} of {self.column} between {self.sides[0]} and {self.sides[1]} is at most {plain(self.at_most)}"

    def _distance_claim(self) -> Claim:
        assert self.distance is not None
        for side, name in zip((self.current, self.reference), self.sides, strict=True):
            if side.n_obs == 0:
                return Claim(self._says_distance(), Nothing(f"{name} has no values of {self.column}"), high=self.at_most, part=self._part(""))
        statistic, floor = self._measured(self.distance)
        if self._designs is not None and (few := few_blocks(self._designs)):
            statistic = Flagged(statistic, few[0])
        if self.at_most < floor:
            statistic = Flagged(statistic, f"the tolerance {plain(self.at_most)} is below the noise floor {floor:.3g}")
        n, m = (side.n_obs for side in self._thinned())
        independent = " independent" if self._designs is not None else ""
        details = (
            *self._cells(statistic),
            *self._worth(),
            f"noise floor {floor:.3g}: 95 of 100 pairs of samples from one population, of {n:,} and {m:,}{independent} values, are closer",
            *((self._quartiles(),) if self._told else ()),
            *(() if self.numeric else self._levels()),
        )
        fix = f"find what changed {self.column} at its source; if the change is meant, retrain on it"
        return Claim(self._says_distance(), statistic, high=self.at_most, unit=self.distance.unit, details=details, part=self._part(""), fix=fix)

    def _measured(self, distance: Distance) -> tuple[Statistic, float]:
        """The distance and its noise floor; of rows in blocks, those of as many independent rows as they are worth."""
        whole = distance.statistic(self.current, self.reference)
        if self._designs is None:
            return whole, distance.noise_floor(self.current, self.reference, FLOOR_LEVEL)
        now, then = self._thinned()
        return guarded(distance.statistic(now, then), whole), distance.noise_floor(now, then, FLOOR_LEVEL)

    def _thinned(self) -> tuple[Distribution, Distribution]:
        """Both sides with as many independent rows as theirs are worth."""
        if self._designs is None:
            return self.current, self.reference
        now, then = (design.rows(side.n_obs, design.effect) for side, design in zip((self.current, self.reference), self._designs, strict=True))
        return thinned(self.current, now), thinned(self.reference, then)

    def _worth(self) -> tuple[str, ...]:
        if self._designs is None or self.blocked is None:
            return ()
        pairs = zip(self.sides, self._designs, (self.current, self.reference), strict=True)
        return tuple(f"{name}: n = {design.says(side.n_obs, self.blocked.noun)}" for name, design, side in pairs)

    @property
    def _told(self) -> bool:
        """Whether quartiles are known well enough to be shown."""
        cells = self.reference.widths
        return self.numeric and (cells is None or len(cells) > 2 * 50)

    def _cells(self, statistic: Statistic) -> tuple[str, ...]:
        if self.reference.widths is None or (self.current.exact and self.reference.exact):
            return ()
        cells, slack = len(self.reference.widths), getattr(statistic, "high_from", statistic.value) - statistic.value
        widened = f", the bounds widened by {slack:.2g} for it" if slack > 0 else ""
        return (f"counted in {cells:,} cells between quantiles of {self.sides[1]}, not value by value{widened}",)

    def _unseen_claim(self) -> Claim:
        unseen = self._unseen()
        rows, n, high = sum(unseen.values()), self.current.n_obs, self._most_unseen()
        says = f"the share of rows of {self.sides[0]} whose {self.column} never occurs in {self.sides[1]} is at most {high:.4g}"
        details = examples("new levels", unseen, lambda level: cell(self.column, level), self.samples)
        fix = "map the new levels where the data is written, or retrain on rows that have them"
        worth = n if self._designs is None else self._designs[0].rows(n, self._designs[0].unseen_effect)
        statistic, part = Proportion(successes=rows * worth / n, n_obs=worth), self._part("unseen levels")
        return Claim(says, statistic, high=high, unit="share", seen=share_words(rows, n, sampled=True), details=details, part=part, fix=fix)

    def offending_levels(self) -> tuple[Any, ...]:
        """The new levels where they make up more than their tolerated share, the most frequent first."""
        if self.numeric or not self.current.n_obs or not self.reference.n_obs:
            return ()
        unseen = self._unseen()
        return tuple(unseen) if sum(unseen.values()) / self.current.n_obs > self._most_unseen() else ()

    def _unseen(self) -> dict[Any, int]:
        unseen = {level: round(count) for level, count in self.current.counts.items() if level not in self.reference.counts}
        return dict(sorted(unseen.items(), key=lambda item: (-item[1], str(item[0]))))

    def _most_unseen(self) -> float:
        """The greatest share of rows with new levels that the claim allows."""
        high = self._unseen_by_chance() + _UNSEEN_SLACK if self.unseen_share is None else self.unseen_share.limits[1]
        assert high is not None
        return high

    def _unseen_by_chance(self) -> float:
        """The share of rows with levels that a reference of its size misses of its own population.

        Good and Turing's estimate (levels seen once, over rows) with three of its standard errors, and room for one level more: one of
        share p is missed by m rows with chance (1 - p)^m, less than 1 in 10,000 above ln(10,000) / m.
        """
        if self.blocked is not None and self._designs is not None:
            worth = self._designs[1].rows(self.reference.n_obs, self._designs[1].effect)
            return min(1.0 - _UNSEEN_SLACK, self.blocked.reference.missed_by_chance() + math.log(10_000) / worth)
        once = sum(count == 1 for count in self.reference.counts.values())
        twice = sum(count == 2 for count in self.reference.counts.values())
        missed = once + 3 * math.sqrt(once + 2 * twice) + math.log(10_000)
        return min(1.0 - _UNSEEN_SLACK, missed / self.reference.n_obs)

    def _null_claim(self, n: int, m: int) -> Claim:
        assert self.null_change is not None
        tolerance = self.null_change.limits[1]
        assert tolerance is not None
        x, y = self.current.nulls, self.reference.nulls
        says = f"the null share of {self.column} differs between {self.sides[0]} and {self.sides[1]} by at most {plain(tolerance)}"
        seen = f"nulls in {share_words(x, n, sampled=True)} against {share_words(y, m, sampled=True)}"
        worth = (n, m)
        if self._designs is not None:
            worth = (self._designs[0].rows(n, self._designs[0].null_effect), self._designs[1].rows(m, self._designs[1].null_effect))
        statistic = ProportionDifference(x1=x * worth[0] / n, n1=worth[0], x2=y * worth[1] / m, n2=worth[1])
        fix = f"find what fills {self.column} less, or more, often than before"
        return Claim(says, statistic, low=-tolerance, high=tolerance, null=0.0, unit="share", seen=seen, part=self._part("nulls"), fix=fix)

    def _levels(self) -> tuple[str, ...]:
        now, then = (_shares(side) for side in (self.current, self.reference))
        change = {level: abs(now.get(level, 0.0) - then.get(level, 0.0)) for level in {**then, **now}}
        top = sorted(change, key=lambda level: (-change[level], str(level)))[: min(3, self.samples)]
        moved = [f"{cell(self.column, level)} {then.get(level, 0.0):.3g} to {now.get(level, 0.0):.3g}" for level in top]
        return (f"largest changes of share, {self.sides[1]} to {self.sides[0]}: {', '.join(moved)}",) if moved else ()

    def _quartiles(self) -> str:
        write = as_moment if self.moments else "{:.6g}".format
        now, then = (", ".join(cell(self.column, write(value)) for value in _quartiles(side)) for side in (self.current, self.reference))
        return f"quartiles {then} in {self.sides[1]}, {now} in {self.sides[0]}"


def _shares(side: Distribution) -> dict[Any, float]:
    n = side.n_obs
    return {level: count / n for level, count in side.counts.items()}


def _quartiles(side: Distribution) -> list[float]:
    """Lower quartile, median and upper quartile: the first values that as many rows do not exceed."""
    values = np.array(sorted(side.counts))
    running = np.cumsum([side.counts[value] for value in values.tolist()])
    return [float(values[np.searchsorted(running, share * running[-1])]) for share in (0.25, 0.5, 0.75)]
