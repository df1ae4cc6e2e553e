"""Finds laws by name: the files beside this one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from mlgate.checks.skew._laws._law import Law
from mlgate.core.registry import the_class_of


@cache
def known() -> Mapping[str, type[Law]]:
    """All laws by name."""
    package = __name__.rpartition(".")[0]
    names = [one.name for one in pkgutil.iter_modules(importlib.import_module(package).__path__) if not one.name.startswith("_")]
    return {name: the_class_of(importlib.import_module(f"{package}.{name}")) for name in sorted(names)}


def read(written: Any) -> Law:
    """A law as it stands in a gate file: its name, or a mapping from its name to what follows. Raises `ValueError`."""
    if isinstance(written, Law):
        return written
    if isinstance(written, str):
        kind = _kind(written)
        if kind.takes_argument():
            raise ValueError(f"{written} needs an argument: write {{{written}: ..}}; it means: {kind.claim()}")
        return kind()
    if not (isinstance(written, Mapping) and len(written) == 1):
        raise ValueError(f"a law is a name, or a name with its argument ({{inverse: 'module:function'}}), got {written!r}")
    ((name, argument),) = written.items()
    kind = _kind(name)
    if not kind.takes_argument():
        raise ValueError(f"{name} takes no argument: write the name alone")
    return kind.model_validate({"argument": argument})


def _kind(name: Any) -> type[Law]:
    laws = known()
    if name not in laws:
        near = get_close_matches(str(name), laws, n=1)
        raise ValueError(f"unknown law {name!r}: {f'did you mean {near[0]!r}? ' if near else ''}laws are {', '.join(laws)}")
    return laws[name]


def defaults(*, fitted: bool) -> tuple[Law, ...]:
    """The laws that every sound preprocessing callable keeps; `fitted` adds the one about fitting."""
    return tuple(kind() for name, kind in known().items() if kind.by_default and (fitted or name != "fit_independent"))
