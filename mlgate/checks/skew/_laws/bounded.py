"""Law `bounded`."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field

from mlgate.checks.skew._laws._difference import shown
from mlgate.checks.skew._laws._law import Broken, Law, Trial
from mlgate.checks.skew._laws._table import nulls
from mlgate.core.bound import NumberBound

_Name = Annotated[str, BeforeValidator(lambda name: str(name) if isinstance(name, int) and not isinstance(name, bool) else name)]


class Bounded(Law):
    """Output columns lie within their bounds.

    In production: a model extrapolates silently. A share above one, a negative age or a price outside of what was ever trained on is better stopped
    where it arises than found in a score.
    """

    by_default: ClassVar[bool] = False
    fix: ClassVar[str] = "clip what may leave its range, or refuse such rows where they come in"
    argument: Annotated[
        dict[_Name, NumberBound],
        Field(min_length=1, description="Bounds by output column (arrays: `0`, `1`, ...); nulls are the business of `finite`."),
    ]

    def says(self) -> str:
        return " and ".join(f"{name} is {bound}" for name, bound in self.argument.items())

    def broken(self, trial: Trial) -> Broken | None:
        output = trial.output()
        for name, bound in self.argument.items():
            values = output.column(name)
            if values is None:
                return Broken(f"there is no output column {name}, but {', '.join(output.columns[:10]) or 'none'}")
            if values.dtype.kind not in "biuf":
                return Broken(f"output column {name} does not hold numbers")
            low, high = bound.limits
            held = values.astype(np.float64)
            with np.errstate(invalid="ignore"):
                outside = ((held < low) if low is not None else False) | ((held > high) if high is not None else False)
            places = np.flatnonzero(outside & ~nulls(values))
            if len(places):
                return Broken(f"{name} is not {bound} in row {places[0] + 1}", name, shown(values[places[0]]))
        return None
