"""Law `keeps_rows`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._law import Broken, Law, Trial


class KeepsRows(Law):
    """Each row has one output, under the label that the row has.

    In production: predictions are put beside the rows they belong to, by position or by pandas' index. A row that is dropped shifts all that
    follow; an index that is made anew joins features to other rows without an error.
    """

    fix: ClassVar[str] = "fill or flag rows instead of dropping them, and give the output the index of the input"

    def broken(self, trial: Trial) -> Broken | None:
        output = trial.output()
        if output.rows != trial.rows:
            return Broken(f"{trial.rows} rows become {output.rows}")
        if output.index is not None and trial.labels is not None and output.index != trial.labels:
            return Broken("the output has another index than the rows", got=str(list(output.index)), expected=str(list(trial.labels)))
        return None
