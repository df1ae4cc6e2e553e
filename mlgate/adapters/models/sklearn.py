"""scikit-learn estimators: a .skops file, or a pickle or joblib file whose digest a person has listed under `trust`."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._estimator import EstimatorScorer
from mlgate.adapters.models._files import model_bytes, short_digest
from mlgate.adapters.models._skops_trust import refused
from mlgate.core.errors import MeasurementError
from mlgate.core.ports import Scorer

if TYPE_CHECKING:
    from mlgate.core.gate import Model

_PICKLES = frozenset({".pkl", ".pickle", ".joblib"})


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
        content = model_bytes(path)
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
        return EstimatorScorer(path.name, estimator, model, versions)

    def fingerprint(self, model: Model) -> str:
        """The first 16 hexadecimal digits of the file's sha256."""
        return short_digest(model_bytes(Path(model.artifact or "")))


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
