"""The trees of expressions that were read, so that none is parsed twice: it is read by the guard, for its types, and for its SQL."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import sqlglot

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node


class Trees:
    """The trees of the last `most` canonical expressions, which is above the rules of the largest gate files. Copy one to change it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Node] = OrderedDict()

    def keep(self, sql: str, tree: Node) -> None:
        """Remembers the tree that `sql` was written from."""
        self._kept[sql] = tree
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def of(self, sql: str) -> Node:
        """The tree of a canonical expression, parsed where it is not remembered."""
        if sql not in self._kept:
            self.keep(sql, sqlglot.parse_one(sql, read="duckdb"))
        return self._kept[sql]


TREES = Trees(20_000)
