"""Users' expressions as SQL over the engine's own columns, with one meaning for what engines disagree on.

A division by zero gives null (DuckDB: infinity; Spark 4: an error), and so does arithmetic that gives NaN, which would else be greater
than every number: neither may pass a rule by silence. Text cast to a timestamp keeps the offset it says (DuckDB's own cast drops it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from mlgate.core.expression import Expression
from mlgate.core.table_schema import TypeName
from mlgate.expressions.types import Types, infer, tree_of

_DIVISIONS = (exp.Div, exp.IntDiv, exp.Mod)
_NAN_MAKERS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Pow, exp.Ln, exp.Log, exp.Sqrt, exp.Cast, exp.TryCast)
_NAN = exp.Var(this="'nan'::DOUBLE")


@dataclass(frozen=True)
class Cell:
    """A column or expression of the rows at hand: its SQL, its type where known, and the SQL that still tells NaN from null."""

    name: str
    sql: str
    type: TypeName | None
    native: str = ""
    raw: str | None = None


def render(expression: Expression, cells: Mapping[str, Cell]) -> Cell:
    """The expression over `cells`. Raises `KeyError` for a column that is not among them."""
    root = exp.Paren(this=tree_of(expression.sql).copy())
    nodes = list(root.walk(bfs=False))[1:]
    types: Types = {node.name: cells[node.name].type for node in nodes if isinstance(node, exp.Column)}
    may_be_nan = {id(node) for node in nodes if isinstance(node, _NAN_MAKERS) and infer(node, types) == "float"}
    told_zones = {id(node) for node in nodes if isinstance(node, (exp.Cast, exp.TryCast)) and _is_timestamp_of_text(node, types)}
    kind = infer(root.this, types)
    for node in reversed(nodes):  # children before parents
        if isinstance(node, exp.Column):
            node.replace(exp.Var(this=cells[node.name].sql))
            continue
        if isinstance(node, _DIVISIONS) and not _is_nonzero(node.expression):
            node.set("expression", exp.Nullif(this=node.expression.copy(), expression=exp.Literal.number(0)))
        if id(node) in told_zones:
            node.set("this", type(node)(this=node.this.copy(), to=exp.DataType.build("timestamptz")))
        if id(node) in may_be_nan:
            node.replace(exp.Nullif(this=node.copy(), expression=_NAN.copy()))
    return Cell(str(expression), root.this.sql(dialect="duckdb", identify=True, comments=False, copy=False), kind)


def _is_timestamp_of_text(node: exp.Cast | exp.TryCast, types: Types) -> bool:
    return node.to.this in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ) and infer(node.this, types) in ("string", None)


def _is_nonzero(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.name) != 0
