"""Which columns a key of `columns` or `types` stands for: one by name, those a shell pattern matches, those of a type, or all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from typing import Literal

from mlgate.checks.data._schema_difference import TypeWord, fits
from mlgate.core.table_schema import Column

ALL = "all"
_LITERAL = re.compile(r"\[([^!\]]|\])\]")  # `[*]`: a class of one character is that character
_WILD = re.compile(r"[*?\[]")
Sort = Literal["column", "pattern", "type", "number", "all"]
_ORDER: Mapping[Sort, int] = {"column": 0, "pattern": 1, "type": 2, "number": 3, "all": 4}  # an earlier one overrides a later one


@dataclass(frozen=True)
class Selector:
    """One key as written, of `columns` (or `but`), or a type word of `types`."""

    key: str
    of_type: TypeWord | None = None

    @cached_property
    def sort(self) -> Sort:
        if self.of_type is not None:
            return "number" if self.of_type == "number" else "type"
        if self.key == ALL:
            return "all"
        return "pattern" if self.literal is None else "column"

    @cached_property
    def literal(self) -> str | None:
        """The column named, None where several are meant: `a[*]` names the column `a*`, `[a]ll` the column `all`."""
        if self.of_type is not None or self.key == ALL or _WILD.search(_LITERAL.sub("", self.key)):
            return None
        return _LITERAL.sub(r"\1", self.key)

    @cached_property
    def part(self) -> str:
        """How items are called after it."""
        return f"types.{self.of_type}" if self.of_type is not None else self.literal or self.key

    @cached_property
    def words(self) -> str:
        """How messages call it."""
        return f"types.{self.of_type}" if self.of_type is not None else repr(self.key)

    @cached_property
    def is_default(self) -> bool:
        """A default leaves out the columns whose type does not allow what it states; a pattern means every column it matches."""
        return self.sort in ("type", "number", "all")

    @cached_property
    def reaches_fields(self) -> bool:
        """Fields of structs are no columns: only a name or a pattern with a dot means them."""
        return self.sort in ("column", "pattern") and "." in self.key

    def overrides(self, other: Selector) -> bool:
        """Whether what it states about a column replaces what the other states."""
        return _ORDER[self.sort] < _ORDER[other.sort]

    def matches(self, column: Column) -> bool:
        if self.of_type is not None:
            return fits(self.of_type, column.type)
        return self.sort == "all" or self._pattern.match(column.name) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(translate(self.key))  # case counts, as everywhere in a gate file


def spelled(name: str) -> str:
    """The key that names a column, whatever characters its name has."""
    return "[a]ll" if name == ALL else re.sub(r"[*?\[]", r"[\g<0>]", name)


@dataclass(frozen=True)
class Chosen:
    """The columns that one property of a key is judged on, and those that it is not, with the reason."""

    columns: tuple[Column, ...]
    overridden: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Rivals:
    """All keys of a check with the properties they state, and the keys of `but`."""

    stated: tuple[tuple[Selector, frozenset[str]], ...]
    but: tuple[Selector, ...] = ()

    def chosen(self, selector: Selector, word: str, columns: Sequence[Column]) -> Chosen:
        """The columns that `selector` judges `word` of: those it matches but `but` does not, and no more special key states it of."""
        above = [other for other, words in self.stated if word in words and other.overrides(selector)]
        named = {other.literal for other in above if other.literal is not None}
        wider = [other for other in above if other.literal is None]
        kept: list[Column] = []
        overridden: list[str] = []
        left_out: list[str] = []
        for column in self._matched(selector, columns):
            if any(other.matches(column) for other in self.but):
                left_out.append(column.name)
            elif column.name in named or any(other.matches(column) for other in wider):
                overridden.append(column.name)
            else:
                kept.append(column)
        return Chosen(tuple(kept), tuple(overridden), tuple(left_out))

    def _matched(self, selector: Selector, columns: Sequence[Column]) -> Iterator[Column]:
        return (column for column in columns if selector.matches(column))
