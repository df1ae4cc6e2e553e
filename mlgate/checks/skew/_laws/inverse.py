"""Law `inverse`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Raised, Silent, Trial
from mlgate.checks.skew._laws._table import Table


class Inverse(Law):
    """Another callable takes the output back to the rows.

    In production: a model learns the logarithm of a price and the service sells at the exponential of it. Where the two do not match, every price is
    wrong by a little, and no test of either side alone sees it.
    """

    by_default: ClassVar[bool] = False
    fix: ClassVar[str] = "keep both directions beside each other, with one set of constants"
    argument: Annotated[
        str,
        Field(
            pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_][\w.]*|inverse_transform)$",
            description="`package.module:function`, or `inverse_transform` for that of the estimator.",
        ),
    ]

    def says(self) -> str:
        return f"{self.argument} takes the output back to the rows"

    def broken(self, trial: Trial) -> Broken | None:
        trial.output()
        try:
            back = trial.after(self.argument)
        except Raised as raised:
            return Broken(f"{self.argument} raises on the output", got=raised.error)
        rows = trial.inputs()
        if back.form == "frame":  # what it gives back must be right; it may give back less
            shared = [name for name in rows.columns if name in back.columns]
            if not shared:
                return Broken(f"{self.argument} gives back no column of the rows, but {', '.join(back.columns[:10]) or 'none'}")
            rows, back = _only(rows, shared), _only(back, shared)
        elif len(back.columns) == len(rows.columns):
            back = _renamed(back, rows.columns)
        elif trial.rows:
            raise Silent
        return Broken.by(difference(rows, back), f"after {self.argument}")


def _only(table: Table, names: list[str]) -> Table:
    places = [table.columns.index(name) for name in names]
    return Table(
        table.form,
        tuple(names),
        tuple(table.kinds[place] for place in places),
        tuple(table.values[place] for place in places),
        table.rows,
        table.scale,
        tuple(table.levels[place] for place in places),
    )


def _renamed(table: Table, names: tuple[str, ...]) -> Table:
    return Table(table.form, names, table.kinds, table.values, table.rows, table.scale, table.levels)
