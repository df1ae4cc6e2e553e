"""The rows a request is about, with users' expressions in Spark's SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from mlgate.adapters.engines._duckdb.comparing import Comparing
from mlgate.adapters.engines._duckdb.lens import Lens as DuckDBLens
from mlgate.adapters.engines._duckdb.lens import Relation
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark.comparing import SparkComparing
from mlgate.adapters.engines._spark.pieces import Piece
from mlgate.adapters.engines._spark.rendering import piece_of, render
from mlgate.core.expression import Expression


@dataclass(frozen=True)
class SparkRelation(Relation):
    """What a statement selects from; `order` is None where rows have none. `rows` is their number where known, `identity` a hash of a row."""

    rows: int | None = None
    identity: str = ""


class Lens(DuckDBLens):
    """A relation seen as one view, as Spark's SQL."""

    comparing: ClassVar[Comparing] = SparkComparing()

    def rendered(self, expression: Expression, cells: Mapping[str, Cell]) -> Cell:
        return render(expression, cells)

    @property
    def present(self) -> str:
        return "t.`mlgate:present`"

    @property
    def beside(self) -> str:
        return "j.`mlgate:present`"

    @property
    def ambiguous(self) -> str:
        return "j.`mlgate:double`"

    def piece(self, expression: Expression) -> Piece:
        """An expression, its failures apart. Raises `MeasurementError` for a column that does not exist."""
        for name in expression.columns:
            self.cell(name)
        return piece_of(expression, self.cells)

    def count(self, condition: str) -> str:
        """How many rows of the slice meet a condition; a null one is not met."""
        return f"sum(if({self.within(condition)}, 1, 0))"  # a third cheaper than count_if
