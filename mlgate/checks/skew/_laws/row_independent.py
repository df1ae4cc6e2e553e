"""Law `row_independent`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Raised, Silent, Trial


class RowIndependent(Law):
    """A row gets the same output alone as in its batch.

    In production: training transforms a table at once, serving transforms a request of one row. Statistics of the batch (a mean to fill with, a
    rank, a minimum to subtract, levels found in the data) give the model other features there than it has learned from.
    """

    fix: ClassVar[str] = "compute statistics once on the training rows, store them, and apply the stored ones"

    def broken(self, trial: Trial) -> Broken | None:
        output = trial.output()
        if output.rows != trial.rows:
            raise Silent  # which output belongs to which row cannot be told; `keeps_rows` says so
        for place in trial.chosen:
            try:
                alone = trial.of([place])
            except Raised as raised:
                return Broken(f"it raises when row {place + 1} comes alone", got=raised.error)
            if (found := Broken.by(difference(output.take([place]), alone), "when that row comes alone", place=place)) is not None:
                return found
        return None
