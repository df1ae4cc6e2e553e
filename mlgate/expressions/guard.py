"""Users' SQL expressions, let through an allow-list before anything runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mlgate.core.expression import Expression
from mlgate.expressions.allowed import AGGREGATE_NODES, AGGREGATES, FUNCTIONS, NEAR_AGGREGATES, NODES, TYPES
from mlgate.expressions.trees import TREES

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node

LONGEST = 2_000  # characters
LARGEST = 200  # nodes of the tree
_SHOWN = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXPECTED = "one SQL condition over columns: operators, and, or, not, in, between, is null, like, case, cast, and the functions of docs/reference.md"
_EXPECTED_AGGREGATE = "one SQL number over all rows: sum(price * quantity) / count(*), with " + ", ".join(sorted(AGGREGATES))
_SPLIT = "split it into several checks"
_REFUSED = {
    "Subquery": "a sub-query",
    "Select": "a query",
    "Exists": "a sub-query",
    "Union": "a query",
    "Table": "a table",
    "Window": "a window function",
    "Lambda": "a lambda",
    "Placeholder": "a parameter",
    "Parameter": "a parameter",
    "PositionalColumn": "a column by position",
    "SessionParameter": "a parameter",
    "Star": "a star",
    "Alias": "an alias",
    "Tuple": "a tuple",
    "Array": "a list",
    "Struct": "a struct",
    "Bracket": "an element access",
    "Dot": "a qualified name",
    "PropertyEQ": "an assignment",
    "Command": "a statement",
    "Collate": "a collation",
    "AtTimeZone": "a time zone",
}


class ExpressionError(ValueError):
    """An expression that is refused: what, got, expected, fix."""

    def __init__(self, what: str, *, got: str, expected: str = _EXPECTED, fix: str = "") -> None:
        self.what, self.got, self.expected, self.fix = what, got, expected, fix
        rows = [what, f"  got:      {got}", f"  expected: {expected}"] + ([f"  fix:      {fix}"] if fix else [])
        super().__init__("\n".join(rows))


def functions() -> tuple[str, ...]:
    """The functions an expression may call, in alphabetical order."""
    return tuple(sorted(FUNCTIONS))


def parse(text: str) -> Expression:
    """One scalar SQL expression in DuckDB's dialect, canonical: names quoted, comments gone.

    Raises `ExpressionError` for more than 2,000 characters or 200 nodes, for what cannot be parsed, and for everything that is not
    allow-listed: sub-queries, statements, table and file functions, parameters, aggregates, windows, lambdas, unknown functions.
    """
    return _expression(text, _allow)


def parse_aggregate(text: str) -> Expression:
    """One SQL expression that gives one number for all rows, as strict and as canonical as `parse`.

    Every column stands inside exactly one of the aggregates avg, count, max, median, min, quantile_cont, stddev, sum; `count(*)` and
    `count(distinct x)` are the only stars and distincts. Raises `ExpressionError` for anything else.
    """
    return _expression(text, _allow_aggregated)


def _expression(text: str, allow: Callable[[Node, str], None]) -> Expression:
    if len(text) > LONGEST:
        raise ExpressionError("expression is too long", got=f"{len(text):,} characters", expected=f"at most {LONGEST:,}", fix=_SPLIT)
    if control := _CONTROL.search(text):
        raise ExpressionError(f"a control character is not allowed (character {control.start() + 1})", got=repr(_short(text)))
    try:
        tree = _tree(text)
        nodes = list(tree.walk(bfs=False))
        if len(nodes) > LARGEST:
            got = f"{len(nodes)} operators, names and values"
            raise ExpressionError("expression is too large", got=got, expected=f"at most {LARGEST}", fix=_SPLIT)
        for node in nodes:
            allow(node, text)
            node.comments = None
            if isinstance(node, exp.Identifier):
                node.set("quoted", True)
        if allow is _allow_aggregated and not any(type(node) in AGGREGATE_NODES for node in nodes):
            raise ExpressionError("the expression has no aggregate", got=_short(text), expected=_EXPECTED_AGGREGATE)
        columns = tuple(dict.fromkeys(node.name for node in sorted(tree.find_all(exp.Column), key=_place)))
        sql = tree.sql(dialect="duckdb", identify=True)
        TREES.keep(sql, tree)
        return Expression(sql, columns)
    except RecursionError:
        raise ExpressionError("expression is nested too deeply", got=_short(text), fix=_SPLIT) from None


def _tree(text: str) -> Node:
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except SqlglotError as error:
        raise ExpressionError(_syntax(error), got=_short(text)) from None
    found = [tree for tree in trees if tree is not None]
    if not found:
        raise ExpressionError("expression is empty", got=repr(_short(text)))
    if len(trees) > 1 or ";" in _without_literals(text):
        fix = "write one condition; a second one is a check of its own"
        raise ExpressionError(f"a semicolon is not allowed{_where(text, ';')}", got=_short(text), fix=fix)
    return found[0]


def _syntax(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if details:
        first = details[0]
        near = f" near {first['highlight']!r}" if first.get("highlight") else ""
        return f"not an SQL expression: {str(first.get('description', '')).rstrip('.').lower()}{near} (character {first.get('col')})"
    return "not an SQL expression: a quote or comment is not closed"


def _allow(node: Node, text: str) -> None:
    if missing := node.error_messages():  # `@`, DuckDB's sign for abs, is parsed without an operand
        raise ExpressionError(f"not an SQL expression: {missing[0].lower()}", got=_short(text))
    if type(node) not in NODES:
        raise _refusal(node, text)
    if isinstance(node, exp.Column) and (node.table or not isinstance(node.this, exp.Identifier)):
        raise ExpressionError(
            f"a qualified name is not allowed: {node.sql(dialect='duckdb')}{_where(text, node.table)}",
            got=_short(text),
            expected="a column name, bare or in double quotes",
            fix=f'write {node.name}, or "{node.sql(dialect="duckdb")}" if the name has a dot in it',
        )
    if isinstance(node, exp.In) and node.args.get("query"):
        raise _refusal(node.args["query"], text)
    if isinstance(node, exp.In) and any(node.args.get(part) for part in ("unnest", "field")):
        raise ExpressionError(f"`in` needs a list of values in parentheses{_where(text, 'in')}", got=_short(text))
    if isinstance(node, exp.In) and not node.expressions:
        raise ExpressionError(f"`in` needs at least one value{_where(text, 'in')}", got=_short(text))
    if isinstance(node, exp.Is) and type(node.expression) not in (exp.Null, exp.Boolean):
        raise ExpressionError(f"`is` goes with null, true and false{_where(text, ' is ')}", got=_short(text), fix="compare with =, or use isnan(x)")
    if isinstance(node, exp.DataType) and (node.this not in TYPES or node.args.get("nested")):
        raise ExpressionError(
            f"a cast to {node.sql(dialect='duckdb')} is not allowed",
            got=_short(text),
            expected="a cast to boolean, an integer type, float, double, decimal, varchar, date, time or timestamp",
        )


def _allow_aggregated(node: Node, text: str) -> None:
    if type(node) in AGGREGATE_NODES:
        _allow_aggregate(node, text)
    elif isinstance(node, (exp.Star, exp.Distinct)) and isinstance(node.parent, exp.Count):
        if len(node.expressions) > 1:
            raise _misuse("count(distinct ..) takes one value", text, "distinct")
    elif isinstance(node, (exp.AggFunc, exp.Anonymous, exp.AnonymousAggFunc)):
        name = _function_name(node)
        near = NEAR_AGGREGATES.get(name, "")
        raise _misuse(f"function {name}() is not allowed", text, name, f"write {near}()" if near else "")
    else:
        _allow(node, text)
        if isinstance(node, exp.Column) and not node.find_ancestor(*AGGREGATE_NODES):
            raise _misuse(f"column {node.name} stands outside of an aggregate", text, node.name, f"which value of the rows? max({node.name}), say")


def _allow_aggregate(node: Node, text: str) -> None:
    name = _function_name(node)
    if node.find_ancestor(*AGGREGATE_NODES):
        raise _misuse("an aggregate inside an aggregate is not allowed", text, name)
    given = {key for key, value in node.args.items() if isinstance(value, exp.Expression) or (isinstance(value, list) and value)}
    if isinstance(node, exp.PercentileCont):
        share = node.expression
        if given != {"this", "expression"} or not (isinstance(share, exp.Literal) and not share.is_string and float(share.name) <= 1):
            raise _misuse("quantile_cont takes a value and a share in [0, 1]", text, name, "quantile_cont(price, 0.9)")
    elif isinstance(node, exp.Corr):
        if given != {"this", "expression"}:
            raise _misuse("corr takes two values", text, name, "corr(distance, air_time)")
    elif given != {"this"}:
        raise _misuse(f"{name}() takes one value", text, name)


def _misuse(what: str, text: str, part: str, fix: str = "") -> ExpressionError:
    return ExpressionError(f"{what}{_where(text, part)}", got=_short(text), expected=_EXPECTED_AGGREGATE, fix=fix)


def _refusal(node: Node, text: str) -> ExpressionError:
    kind = type(node).__name__
    if isinstance(node, exp.AggFunc):
        name = _function_name(node)
        return ExpressionError(
            f"{name}() is an aggregate, and an expression sees one row at a time{_where(text, name)}",
            got=_short(text),
            fix="state a number over all rows with kind `columns`, `rows` or `aggregate`",
        )
    if kind in _REFUSED:
        return ExpressionError(f"{_REFUSED[kind]} is not allowed: {_short(node.sql(dialect='duckdb'))}", got=_short(text))
    if isinstance(node, exp.Func):
        name = _function_name(node)
        near = get_close_matches(name, FUNCTIONS, n=1)
        return ExpressionError(
            f"function {name}() is not allowed{_where(text, name)}",
            got=_short(text),
            expected=f"one of {', '.join(functions())}",
            fix=f"did you mean {near[0]}()?" if near else "compute it into a column before the data is checked",
        )
    return ExpressionError(f"{_words(kind)} is not allowed: {_short(node.sql(dialect='duckdb'))}", got=_short(text))


def _function_name(node: Node) -> str:
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        return node.name.lower()
    return str(getattr(node, "sql_name", lambda: type(node).__name__)()).lower()


def _words(kind: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()


def _place(column: Node) -> int:
    return int(column.this.meta.get("start", 0))


def _where(text: str, part: str) -> str:
    at = text.lower().find(part.lower()) if part else -1
    return f" (character {at + 1})" if at >= 0 else ""


def _without_literals(text: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
