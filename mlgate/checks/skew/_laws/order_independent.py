"""Law `order_independent`."""

from __future__ import annotations

import random
from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial


class OrderIndependent(Law):
    """Rows in another order get the same outputs in that order.

    In production: files, queries and requests come in any order. Codes given by order of appearance, running sums, differences to the row before, and
    outputs sorted by themselves attach the features of one row to another.
    """

    fix: ClassVar[str] = "do not sort, shift or number rows in the callable, or sort by a column, and give the rows back in the order they came in"

    def broken(self, trial: Trial) -> Broken | None:
        if trial.rows < 2:
            raise Silent
        output = trial.output()
        if output.rows != trial.rows:
            raise Silent
        order = list(range(trial.rows))[::-1]
        if trial.turn % 2:
            random.Random(trial.turn).shuffle(order)  # noqa: S311  a choice of an example
        found = difference(output.take(order), trial.of(order))
        return Broken.by(found, f"of the rows in the order {', '.join(str(place + 1) for place in order)}")
