"""Types of expressions, as far as they are known from the columns' types; what cannot fit is refused before a scan.

Careful on purpose: what is not known for sure is let through, and left to the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from mlgate.core.column_names import listed_names, meant, visible
from mlgate.core.expression import Expression
from mlgate.core.table_schema import NUMERIC, TEMPORAL, Column, TableSchema, TypeName
from mlgate.expressions.guard import ExpressionError
from mlgate.expressions.trees import TREES

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node

Types = Mapping[str, TypeName | None]
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_BOOLEAN = (*_COMPARED, exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Like, exp.ILike, exp.Escape, exp.RegexpLike, exp.StartsWith)
_TEXTUAL = (exp.Like, exp.ILike, exp.RegexpLike, exp.StartsWith, exp.Lower, exp.Upper, exp.Trim, exp.Substring)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow)
_OF_NUMBERS = (*_ARITHMETIC, exp.Sum, exp.Avg, exp.Corr, exp.Stddev, exp.Variance, exp.Median, exp.PercentileCont)
_GIVES: Mapping[str, TypeName] = {
    **dict.fromkeys(("Contains", "EndsWith", "IsInf", "IsNan", "RegexpFullMatch"), "boolean"),
    **dict.fromkeys(("Exp", "Ln", "Log", "Pow", "Sqrt", "Div"), "float"),
    **dict.fromkeys(("Lower", "Upper", "Trim", "Substring", "Concat", "DPipe", "Left", "Right"), "string"),
    **dict.fromkeys(("Year", "Quarter", "Month", "Week", "Day", "DayOfWeek", "DayOfWeekIso", "DayOfYear", "Hour", "Minute", "Second"), "integer"),
    **dict.fromkeys(("Length", "StrPosition", "DateDiff", "Extract", "Sign", "Count"), "integer"),
    **dict.fromkeys(("Avg", "Corr", "Stddev", "Variance"), "float"),
    "Interval": "duration",
}
_CAST: Mapping[str, TypeName] = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPNTZ": "timestamp",
    "DECIMAL": "decimal",
    "INTERVAL": "duration",
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), "string"),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT", "UINT", "UBIGINT"), "integer"),
}


def check(expression: Expression, schema: TableSchema | Iterable[Column], *, extra: Iterable[Column] = (), boolean: bool = False) -> None:
    """Raises `ExpressionError` where a column does not exist or types cannot fit (`price > 'a'`).

    `extra` are columns that the view adds (`prediction`, `score`); `boolean` asks for a condition. Types that are not known fit everything.
    """
    columns = tuple(schema.known.values()) if isinstance(schema, TableSchema) else tuple(schema)
    types: dict[str, TypeName | None] = {column.name: column.type for column in (*columns, *extra)}
    for name in expression.columns:
        if name not in types:
            raise ExpressionError(
                f"no column {visible(name)}", got=str(expression), expected=f"one of {listed_names(types)}", fix=meant(name, types).rstrip("; ")
            )
    tree = tree_of(expression.sql)
    for node in tree.walk():
        _check_node(node, types, expression)
    found = infer(tree, types)
    if boolean and found not in (None, "boolean", "null", "other"):
        what = f"a condition is needed, this is of type {found}"
        raise ExpressionError(what, got=str(expression), expected="true or false", fix="compare it: x > 0")


def tree_of(sql: str) -> Node:
    """The tree of a canonical expression. Shared: copy it before changing it."""
    return TREES.of(sql)


def infer(node: Node, types: Types) -> TypeName | None:
    """The type an expression gives, None where it is not known for sure."""
    match node:
        case exp.Column():
            return types.get(node.name)
        case exp.Paren() | exp.Neg() | exp.Abs() | exp.Sum() | exp.Min() | exp.Max():
            return infer(node.this, types)
        case exp.Literal():
            return "string" if node.is_string else ("integer" if node.is_int else "float")
        case exp.Null():
            return None
        case exp.Cast():
            return _CAST.get(getattr(node.to.this, "name", ""))
        case exp.Boolean():
            return "boolean"
        case exp.Case() | exp.If() | exp.Coalesce() | exp.Greatest() | exp.Least() | exp.Nullif():
            return _one_of(node, types)
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Mod() | exp.IntDiv():
            return _arithmetic(infer(node.this, types), infer(node.expression, types))
    return "boolean" if isinstance(node, _BOOLEAN) else _GIVES.get(type(node).__name__)


def _one_of(node: Node, types: Types) -> TypeName | None:
    if isinstance(node, exp.Case):
        parts = [branch.args.get("true") for branch in node.args["ifs"]] + [node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args.get("true"), node.args.get("false")]
    else:
        parts = [node.this] if isinstance(node, exp.Nullif) else [node.this, *node.expressions]
    found = {infer(part, types) for part in parts if part is not None and not isinstance(part, exp.Null)}
    if found <= NUMERIC and found:
        return "float" if "float" in found else ("decimal" if "decimal" in found else "integer")
    return found.pop() if len(found) == 1 else None


def _arithmetic(left: TypeName | None, right: TypeName | None) -> TypeName | None:
    if left not in NUMERIC or right not in NUMERIC:
        return None
    return next((kind for kind in ("float", "decimal", "integer") if kind in (left, right)), None)


def _check_node(node: Node, types: Types, whole: Expression) -> None:
    if isinstance(node, _COMPARED):
        _comparable(node.this, node.expression, types, whole)
    elif isinstance(node, exp.Between):
        _comparable(node.this, node.args["low"], types, whole)
        _comparable(node.this, node.args["high"], types, whole)
    elif isinstance(node, exp.In):
        for value in node.expressions:
            _comparable(node.this, value, types, whole)
    elif isinstance(node, _TEXTUAL) and _is_bare(found := infer(node.this, types)):
        raise _misfit(f"{_shown(node.this)} is of type {found}, and {_operation(node)} needs text", whole, "cast(.. as varchar)")
    elif isinstance(node, _OF_NUMBERS):
        for side in filter(None, (node.this, node.args.get("expression"))):
            if infer(side, types) == "string" and not _number_text(side):
                raise _misfit(f"{_shown(side)} is text, and {_operation(node)} needs numbers", whole, "cast(.. as double)")
    elif isinstance(node, (exp.And, exp.Or, exp.Not)):
        for side in (node.this, node.args.get("expression")):
            if side is not None and (found := infer(side, types)) is not None and (found == "string" or found in TEMPORAL):
                raise _misfit(f"{_shown(side)} is of type {found}, and {_operation(node)} needs conditions", whole, "compare it with a value")


def _comparable(left: Node, right: Node, types: Types, whole: Expression) -> None:
    for one, other in ((left, right), (right, left)):
        kind, against = infer(one, types), infer(other, types)
        literal = isinstance(other, exp.Literal) and other.is_string
        if kind in NUMERIC and against == "string" and not _number_text(other):
            hint = "write a number" if literal else "cast(.. as double), or compare with text in quotes"
            raise _misfit(f"{_shown(one)} is a number and {_shown(other)} is text", whole, hint)
        if kind in ("date", "timestamp") and (against in NUMERIC or (literal and not _time_text(other))):
            hint = "write ISO text: '2026-01-31' or '2026-01-31 12:00:00'"
            raise _misfit(f"{_shown(one)} is of type {kind} and {_shown(other)} is not", whole, hint)
        if kind == "boolean" and literal and other.name.lower() not in ("true", "false", "t", "f", "1", "0"):
            raise _misfit(f"{_shown(one)} is a boolean and {_shown(other)} is text", whole, "write true or false")


def _number_text(node: Node) -> bool:
    if not (isinstance(node, exp.Literal) and node.is_string):
        return False
    try:
        float(node.name)
    except ValueError:
        return False
    return True


def _time_text(node: Node) -> bool:
    text = node.name.strip().lower()
    return text[:1].isdigit() or text in ("infinity", "-infinity", "epoch")


def _is_bare(found: TypeName | None) -> bool:
    return found in NUMERIC or found == "boolean" or (found is not None and found in TEMPORAL)


def _misfit(what: str, whole: Expression, fix: str) -> ExpressionError:
    return ExpressionError(f"types do not fit: {what}", got=str(whole), expected="operands of one type", fix=fix)


def _shown(node: Node) -> str:
    return node.sql(dialect="duckdb")


def _operation(node: Node) -> str:
    return {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "IntDiv": "//", "Mod": "%"}.get(type(node).__name__, type(node).__name__.lower())
