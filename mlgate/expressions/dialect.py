"""Expressions in the dialects of other engines; DuckDB's is the canonical one."""

from __future__ import annotations

from mlgate.core.expression import Expression
from mlgate.expressions.types import tree_of


def translate(expression: Expression, dialect: str) -> str:
    """The expression as SQL text in another dialect of sqlglot's (`spark`), names quoted. Raises `ValueError` for an unknown dialect."""
    return tree_of(expression.sql).sql(dialect=dialect, identify=True, comments=False)
