"""MLflow models, through pyfunc: one of a registry (`models:/name@alias`), or a folder with an MLmodel file."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold, checked, readable
from mlgate.adapters.models._estimator import EstimatorScorer
from mlgate.adapters.models._mlflow_signature import Signature
from mlgate.adapters.models._roles import by_role
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.ports import Scorer

if TYPE_CHECKING:
    from mlgate.core.gate import Model

_REMOTE = ("models:/", "runs:/")


class MlflowModel:
    """Loads an MLflow model by `models:/name@alias`, `models:/name/version`, `runs:/..` or a local folder, and asks it through pyfunc.

    The tracking server and the registry are those of MLflow's own environment variables (`MLFLOW_TRACKING_URI`, ...). An alias is looked up once,
    and the version it meant stands in the evidence. Loading a model runs the code in it, so whoever may write to that registry may run code here;
    `trust` locks a model to the digest of its files.

    Columns and types are those of the model's signature. `prediction` is what pyfunc says. Where the model inside is a classifier with
    `predict_proba` (scikit-learn, and XGBoost and LightGBM by their scikit-learn classes), `score` and `score_<class>` are its
    probabilities; else a model that returns columns `prediction`, `score` or `score_<class>` is taken by these names.
    """

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True for an artifact of a registry or a run, and for a folder (a path without a suffix, or its MLmodel file)."""
        if model.artifact is None:
            return False
        return model.artifact.startswith(_REMOTE) or not Path(model.artifact).suffix or (Path(model.artifact) / "MLmodel").is_file()

    def open(self, model: Model) -> Scorer:
        """The model, ready to score. Raises `MeasurementError`: missing, not trusted, does not load."""
        name, artifact = model.artifact or "", _pinned(model.artifact or "")
        with tempfile.TemporaryDirectory(prefix="mlgate-mlflow-") as scratch:
            folder = _downloaded(artifact, scratch) if artifact.startswith(_REMOTE) else _folder(artifact)
            _trusted(name, folder, model.trust)
            return _Scorer(name, _loaded(name, folder), model)

    def fingerprint(self, model: Model) -> str:
        """The version that the alias means, or of a folder the first 16 hexadecimal digits of the digest of its files."""
        artifact = _pinned(model.artifact or "")
        return artifact if artifact.startswith(_REMOTE) else digest_of(_folder(artifact))[: len("sha256:") + 16]


