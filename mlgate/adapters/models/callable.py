"""A Python function as a model: a frame in, an array out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold, checked, readable
from mlgate.adapters.models._roles import by_role
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.ports import Scorer
from mlgate.core.registry import import_callable

if TYPE_CHECKING:
    from mlgate.core.gate import Model


class CallableModel:
    """A function of the project under test, `package.module:function`, or in a Python gate the function itself.

    It takes a pandas frame of `features` (default: all columns of the dataset) and returns one value a row: `prediction` under
    `method: predict` (the default), `score` under `predict_proba` and `decision_function`; of an (n, 2) array of probabilities the second
    column is the score. A mapping or a frame with columns `prediction`, `score` or `score_<class>` is taken by its names.
    `threshold` adds `prediction` as 1 where `score >= threshold`, else 0. The frame is the function's own: changing it changes nothing.
    """

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True where the gate file says `callable`."""
        return model.callable is not None

    def open(self, model: Model) -> Scorer:
        """Imports the function. Raises `MeasurementError` that says which half of the name is wrong."""
        target = model.callable
        function = import_callable(target) if isinstance(target, str) else target
        if not callable(function):
            raise MeasurementError(
                f"callable: {function!r} cannot be called", cause="configuration", fix="give a function or package.module:function"
            )
        return _Scorer(_name(target), function, model)

    def fingerprint(self, model: Model) -> str:
        """The function's name: what a function computes cannot be told from outside."""
        return _name(model.callable)


def _name(target: Any) -> str:
    if isinstance(target, str):
        return target
    named = target if hasattr(target, "__qualname__") else type(target)
    return f"{named.__module__}:{named.__qualname__}"


class _Scorer:
    def __init__(self, name: str, function: Callable[[Any], Any], model: Model) -> None:
        self._name, self._function, self._model = name, function, model

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The gate file's `features`, else every column."""
        return readable(self._name, self._model.features or available, available, declared=True)

    def score(self, frame: Any) -> Mapping[str, Any]:
        """What the function says about the rows. Raises `MeasurementError` (cause model) for whatever goes wrong in it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                returned = self._function(frame.copy())
        except Exception as error:  # the user's function may raise anything
            raise MeasurementError(
                f"{self._name} failed: {type(error).__name__}: {quoting(error)}", cause="model", fix="try the function on a few rows of its dataset"
            ) from error
        columns = checked(self._name, by_role(self._name, returned, self._model.method or "predict"), len(frame))
        if self._model.threshold is not None and "score" in columns:
            columns["prediction"] = at_threshold(columns["score"], self._model.threshold)
        return columns
