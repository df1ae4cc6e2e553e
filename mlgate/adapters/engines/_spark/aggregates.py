"""Sums without overflow, and users' aggregate expressions (`sum(price * quantity) / count(*)`), as Spark's SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.operators import numbers
from mlgate.adapters.engines._spark.pieces import Piece, refused, without_nan
from mlgate.adapters.engines._spark.rendering import Renderer, piece_of
from mlgate.core.expression import Expression

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node

_NARROW = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"})  # a sum of 2^31 of them fits 64 bits
_BITS = 21  # a 64-bit integer as three digits of 21 bits, whose sums fit 64 bits for 2^42 rows


def sum_parts(cell: Cell, lens: Lens) -> tuple[tuple[str, ...], Callable[[Row], Any]]:
    """The sum of a column: exact for integers of any size and for decimals."""
    if cell.type == "boolean" or cell.native in _NARROW:
        return (f"sum({lens.value(f'cast({cell.sql} as bigint)')})",), lambda row: None if row[0] is None else int(row[0])
    if cell.native == "BIGINT":
        mask = (1 << _BITS) - 1
        digits = (f"shiftright({cell.sql}, {2 * _BITS})", f"(shiftright({cell.sql}, {_BITS}) & {mask}L)", f"({cell.sql} & {mask}L)")
        return tuple(f"sum({lens.value(digit)})" for digit in digits), _from_digits
    if cell.type == "integer":
        return (f"cast(sum({lens.value(f'cast({cell.sql} as decimal(38, 0))')}) as string)",), lambda row: None if row[0] is None else int(row[0])
    kind = "double" if cell.type != "decimal" else None
    return (f"sum({lens.value(f'cast({cell.sql} as {kind})' if kind else cell.sql)})",), lambda row: row[0]


def _from_digits(row: Row) -> int | None:
    high, middle, low = row
    return None if high is None else (int(high) << 2 * _BITS) + (int(middle) << _BITS) + int(low)


@dataclass(frozen=True)
class Aggregated:
    """One select expression. `apart`: it needs a statement of its own. `integer`: it is written as text, to be read as a whole number."""

    sql: str
    integer: bool
    apart: bool


def aggregate(expression: Expression, lens: Lens) -> Aggregated:
    """A user's aggregate expression within the slice of a lens. Raises `MeasurementError` for what Spark does differently."""
    for name in expression.columns:
        lens.cell(name)
    walk = _Walk(lens)
    piece = piece_of(expression, lens.cells, aggregating=walk.of)
    sql = piece.strict(str(expression))
    return Aggregated(f"cast({sql} as string)" if piece.type == "integer" else sql, piece.type == "integer", walk.apart)


class _Walk:
    def __init__(self, lens: Lens) -> None:
        self._lens, self.apart = lens, False

    def of(self, node: Node, renderer: Renderer) -> Piece | None:
        """An aggregate as a piece; None for any other node."""
        if isinstance(node, exp.Count):
            return self._count(node, renderer)
        if isinstance(node, exp.Corr):
            pair = [renderer.over(self._lens.cells).piece(side) for side in (node.this, node.expression)]
            numbers(*pair, what="corr")
            values = [f"cast({self._lens.value(side.strict(node.sql(dialect='duckdb')))} as double)" for side in pair]
            return without_nan(Piece(f"corr({', '.join(values)})", "float"))
        rule = _RULES.get(type(node).__name__)
        if rule is None:
            return None
        piece = renderer.over(self._lens.cells).piece(node.this)
        if isinstance(node, (exp.Median, exp.PercentileCont)):
            self.apart = True
            share = node.expression.name if isinstance(node, exp.PercentileCont) else "0.5"
            return self._quantile(piece, share, node)
        return rule(piece, self._lens.value(piece.strict(node.sql(dialect="duckdb"))))

    def _count(self, node: Node, renderer: Renderer) -> Piece:
        if isinstance(node.this, exp.Star):
            return Piece("count(*)" if self._lens.where is None else f"coalesce({self._lens.count('true')}, 0L)", "integer")
        distinct = isinstance(node.this, exp.Distinct)
        inner = node.this.expressions[0] if distinct else node.this
        piece = renderer.over(self._lens.cells).piece(inner)
        self.apart |= distinct  # beside others it would multiply the rows
        return Piece(f"count({'distinct ' * distinct}{self._lens.value(piece.strict(node.sql(dialect='duckdb')))})", "integer")

    def _quantile(self, piece: Piece, share: str, node: Node) -> Piece:
        if piece.type not in ("integer", "float"):
            raise refused(f"{node.sql(dialect='duckdb')} of a {piece.type or 'value of unknown type'}", "cast it to double")
        value = self._lens.value(f"cast({piece.strict(node.sql(dialect='duckdb'))} as double)")
        return without_nan(Piece(f"percentile({value}, {float(share)!r}D)", "float"))


def _sum(piece: Piece, value: str) -> Piece:
    numbers(piece, what="sum")
    if piece.type in ("integer", "null"):
        return Piece(f"sum(cast({value} as decimal(38, 0)))", "integer")
    return Piece(f"sum({value})", "decimal") if piece.type == "decimal" else without_nan(Piece(f"sum(cast({value} as double))", "float"))


def _avg(piece: Piece, value: str) -> Piece:
    total = _sum(piece, value)
    return Piece(f"(cast({total.sql} as double) / nullif(count({value}), 0))", "float")


def _stddev(piece: Piece, value: str) -> Piece:
    numbers(piece, what="stddev")
    return without_nan(Piece(f"stddev_samp(cast({value} as double))", "float"))


def _variance(piece: Piece, value: str) -> Piece:
    numbers(piece, what="variance")
    return without_nan(Piece(f"var_samp(cast({value} as double))", "float"))


_RULES: dict[str, Callable[[Piece, str], Piece]] = {
    "Sum": _sum,
    "Avg": _avg,
    "Stddev": _stddev,
    "Variance": _variance,
    "Median": _sum,
    "PercentileCont": _sum,
    "Min": lambda piece, value: Piece(f"min({value})", piece.type, single=piece.single, zoned=piece.zoned),
    "Max": lambda piece, value: Piece(f"max({value})", piece.type, single=piece.single, zoned=piece.zoned),
}
