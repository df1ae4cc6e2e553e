"""scikit-learn estimators: a .skops file, or a pickle or joblib file whose digest a person has listed under `trust`."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold, checked, readable
from mlgate.adapters.models._skops_trust import refused
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.ports import Scorer

if TYPE_CHECKING:
    from mlgate.core.gate import Model

_PICKLES = frozenset({".pkl", ".pickle", ".joblib"})
_METHODS = ("predict_proba", "predict", "decision_function")


class SklearnModel:
    """Loads a scikit-learn estimator from `artifact` and asks it for predictions and scores.

    A .skops file is built from types of scikit-learn, numpy and scipy only; a file with other types, and every pickle or joblib file,
    loads only when its sha256 digest is listed under the model's `trust`.

    `predict_proba` (the default where the model has it) gives `score`, the probability of the second of two classes, or `score_<class>` of
    several; `decision_function` the same in its own unit; `predict` gives `prediction` alone. `prediction` is what the model's
    `predict` says, or `score >= threshold` where the gate file gives a threshold.
    """

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True for an artifact that ends in .skops, .pkl, .pickle or .joblib."""
        return model.artifact is not None and Path(model.artifact).suffix.lower() in _PICKLES | {".skops"}

    def open(self, model: Model) -> Scorer:
        """The estimator, ready to score. Raises `MeasurementError` (cause model): missing, not trusted, does not load."""
        path = Path(model.artifact or "")
        content = _bytes(path)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if path.suffix.lower() in _PICKLES and digest not in model.trust:
            raise MeasurementError(
                f"{path.name} is a pickle and loading a pickle runs the code in it; its digest {digest} is not listed under `trust`",
                cause="model",
                fix=f"save the model with skops.io.dump, or, if you know where the file comes from, add `trust: ['{digest}']` to the model",
            )
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            estimator = _load(path, content, trusted=digest in model.trust)
        versions = next((str(one.message) for one in caught if one.category.__name__ == "InconsistentVersionWarning"), "")
        return _Scorer(path.name, estimator, model, versions)

    def fingerprint(self, model: Model) -> str:
        """The first 16 hexadecimal digits of the file's sha256."""
        return self.digest(model)[:23]

    def digest(self, model: Model) -> str:
        """`sha256:...` over the bytes of the file."""
        return f"sha256:{hashlib.sha256(_bytes(Path(model.artifact or ''))).hexdigest()}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise MeasurementError(
            f"model file {path} {reason}",
            cause="model",
            fix="make the model first, or correct `artifact`; paths are relative to the gate file",
            missing=isinstance(error, FileNotFoundError),
        ) from error


def _load(path: Path, content: bytes, *, trusted: bool) -> Any:
    try:
        if path.suffix.lower() in _PICKLES:
            import joblib  # reads plain pickles too

            return joblib.load(io.BytesIO(content))
        import skops.io

        names = skops.io.get_untrusted_types(data=content)
        unknown = () if trusted else refused(names)
        if not unknown:
            return skops.io.loads(content, trusted=names)
    except ImportError as error:
        raise MeasurementError(
            f"cannot load {path.name}: {error}", cause="infrastructure", fix="pip install 'mlgate[sklearn]' and what the model itself imports"
        ) from error
    except Exception as error:  # a damaged or foreign file may raise anything
        raise MeasurementError(
            f"{path.name} does not load: {type(error).__name__}: {error}",
            cause="model",
            fix="is it a whole file, written by skops.io.dump or joblib.dump?",
        ) from error
    raise MeasurementError(
        f"{path.name} holds types that are not parts of scikit-learn, numpy or scipy: {', '.join(unknown)}",
        cause="model",
        fix=f"if you know them to be safe, add `trust: ['sha256:{hashlib.sha256(content).hexdigest()}']` to the model",
    )


class _Scorer:
    """A loaded estimator. `versions` is scikit-learn's own sentence where the file was written by another version of it."""

    def __init__(self, name: str, estimator: Any, model: Model, versions: str) -> None:
        self._name, self._estimator, self._model, self._versions = name, estimator, model, versions
        has = [word for word in _METHODS if hasattr(estimator, word)]
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
