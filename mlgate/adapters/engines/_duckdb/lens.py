"""The rows a request is about: which SQL name each of its columns has, and which condition keeps its slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

from mlgate.adapters.engines._duckdb.comparing import Comparing
from mlgate.adapters.engines._duckdb.rendering import Cell, render
from mlgate.core.column_names import no_column
from mlgate.core.expression import Expression
from mlgate.core.request import BESIDE
from mlgate.core.view import Comparison, Pairs, View


@dataclass(frozen=True)
class Relation:
    """What a statement selects from: SQL after `from`, the columns of the dataset and of each model, and how file order is written.

    `order` is None where the rows come in file order by themselves. `before` is what must stand before `select` (a `with` clause);
    `other` are, in a joined pair, the columns of the second dataset by their plain names.
    """

    source: str
    columns: Mapping[str, Cell]
    models: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    order: str | None = None
    before: str = ""
    other: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Lens:
    """A relation seen as one view."""

    relation: Relation
    view: View
    cells: Mapping[str, Cell]
    where: str | None
    comparing: ClassVar[Comparing] = Comparing()

    @classmethod
    def on(cls, relation: Relation, view: View) -> Self:
        """Raises `MeasurementError` for a slice over a column that does not exist."""
        cells = {**relation.columns}
        if view.model:
            cells.update(relation.models[view.model])
        if view.baseline:
            cells.update({f"baseline_{name}": cell for name, cell in relation.models[view.baseline].items()})
        lens = cls(relation, view, cells, None)
        kept = [lens._slice(view.where)] if view.where is not None else []
        kept += [lens._paired(view.pairs)] if view.pairs is not None else []
        return cls(relation, view, cells, kept[0] if len(kept) == 1 else " and ".join(f"({one})" for one in kept)) if kept else lens

    def cell(self, of: str | Expression) -> Cell:
        """A column or expression. Raises `MeasurementError` with the nearest names for a column that does not exist."""
        if isinstance(of, Expression):
            for name in of.columns:
                self.cell(name)
            return self.rendered(of, self.cells)
        if of not in self.cells:
            raise no_column(str(self.view), of, self.cells)
        return self.cells[of]

    def rendered(self, expression: Expression, cells: Mapping[str, Cell]) -> Cell:
        """A user's expression over `cells` in the engine's dialect."""
        return render(expression, cells)

    def within(self, condition: str) -> str:
        """A condition, within the slice."""
        return condition if self.where is None else f"({self.where}) and ({condition})"

    @property
    def rows(self) -> str:
        """The number of rows of the slice."""
        return "count(*)" if self.where is None else f"countif({self.where})"

    def value(self, sql: str) -> str:
        """A value, null outside of the slice."""
        return sql if self.where is None else f"case when {self.where} then {sql} end"

    # -- a joined pair

    @property
    def present(self) -> str:
        """True where the first dataset of a joined pair has the row."""
        return 't."mlgate:present"'

    @property
    def beside(self) -> str:
        """True where the second dataset of a joined pair has the row."""
        return 'j."mlgate:present"'

    @property
    def ambiguous(self) -> str:
        """As of a time: true where the row that was found has a double, and which of the two it would be compared with is anyone's guess."""
        return 'j."mlgate:double"'

    @property
    def both(self) -> str:
        """Rows on both sides."""
        if self.view.as_of is not None:
            return f"coalesce({self.beside}, false) and not coalesce({self.ambiguous}, false)"
        return f"coalesce({self.present}, false) and coalesce({self.beside}, false)"

    @property
    def only_dataset(self) -> str:
        return f"coalesce({self.present}, false) and not coalesce({self.beside}, false)"

    @property
    def only_joined(self) -> str:
        return f"coalesce({self.beside}, false) and not coalesce({self.present}, false)"

    def two(self, column: str) -> tuple[Cell, Cell]:
        """A column of both sides."""
        return self.cell(column), self.cell(f"{BESIDE}{column}")

    def differs(self, how: Comparison) -> str:
        """The condition that the values of a column differ, on rows of both sides."""
        return self.comparing.differs(how, *self.two(how.column))

    def gap(self, how: Comparison) -> str | None:
        """The size of the difference, None where there is none."""
        return self.comparing.gap(how, *self.two(how.column))

    @property
    def lag(self) -> str:
        """As of a time: microseconds from the row that was found to the row itself."""
        assert self.view.as_of is not None
        newer, older = self.cell(self.view.as_of.of), self.cell(f"{BESIDE}{self.view.as_of.against}")
        return f"({self.comparing.micros(newer)} - {self.comparing.micros(older)})"

    @property
    def filter(self) -> str:
        """A `where` clause, empty without a slice."""
        return "" if self.where is None else f" where {self.where}"

    def _paired(self, pairs: Pairs) -> str:
        if isinstance(pairs, Comparison):
            return f"{self.both} and ({self.differs(pairs)})"
        return {"both": self.both, "only_dataset": self.only_dataset, "only_joined": self.only_joined}[pairs]

    def _slice(self, where: Expression) -> str:
        own = self.cell(where).sql
        other = self.relation.other
        if not other or not set(where.columns) <= set(other) or self.view.as_of is not None:
            return own
        # Rows of the second dataset alone are in the slice by their own values.
        return f"case when {self.present} then {own} else {self.rendered(where, other).sql} end"
