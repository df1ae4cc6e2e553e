"""The same expression over columns of other names."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mlgate.core.expression import Expression
from mlgate.expressions.types import tree_of


def renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    """With every column that `names` holds under its new name, all at once (two names may be swapped)."""
    tree = tree_of(expression.sql).copy()
    for column in list(tree.find_all(exp.Column)):
        if column.name in names:
            column.set("this", exp.to_identifier(names[column.name], quoted=True))
    columns = tuple(dict.fromkeys(names.get(name, name) for name in expression.columns))
    return Expression(tree.sql(dialect="duckdb", identify=True, comments=False, copy=False), columns)
