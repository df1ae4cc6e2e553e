"""The callable under test: found by name, made if it is a class or a factory, fitted if it is an estimator."""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting


@dataclass(frozen=True)
class Target:
    """What is called with a batch: `call`. `thing` is what is pickled and deployed, `maker` gives a fresh estimator, `words` say what it is."""

    name: str
    sort: Literal["function", "estimator"]
    thing: Any
    call: Callable[[Any], Any]
    words: str
    maker: Callable[[], Any] | None = None

    @property
    def of_scikit_learn(self) -> bool:
        """Whether scikit-learn's own contract applies to it."""
        return any(one.__module__.split(".")[0] == "sklearn" for one in type(self.thing).__mro__)

    def fitted(self, rows: Any, label: Any) -> Target:
        """The same estimator, fitted on these rows. Raises `MeasurementError` for whatever goes wrong in `fit`."""
        assert self.maker is not None
        estimator = self.maker()
        try:
            made = estimator.fit(rows) if label is None else estimator.fit(rows, label)
        except BaseException as error:
            what = f"{self.name} cannot be fitted on {len(rows):,} rows: {type(error).__name__}: {quoting(error)}"
            raise MeasurementError(what, cause="configuration", fix="fit it by hand on these columns; `columns: [..]` chooses them") from error
        estimator = made if hasattr(made, "fit") else estimator
        return Target(self.name, "estimator", estimator, _method(self.name, estimator), self.words, self.maker)


def found(name: str) -> Target:
    """The callable of a name `package.module:attribute`. Raises `MeasurementError` that says which half is wrong."""
    thing = _attribute(name)
    if inspect.isclass(thing):
        if not hasattr(thing, "fit"):
            raise _unusable(name, "is a class without `fit`")
        return _estimator(name, lambda: _called(name, thing), _called(name, thing))
    if hasattr(thing, "fit") and (hasattr(thing, "transform") or hasattr(thing, "predict")):
        return _estimator(name, lambda: _clone(thing), thing)
    if not callable(thing):
        raise _unusable(name, f"is a {type(thing).__name__} and cannot be called")
    if _takes_nothing(thing):
        made = _called(name, thing)
        if hasattr(made, "fit"):
            return _estimator(name, lambda: _called(name, thing), made)
        if not callable(made):
            raise _unusable(name, f"takes no argument and gives a {type(made).__name__}")
        return Target(name, "function", made, made, f"what {name} gives")
    return Target(name, "function", thing, thing, f"the function {name}")


def _estimator(name: str, maker: Callable[[], Any], example: Any) -> Target:
    return Target(name, "estimator", example, _method(name, example), f"the estimator {name} ({type(example).__name__})", maker)


def _method(name: str, estimator: Any) -> Callable[[Any], Any]:
    for word in ("transform", "predict"):
        if callable(method := getattr(estimator, word, None)):
            found: Callable[[Any], Any] = method
            return found
    raise _unusable(name, f"gives a {type(estimator).__name__} with neither transform nor predict")


def _clone(estimator: Any) -> Any:
    try:
        from sklearn.base import clone
    except ImportError:
        return copy.deepcopy(estimator)
    try:
        return clone(estimator)
    except TypeError:  # no scikit-learn estimator
        return copy.deepcopy(estimator)


def _attribute(name: str) -> Any:
    module_name, _, attribute = name.partition(":")
    fix = "the name is package.module:function, importable from where pytest runs (rootdir, pythonpath or an installed package)"
    try:
        thing: Any = importlib.import_module(module_name)
    except BaseException as error:
        what = f"cannot import {module_name!r} of {name!r}: {type(error).__name__}: {quoting(error)}"
        raise MeasurementError(what, cause="configuration", fix=fix) from error
    for part in attribute.split("."):
        if not hasattr(thing, part):
            raise MeasurementError(f"{module_name!r} has no {attribute!r}", cause="configuration", fix=fix)
        thing = getattr(thing, part)
    return thing


def _called(name: str, maker: Callable[[], Any]) -> Any:
    try:
        return maker()
    except BaseException as error:
        what = f"{name}() raised {type(error).__name__}: {quoting(error)}"
        raise MeasurementError(what, cause="configuration", fix="a class or a factory is called without arguments; try that by hand") from error


def _takes_nothing(function: Any) -> bool:
    try:
        return not inspect.signature(function).parameters
    except (TypeError, ValueError):  # written in C
        return False


def _unusable(name: str, why: str) -> MeasurementError:
    fix = "name a function of one argument (rows in, features out), or an estimator, its class or a function without arguments that makes it"
    return MeasurementError(f"{name} {why}", cause="configuration", fix=fix)
