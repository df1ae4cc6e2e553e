"""An estimator with scikit-learn's methods, asked for predictions and scores."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold, checked, readable
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting

if TYPE_CHECKING:
    from mlgate.core.gate import Model

METHODS = ("predict_proba", "predict", "decision_function")


class EstimatorScorer:
    """A loaded estimator, ready to score. `versions` is scikit-learn's own sentence where the file was written by another version of it."""

    def __init__(self, name: str, estimator: Any, model: Model, versions: str) -> None:
        self._name, self._estimator, self._model, self._versions = name, estimator, model, versions
        has = [word for word in METHODS if hasattr(estimator, word)]
        if "predict" not in has:
            raise MeasurementError(
                f"{name} holds a {type(estimator).__name__}, which predicts nothing", cause="model", fix="save the whole estimator"
            )
        self._method = model.method or has[0]
        if self._method not in has:
            raise MeasurementError(
                f"{name} ({type(estimator).__name__}) has no {self._method}", cause="configuration", fix=f"method: one of {', '.join(has)}"
            )

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The gate file's `features`, else the names the estimator was fitted with."""
        if self._model.features:
            return readable(self._name, self._model.features, available, declared=True)
        names = getattr(self._estimator, "feature_names_in_", None)
        if names is None:
            raise MeasurementError(
                f"{self._name} does not say which columns it reads: it was fitted without column names",
                cause="model",
                fix="add `features: [...]` to the model, in the order it was fitted with",
            )
        return readable(self._name, [str(name) for name in names], available, declared=False)

    def score(self, frame: Any) -> Mapping[str, Any]:
        """Predictions for the rows of a pandas frame. Raises `MeasurementError` (cause model) for whatever goes wrong in the estimator."""
        # Fitted without names: an array spares the warning that names were not known at fit.
        rows = frame if hasattr(self._estimator, "feature_names_in_") else frame.to_numpy()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                columns = self._columns(rows)
        except MeasurementError:
            raise
        except Exception as error:  # the model's own code may raise anything
            raise MeasurementError(
                f"{self._name} failed in {self._method}: {type(error).__name__}: {quoting(error)}",
                cause="model",
                fix=self._versions or "try the model on a few rows of its dataset",
            ) from error
        return checked(self._name, columns, len(frame))

    def _columns(self, rows: Any) -> dict[str, Any]:
        if self._method == "predict":
            return {"prediction": self._estimator.predict(rows)}
        scores = getattr(self._estimator, self._method)(rows)
        classes = list(getattr(self._estimator, "classes_", ()))
        if isinstance(scores, list) or len(classes) < 2:
            raise MeasurementError(
                f"{self._name} is not a classifier of one label with two or more classes", cause="model", fix="use `method: predict`"
            )
        threshold = self._model.threshold
        if len(classes) > 2:
            if threshold is not None:
                raise MeasurementError(f"threshold: {self._name} has {len(classes)} classes, not two", cause="configuration", fix="leave it out")
            by_class = {f"score_{name}": scores[:, place] for place, name in enumerate(classes)}
            return {**by_class, "prediction": self._estimator.predict(rows)}
        score = scores[:, 1] if scores.ndim == 2 else scores
        decided = self._estimator.predict(rows) if threshold is None else at_threshold(score, threshold, classes)
        # both classes by name, so that `positive: <the first class>` finds a score that points its way
        other = scores[:, 0] if scores.ndim == 2 else -scores
        return {f"score_{classes[0]}": other, f"score_{classes[1]}": score, "score": score, "prediction": decided}
