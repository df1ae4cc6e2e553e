"""MLflow models through pyfunc, from a folder and from a registry, and behind MLflow's own scoring server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from endpoints import free_port
from sklearn.linear_model import LinearRegression, LogisticRegression

from mlgate.adapters.models.mlflow import MlflowModel, digest_of
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.ports import Scorer
from mlgate.core.registry import load as load_registered
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1", "MLFLOW_ALLOW_FILE_STORE": "true"}
REQUIREMENTS = ["scikit-learn"]  # else MLflow starts a process that finds out
os.environ.update(ENVIRONMENT)  # read when MLflow is imported
with pytest.MonkeyPatch.context() as patched:
    patched.setattr("warnings.warn", lambda *_, **__: None)  # MLflow warns about its own imports
    mlflow = pytest.importorskip("mlflow", reason="pip install 'mlgate[mlflow]'")
pytestmark = pytest.mark.filterwarnings("ignore")  # of MLflow and what it brings, while models are written

ROWS = pd.DataFrame({"a": np.linspace(-2, 2, 60), "b": np.tile([0, 1, 2], 20)})
YES = (ROWS.a + 0.3 * ROWS.b > 0.2).astype(int)


def saved(folder: Path, estimator: Any, *, signature: bool = True, name: str = "model", pyfunc: str = "predict", **options: Any) -> Model:
    import mlflow.sklearn

    known = mlflow.models.infer_signature(ROWS, estimator.predict(ROWS)) if signature else None
    mlflow.sklearn.save_model(estimator, folder / name, signature=known, pyfunc_predict_fn=pyfunc, pip_requirements=REQUIREMENTS)
    return Model(artifact=str(folder / name), dataset="holdout", **options)


def scored(model: Model, frame: pd.DataFrame = ROWS) -> Any:
    scorer = MlflowModel().open(model)
    assert isinstance(scorer, Scorer)
    return scorer.score(frame[list(scorer.features(list(frame)))])


def error_of(model: Model, frame: pd.DataFrame = ROWS) -> MeasurementError:
    with pytest.raises(MeasurementError) as caught:
        scored(model, frame)
    return caught.value


@pytest.fixture(scope="module")
def classifier() -> Any:
    return LogisticRegression().fit(ROWS, YES)


@pytest.fixture
def registry(tmp_path, monkeypatch, classifier) -> Iterator[Any]:
    """A registry in a folder, with two versions of `delay`, of which the first is `champion`."""
    import mlflow.sklearn

    before = mlflow.get_tracking_uri()
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    signature = mlflow.models.infer_signature(ROWS, classifier.predict(ROWS))
    for _ in range(2):
        with mlflow.start_run():
            mlflow.sklearn.log_model(classifier, name="model", signature=signature, registered_model_name="delay", pip_requirements=REQUIREMENTS)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("delay", "champion", "1")
    yield client
    mlflow.set_tracking_uri(before)


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load_registered("models", "mlflow") is MlflowModel


@pytest.mark.parametrize(
    ("artifact", "accepted"), [("models:/m@champion", True), ("runs:/1/model", True), ("folder/model", True), ("m.skops", False), ("m.onnx", False)]
)
def test_names_of_a_registry_and_folders_are_for_mlflow(artifact, accepted):
    assert MlflowModel().accepts(Model(artifact=artifact, dataset="d")) is accepted


def test_a_classifier_gives_predictions_and_probabilities(tmp_path, classifier):
    found = scored(saved(tmp_path, classifier))
    np.testing.assert_array_equal(found["score"], classifier.predict_proba(ROWS)[:, 1])
    np.testing.assert_array_equal(found["prediction"], classifier.predict(ROWS))
    assert set(scored(saved(tmp_path, classifier, name="labels", method="predict"))) == {"prediction"}


def test_a_model_logged_to_answer_probabilities_still_predicts(tmp_path, classifier):
    found = scored(saved(tmp_path, classifier, pyfunc="predict_proba"))
    np.testing.assert_array_equal(found["score"], classifier.predict_proba(ROWS)[:, 1])
    np.testing.assert_array_equal(found["prediction"], classifier.predict(ROWS))


def test_a_threshold_decides(tmp_path, classifier):
    found = scored(saved(tmp_path, classifier, threshold=0.8))
    np.testing.assert_array_equal(found["prediction"], (classifier.predict_proba(ROWS)[:, 1] >= 0.8).astype(int))


def test_a_regression_predicts(tmp_path):
    estimator = LinearRegression().fit(ROWS, ROWS.a * 2)
    found = scored(saved(tmp_path, estimator))
    assert set(found) == {"prediction"}
    np.testing.assert_array_equal(found["prediction"], estimator.predict(ROWS))


def test_columns_and_types_are_those_of_the_signature(tmp_path, classifier):
    model = saved(tmp_path, classifier)
    frame = pd.DataFrame({"b": ROWS.b.astype("float64"), "more": "x", "a": ROWS.a})
    assert MlflowModel().open(model).features(list(frame)) == ("a", "b")
    np.testing.assert_array_equal(scored(model, frame)["score"], classifier.predict_proba(ROWS)[:, 1])
    np.testing.assert_array_equal(scored(model, ROWS.assign(b=ROWS.b.astype("int32")))["score"], classifier.predict_proba(ROWS)[:, 1])
    assert "reads columns that its dataset does not have: b" in error_of(model, frame.drop(columns="b")).what
    assert "column 'b' is null in 1 rows" in error_of(model, ROWS.assign(b=[np.nan, *ROWS.b[1:]])).what
    assert "signature of" in error_of(model, ROWS.assign(a="x")).what


def test_without_a_signature_the_estimators_own_names_count(tmp_path, classifier):
    np.testing.assert_array_equal(scored(saved(tmp_path, classifier, signature=False))["score"], classifier.predict_proba(ROWS)[:, 1])
    nameless = LogisticRegression().fit(ROWS.to_numpy(), YES)
    assert "without a signature" in error_of(saved(tmp_path, nameless, signature=False, name="nameless")).what


def test_a_python_model_is_taken_by_the_names_of_its_columns(tmp_path):
    import mlflow.pyfunc

    class Half(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):  # MLflow reads type hints as a schema
            return pd.DataFrame({"prediction": [1] * len(model_input), "score": model_input["a"].to_numpy() / 2})

    mlflow.pyfunc.save_model(tmp_path / "half", python_model=Half(), pip_requirements=REQUIREMENTS)
    found = scored(Model(artifact=str(tmp_path / "half"), dataset="d", features=("a",)))
    np.testing.assert_array_equal(found["score"], ROWS.a / 2)


def test_a_folder_that_is_gone_or_no_model_is_an_error(tmp_path):
    gone = error_of(Model(artifact=str(tmp_path / "gone"), dataset="d"))
    assert (gone.cause, gone.missing) == ("model", True)
    assert "holds no file MLmodel" in error_of(Model(artifact=str(tmp_path), dataset="d")).what


def test_trust_locks_a_model_to_its_files(tmp_path, classifier):
    digest = digest_of(Path(saved(tmp_path, classifier).artifact or ""))
    assert "score" in scored(Model(artifact=str(tmp_path / "model"), dataset="d", trust=(digest,)))
    assert MlflowModel().fingerprint(Model(artifact=str(tmp_path / "model"), dataset="d")) == digest[:23]
    (tmp_path / "model" / "more.txt").write_text("more")
    assert "not listed under `trust`" in error_of(Model(artifact=str(tmp_path / "model"), dataset="d", trust=(digest,))).what


def test_an_alias_is_looked_up_and_the_version_stands_in_the_evidence(registry, classifier):
    model = Model(artifact="models:/delay@champion", dataset="d")
    np.testing.assert_array_equal(scored(model)["score"], classifier.predict_proba(ROWS)[:, 1])
    assert MlflowModel().fingerprint(model) == "models:/delay/1"
    registry.set_registered_model_alias("delay", "champion", "2")
    assert MlflowModel().fingerprint(model) == "models:/delay/2"


@pytest.mark.parametrize("artifact", ["models:/delay@nobody", "models:/nothing@champion", "models:/delay/9"])
def test_a_model_that_is_not_there_yet_is_told_from_a_broken_one(registry, artifact):
    assert error_of(Model(artifact=artifact, dataset="d")).missing


def test_without_mlflow_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow.pyfunc", None)
    error = error_of(Model(artifact="models:/m@champion", dataset="d"))
    assert (error.cause, error.fix) == ("infrastructure", "pip install 'mlgate[mlflow]'")


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """A model in a folder, and MLflow's own server of it, started as users start it."""
    folder = tmp_path_factory.mktemp("served")
    saved(folder, LogisticRegression().fit(ROWS, YES), pyfunc="predict_proba")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "model", "-h", "127.0.0.1", "-p", str(port), "--env-manager", "local"]
    environment = {**os.environ, **ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if "Uvicorn running" in line or "Application startup complete" in line:
            break
    assert server.poll() is None, "".join(said)
    yield folder, f"http://127.0.0.1:{port}/invocations"
    os.killpg(server.pid, 15)
    server.stdout.close()
    server.wait(30)


def test_what_mlflow_serves_is_what_its_model_says_offline(served, tmp_path):
    folder, url = served
    ROWS.assign(id=range(60)).to_parquet(tmp_path / "rows.parquet")
    gate = {
        "mlgate": 1,
        "datasets": {"rows": {"path": "rows.parquet", "key": ["id"]}},
        "models": {
            "served": {"endpoint": url, "dataset": "rows", "features": ["a", "b"], "threshold": 0.5, "batch_rows": 25},
            "offline": {"artifact": str(folder / "model"), "dataset": "rows", "threshold": 0.5},
            "other": {"artifact": str(folder / "model"), "dataset": "rows", "threshold": 0.9},
        },
        "checks": [
            {"id": "same", "kind": "prediction_parity", "of": "served", "against": "offline", "score": {"abs": 1e-12}, "flip_share": {"at_most": 0}},
            {"id": "fast", "kind": "prediction_parity", "of": "served", "against": "offline", "throughput": {"at_least": 0.001}},
            {"id": "cut", "kind": "prediction_parity", "of": "served", "against": "other", "flip_share": {"at_most": 0}},
        ],
    }
    (tmp_path / "served.gate.yaml").write_text(yaml.safe_dump(gate, sort_keys=False))
    verdicts = {verdict.item: verdict for verdict in run_gate(load(tmp_path / "served.gate.yaml")).verdicts}
    outcomes = {item: str(verdict.outcome) for item, verdict in verdicts.items()}
    assert outcomes == {"same.score": "PASS", "same.labels": "PASS", "fast.throughput": "PASS", "cut.labels": "FAIL"}
    assert "60 rows in 3 requests" in verdicts["fast.throughput"].reason
    assert "the two sides cut at different thresholds" in " ".join(verdicts["cut.labels"].details)
