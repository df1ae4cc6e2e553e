"""Law `monotone_in`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from mlgate.checks.skew._laws._difference import REL, ULPS, shown
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial


class Monotone(BaseModel):
    """Which column rises, which outputs must follow, and which way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Annotated[str, Field(description="The column that is raised.")]
    output: Annotated[str | None, Field(description="The output that must not turn back; default: every one that holds numbers.")] = None
    direction: Annotated[Literal["rising", "falling"], Field(description="Where it goes when the column rises.")] = "rising"


def _monotone(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class MonotoneIn(Law):
    """Raising a column, all else equal, never lowers an output.

    In production: a longer flight must not look shorter to the model, and more debt must not look like less. A bin edge in the wrong order, an
    overflow or a clock that wraps turns the feature around for some rows only.
    """

    by_default: ClassVar[bool] = False
    fix: ClassVar[str] = "look at the two neighbouring values below: bin edges, integer types and clocks that wrap are the usual reasons"
    argument: Annotated[
        Monotone,
        BeforeValidator(_monotone),
        WithJsonSchema({"anyOf": [{"type": "string"}, Monotone.model_json_schema()]}),  # it has no definitions of its own
        Field(description="A column, or `{column: .., output: .., direction: rising | falling}`."),
    ]

    def says(self) -> str:
        word = "lowers" if self.argument.direction == "rising" else "raises"
        return f"raising {self.argument.column} never {word} {self.argument.output or 'an output'}"

    def broken(self, trial: Trial) -> Broken | None:
        step = trial.raised_step(self.argument.column)
        if step is None:
            raise Silent
        batch, values = step
        output = trial.changed(batch)
        if output.rows != len(values):
            raise Silent
        if self.argument.output is not None and self.argument.output not in output.columns:
            return Broken(f"there is no output column {self.argument.output}, but {', '.join(output.columns[:10]) or 'none'}")
        sign = 1.0 if self.argument.direction == "rising" else -1.0
        for name, found in zip(output.columns, output.values, strict=True):
            if found.dtype.kind not in "iuf" or self.argument.output not in (None, name):
                continue
            numbers = sign * found.astype(np.float64)
            with np.errstate(invalid="ignore"):
                rounding = REL * np.fmax(np.abs(numbers[1:]), np.abs(numbers[:-1])) + ULPS * np.finfo(np.float64).eps * np.max(output.scale)
                places = np.flatnonzero(numbers[1:] < numbers[:-1] - rounding)
            if len(places):
                place = int(places[0])
                why = f"{name} turns back from row {place + 1} to row {place + 2}, where {self.argument.column} rises"
                return Broken(why, name, shown(found[place + 1]), shown(found[place]), batch)
        return None
