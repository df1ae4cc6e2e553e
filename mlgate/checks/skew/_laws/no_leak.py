"""Law `no_leak`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial


class NoLeak(Law):
    """The output of a row does not change when other rows change; with a time column, when later rows do.

    In production: at the time of a prediction nothing later exists, and nothing of other users should matter. A feature that looks ahead (a backward
    fill, a mean over the whole day, a shift the wrong way) is excellent in training and gone when served.
    """

    fix: ClassVar[str] = "compute each row from itself, or from rows that are earlier in time"

    def broken(self, trial: Trial) -> Broken | None:
        return next((found for place in trial.chosen if (found := self._of_row(trial, place)) is not None), None)

    def _of_row(self, trial: Trial, place: int) -> Broken | None:
        halves = trial.later(place)
        if halves is not None:
            return self._ahead(trial, place, *halves)
        others = [other for other in range(trial.rows) if other != place]
        output = trial.output()
        if not others or output.rows != trial.rows:
            raise Silent
        changed = trial.changed(trial.with_rows_like(place, others))
        if changed.rows != trial.rows:
            raise Silent
        return Broken.by(difference(output.take([place]), changed.take([place])), "when the other rows hold the values of that row", place=place)

    def _ahead(self, trial: Trial, place: int, until: list[int], after: list[int]) -> Broken | None:
        if not after:
            raise Silent
        whole, early = trial.of([*until, *after]), trial.of(until)
        if whole.rows != trial.rows or early.rows != len(until):
            raise Silent
        return Broken.by(difference(early, whole.take(range(len(until)))), f"when the rows later than row {place + 1} are there too")
