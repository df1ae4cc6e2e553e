"""Law `finite`."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mlgate.checks.skew._laws._difference import shown
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial
from mlgate.checks.skew._laws._table import nulls


class Finite(Law):
    """No output is infinite, and none is null or NaN where its row holds no null.

    In production: a logarithm of zero, a division by zero or a level that a table does not know becomes an infinity or a NaN, which a model turns
    into a score without a word, or refuses in the middle of the night.
    """

    fix: ClassVar[str] = "decide what zero, negative numbers and unknown levels become (clip, log1p, a level of their own)"

    def broken(self, trial: Trial) -> Broken | None:
        output = trial.output()
        if output.rows != trial.rows:
            raise Silent
        for name, values in zip(output.columns, output.values, strict=True):
            if values.dtype.kind in "fc":
                infinite = np.flatnonzero(np.isinf(values) & ~trial.with_infinity)
                if len(infinite):
                    return Broken(f"{name} is infinite in row {infinite[0] + 1}", name, shown(values[infinite[0]]))
            empty = np.flatnonzero(nulls(values) & ~trial.with_null & ~trial.with_infinity)
            if len(empty):
                return Broken(f"{name} is null in row {empty[0] + 1}, which holds no null", name, shown(values[empty[0]]))
        return None