def digest_of(folder: Path) -> str:
    """`sha256:` and 64 digits over the names and bytes of all files of a model."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"


def _mlflow() -> Any:
    try:
        import mlflow.pyfunc
    except ImportError as error:
        raise MeasurementError(f"cannot load an MLflow model: {error}", cause="infrastructure", fix="pip install 'mlgate[mlflow]'") from error
    return mlflow


@contextmanager
def _quiet() -> Iterator[None]:
    """MLflow's advice about versions and type hints goes to a log that nobody reads here."""
    logger = logging.getLogger("mlflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _pinned(artifact: str) -> str:
    """`models:/name@alias` as `models:/name/version`, anything else as it is. Raises `MeasurementError`, marked as missing for no such alias."""
    name, at, alias = artifact.removeprefix("models:/").rpartition("@")
    if not artifact.startswith("models:/") or not at:
        return artifact
    mlflow = _mlflow()
    try:
        with _quiet():
            version = mlflow.MlflowClient().get_model_version_by_alias(name, alias).version
    except Exception as error:  # requests, MLflow and its stores raise what they like
        raise _unreachable(artifact, error) from error
    return f"models:/{name}/{version}"


def _downloaded(artifact: str, scratch: str) -> Path:
    mlflow = _mlflow()
    try:
        with _quiet():
            return Path(mlflow.artifacts.download_artifacts(artifact_uri=artifact, dst_path=scratch))
    except Exception as error:
        raise _unreachable(artifact, error) from error


def _unreachable(artifact: str, error: Exception) -> MeasurementError:
    code = getattr(error, "error_code", "")
    missing = code == "RESOURCE_DOES_NOT_EXIST" or (code == "INVALID_PARAMETER_VALUE" and "alias" in str(error).lower())
    first = str(error).split("\n", 1)[0]
    return MeasurementError(
        f"{artifact} cannot be had: {type(error).__name__}: {first}",
        cause="model" if missing else "infrastructure",
        fix="register the model, or correct its name and alias" if missing else "is MLFLOW_TRACKING_URI set, and does the server answer?",
        missing=missing,
    )


def _folder(artifact: str) -> Path:
    path = Path(artifact)
    folder = path.parent if path.name == "MLmodel" else path
    if not (folder / "MLmodel").is_file():
        there = folder.exists()
        raise MeasurementError(
            f"model folder {folder} {'holds no file MLmodel' if there else 'does not exist'}",
            cause="model",
            fix="make the model first (mlflow.<flavour>.save_model), or correct `artifact`; paths are relative to the gate file",
            missing=not there,
        )
    return folder


def _trusted(name: str, folder: Path, trust: Sequence[str]) -> None:
    if trust and (digest := digest_of(folder)) not in trust:
        raise MeasurementError(
            f"{name} has the digest {digest}, which is not listed under `trust`",
            cause="model",
            fix=f"if you know where it comes from, add `trust: ['{digest}']` to the model",
        )


def _loaded(name: str, folder: Path) -> Any:
    mlflow = _mlflow()
    try:
        with _quiet():
            return mlflow.pyfunc.load_model(str(folder))
    except Exception as error:  # a model's own code may raise anything
        raise MeasurementError(
            f"{name} does not load: {type(error).__name__}: {str(error).split(chr(10), 1)[0]}",
            cause="infrastructure" if isinstance(error, ImportError) else "model",
            fix="install what its requirements.txt lists" if isinstance(error, ImportError) else "has it a python_function flavour?",
        ) from error


class _Scorer:
    """A pyfunc model; `inside` asks the classifier in it for probabilities, where there is one."""

    def __init__(self, name: str, loaded: Any, model: Model) -> None:
        self._name, self._loaded, self._model = name, loaded, model
        self._signature = Signature(name, loaded.metadata.get_input_schema(), model.features)
        raw = _raw(loaded)
        self._raw_names = getattr(raw, "feature_names_in_", None)
        scores = model.method != "predict" and (hasattr(raw, "predict_proba") or model.method == "decision_function")
        self._inside = EstimatorScorer(name, raw, model, "") if scores else None

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The gate file's `features`, else the columns of the signature, else the names the model was fitted with."""
        if (names := self._signature.columns(available)) is not None:
            return names
        if self._raw_names is None:
            raise MeasurementError(
                f"{self._name} does not say which columns it reads: it was logged without a signature",
                cause="model",
                fix="log it with a signature (`input_example=`), or add `features: [..]` to the model",
            )
        return readable(self._name, [str(name) for name in self._raw_names], available, declared=False)

    def score(self, frame: Any) -> Mapping[str, Any]:
        """Predictions for the rows of a pandas frame. Raises `MeasurementError` for whatever goes wrong in the model."""
        rows = self._signature.typed(frame)
        scores = self._inside.score(rows) if self._inside is not None else {}
        if "prediction" in scores and (self._model.threshold is not None or self._of_probabilities):
            return scores
        columns = checked(self._name, by_role(self._name, _one_column(self._asked(rows)), self._model.method), len(frame))
        if self._model.threshold is not None and "score" in columns:
            columns["prediction"] = at_threshold(columns["score"], self._model.threshold)
        return {**scores, **columns}

    @property
    def _of_probabilities(self) -> bool:
        """Whether the model was logged to answer with something else than its predictions."""
        return str(self._loaded.metadata.flavors.get("python_function", {}).get("predict_fn", "predict")) != "predict"

    def _asked(self, rows: Any) -> Any:
        try:
            with _quiet():
                return self._loaded.predict(rows)
        except Exception as error:  # the model's own code may raise anything
            raise MeasurementError(
                f"{self._name} failed: {type(error).__name__}: {quoting(str(error).split(chr(10), 1)[0])}",
                cause="model",
                fix="try the model on a few rows of its dataset",
            ) from error


def _raw(loaded: Any) -> Any:
    """The model inside, None where its flavour does not give it out."""
    try:
        return loaded.get_raw_model()
    except (AttributeError, NotImplementedError):
        return None


def _one_column(returned: Any) -> Any:
    """A frame of one column whatever its name, as its values."""
    if getattr(returned, "ndim", 0) == 2 and hasattr(returned, "columns") and len(returned.columns) == 1:
        (name,) = returned.columns
        return {name: returned[name]} if str(name).startswith(("prediction", "score")) else returned[name]
    return returned
