"""Finds kinds, metrics, distances, engines, sources, models, probes and corrupters by name: a file of ours, or an entry point of a third party.

A file's name is the registered name; nothing is listed anywhere. Modules are imported when first asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from mlgate.core.errors import MeasurementError, PluginError
from mlgate.core.marked import quoting

if TYPE_CHECKING:
    from mlgate.core.expression import Expression

Group = Literal["checks", "metrics", "distances", "engines", "sources", "models", "probes", "corrupters"]
_PACKAGES: Mapping[Group, str] = {
    "checks": "mlgate.checks",
    "metrics": "mlgate.metrics",
    "distances": "mlgate.distances",
    "engines": "mlgate.adapters.engines",
    "sources": "mlgate.adapters.sources",
    "models": "mlgate.adapters.models",
    "probes": "mlgate.adapters.probes",
    "corrupters": "mlgate.corrupters",
}


@dataclass(frozen=True)
class Entry:
    """One registered name and where it lives (`module:attribute`; an empty attribute means: the class the module defines)."""

    name: str
    target: str
    distribution: str = "mlgate"

    def load(self) -> Any:
        """The class (or function) behind the name. Raises `PluginError`."""
        module_name, _, attribute = self.target.partition(":")
        try:
            module = importlib.import_module(module_name)
        except Exception as error:  # a third party's module may raise anything on import
            raise PluginError(f"{self.distribution}: cannot import {module_name} for {self.name!r}: {type(error).__name__}: {error}") from error
        if attribute:
            found = getattr(module, attribute, None)
            if found is None:
                raise PluginError(f"{self.distribution}: {module_name} has no {attribute!r} (entry point {self.name!r})")
            return found
        return the_class_of(module)


def the_class_of(module: Any) -> type:
    """The one public class a module defines (its name without a leading underscore); the last one where helpers stand before it."""
    own = [
        value for name, value in vars(module).items() if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    if not own:
        raise PluginError(f"{module.__name__} defines no public class")
    return own[-1]


def _files(package: str) -> Iterator[tuple[str, str]]:
    if find_spec(package) is None:
        return
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if info.name.startswith("_"):
            continue
        if info.ispkg:
            yield from _files(f"{package}.{info.name}")
        else:
            yield info.name, f"{package}.{info.name}"


@cache
def entries(group: Group) -> Mapping[str, Entry]:
    """All registered names of a group: our files first, then entry points. A third party cannot replace one of ours."""
    found = {name: Entry(name, module) for name, module in _files(_PACKAGES[group])}
    for point in metadata.entry_points(group=f"mlgate.{group}"):
        owner = point.dist.name if point.dist else "?"
        if point.name in found:
            raise PluginError(f"{owner}: {group} name {point.name!r} is taken by {found[point.name].distribution}")
        found[point.name] = Entry(point.name, point.value, owner)
    return dict(sorted(found.items()))


@cache
def load(group: Group, name: str) -> Any:
    """The class registered under a name. Raises `KeyError` where there is none, `PluginError` where it does not load."""
    return entries(group)[name].load()


def expression_parser(*, aggregate: bool = False) -> Callable[[str], Expression]:
    """The guard for users' expressions, over one row or over all rows. Asked for by name, because core stands below it."""
    guard = importlib.import_module("mlgate.expressions.guard")
    parse: Callable[[str], Expression] = guard.parse_aggregate if aggregate else guard.parse
    return parse


def import_callable(target: str) -> Callable[..., Any]:
    """A user's `package.module:function`, imported from the project under test; it runs with that project's trust.

    Raises `MeasurementError` (cause configuration) that says which half is wrong.
    """
    module_name, _, attribute = target.partition(":")
    fix = "the name is package.module:function, importable from where pytest runs (rootdir, pythonpath or an installed package)"
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # the user's module may raise anything on import
        raise MeasurementError(
            f"cannot import {module_name!r} of {target!r}: {type(error).__name__}: {quoting(error)}", cause="configuration", fix=fix
        ) from error
    found = getattr(module, attribute, None)
    if not callable(found):
        raise MeasurementError(f"{module_name!r} has no callable {attribute!r}", cause="configuration", fix=fix)
    function: Callable[..., Any] = found
    return function
