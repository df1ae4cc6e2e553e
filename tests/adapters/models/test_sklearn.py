"""The scikit-learn adapter: what it loads, what it refuses, and which columns it gives."""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

from mlgate.adapters.models._skops_trust import refused
from mlgate.adapters.models.sklearn import SklearnModel
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.marked import written
from mlgate.core.ports import Scorer
from mlgate.core.registry import load

ROWS = pd.DataFrame({"a": np.linspace(-2, 2, 60), "b": np.tile([0.0, 1.0, 2.0], 20)})
YES = (ROWS.a + 0.3 * ROWS.b > 0.2).astype(int)


def saved(folder: Path, estimator: Any, **options: Any) -> Model:
    path = folder / "m.skops"
    skops.io.dump(estimator, path)
    return Model(artifact=str(path), dataset="holdout", **options)


def opened(model: Model) -> Scorer:
    scorer = SklearnModel().open(model)
    assert isinstance(scorer, Scorer)
    return scorer


def error_of(model: Model) -> MeasurementError:
    with pytest.raises(MeasurementError) as caught:
        scored(model)
    return caught.value


def scored(model: Model) -> None:
    scorer = opened(model)
    scorer.score(ROWS[list(scorer.features(list(ROWS)))])


class FailsToPredict(LogisticRegression):
    def predict(self, X: Any) -> Any:  # noqa: N803 (scikit-learn's name)
        raise RuntimeError("no such device")


class HalfAnswer(LinearRegression):
    def predict(self, X: Any) -> Any:  # noqa: N803
        return super().predict(X)[::2]


class OldVersion(LinearRegression):
    def __setstate__(self, state: Any) -> None:
        warnings.warn(
            InconsistentVersionWarning(estimator_name="OldVersion", current_sklearn_version="9", original_sklearn_version="1"), stacklevel=1
        )
        super().__setstate__(state)


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load("models", "sklearn") is SklearnModel


@pytest.mark.parametrize(
    ("artifact", "accepted"), [("m.skops", True), ("m.PKL", True), ("m.joblib", True), ("m.onnx", False), ("models:/m@champion", False)]
)
def test_the_suffix_decides_who_opens_an_artifact(artifact, accepted):
    assert SklearnModel().accepts(Model(artifact=artifact, dataset="d")) is accepted


def test_a_model_without_an_artifact_is_not_for_scikit_learn():
    assert not SklearnModel().accepts(Model(predictions="p.skops", dataset="d"))


def test_a_binary_classifier_gives_the_probability_of_its_second_class_and_its_own_prediction(tmp_path):
    estimator = LogisticRegression().fit(ROWS, YES)
    columns = opened(saved(tmp_path, estimator)).score(ROWS)
    np.testing.assert_array_equal(columns["score"], estimator.predict_proba(ROWS)[:, 1])
    np.testing.assert_array_equal(columns["prediction"], estimator.predict(ROWS))


def test_a_threshold_decides_in_place_of_the_model_and_is_inclusive(tmp_path):
    estimator = LogisticRegression().fit(ROWS, YES.map({0: "stay", 1: "go"}))
    threshold = float(estimator.predict_proba(ROWS)[17, 1])
    columns = opened(saved(tmp_path, estimator, threshold=threshold)).score(ROWS)
    second, first = estimator.classes_[1], estimator.classes_[0]
    np.testing.assert_array_equal(columns["prediction"], np.where(estimator.predict_proba(ROWS)[:, 1] >= threshold, second, first))
    assert columns["prediction"][17] == second


def test_a_classifier_of_several_classes_gives_one_score_per_class(tmp_path):
    estimator = LogisticRegression().fit(ROWS, ROWS.b.map({0.0: "low", 1.0: "mid", 2.0: "top"}))
    columns = opened(saved(tmp_path, estimator)).score(ROWS)
    assert set(columns) == {"score_low", "score_mid", "score_top", "prediction"}
    np.testing.assert_allclose(columns["score_low"] + columns["score_mid"] + columns["score_top"], 1)


def test_a_threshold_on_several_classes_is_a_mistake_in_the_gate_file(tmp_path):
    error = error_of(saved(tmp_path, LogisticRegression().fit(ROWS, ROWS.b), threshold=0.5))
    assert (error.cause, "3 classes" in error.what) == ("configuration", True)


def test_a_regressor_gives_predictions_only(tmp_path):
    estimator = LinearRegression().fit(ROWS, ROWS.a)
    assert set(opened(saved(tmp_path, estimator)).score(ROWS)) == {"prediction"}


def test_a_decision_function_is_a_score_in_its_own_unit(tmp_path):
    estimator = LinearSVC().fit(ROWS, YES)
    columns = opened(saved(tmp_path, estimator, method="decision_function")).score(ROWS)
    np.testing.assert_array_equal(columns["score"], estimator.decision_function(ROWS))


def test_a_method_the_model_does_not_have_is_named_with_those_it_has(tmp_path):
    error = error_of(saved(tmp_path, LinearSVC().fit(ROWS, YES), method="predict_proba"))
    assert error.cause == "configuration"
    assert "no predict_proba" in error.what
    assert "predict, decision_function" in error.fix


def test_features_are_the_names_the_model_was_fitted_with_in_its_order(tmp_path):
    scorer = opened(saved(tmp_path, LinearRegression().fit(ROWS[["b", "a"]], ROWS.a)))
    assert scorer.features(["key", "a", "label", "b"]) == ("b", "a")


def test_a_missing_feature_is_named_with_the_nearest_column(tmp_path):
    scorer = opened(saved(tmp_path, LinearRegression().fit(ROWS.rename(columns={"a": "dep_delay"}), ROWS.a)))
    with pytest.raises(MeasurementError, match="dataset does not have: dep_delay") as caught:
        scorer.features(["b", "dep_delays"])
    assert "did you mean dep_delay -> dep_delays?" in caught.value.fix
    assert caught.value.cause == "data"


def test_a_model_fitted_without_names_needs_features_in_the_gate_file(tmp_path):
    estimator = LinearRegression().fit(ROWS.to_numpy(), ROWS.a)
    assert "does not say which columns" in error_of(saved(tmp_path, estimator)).what
    named = opened(saved(tmp_path, estimator, features=["a", "b"]))
    np.testing.assert_allclose(named.score(ROWS[list(named.features(["b", "a"]))])["prediction"], ROWS.a, atol=1e-12)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3),
        HistGradientBoostingClassifier(max_iter=3, categorical_features=[1]),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_fitted_parts_of_scikit_learn_need_no_trust(tmp_path, estimator):
    fitted = estimator.fit(ROWS, YES)
    np.testing.assert_array_equal(opened(saved(tmp_path, fitted)).score(ROWS)["score"], fitted.predict_proba(ROWS)[:, 1])


def test_a_type_from_elsewhere_is_refused_by_name(tmp_path):
    error = error_of(saved(tmp_path, make_pipeline(FunctionTransformer(joblib.load), LinearRegression().fit(ROWS, YES))))
    assert error.cause == "model"
    assert "joblib.numpy_pickle.load" in error.what


def test_a_skops_file_whose_digest_is_trusted_may_hold_types_from_elsewhere(tmp_path):
    model = saved(tmp_path, HalfAnswer().fit(ROWS, YES))
    digest = "sha256:" + hashlib.sha256(Path(model.artifact or "").read_bytes()).hexdigest()
    assert digest in error_of(model).fix
    assert "30 values of prediction for 60 rows" in error_of(model.model_copy(update={"trust": (digest,)})).what


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "sklearn.datasets.fetch_file",  # downloads
        "sklearn.tree.export_graphviz",  # writes a file
        "sklearn.utils._testing.joblib",  # a module that another module re-exports
        "numpy.load",
        "numpy.memmap",
        "sklearn.no_such.Thing",
    ],
)
def test_a_name_below_a_known_package_is_not_enough(name):
    assert refused([name]) == (name,)


@pytest.mark.parametrize("suffix", ["pkl", "joblib"])
def test_a_pickle_is_not_touched_unless_its_digest_is_listed(tmp_path, suffix):
    path = tmp_path / f"m.{suffix}"
    path.write_bytes(pickle.dumps(LinearRegression().fit(ROWS, ROWS.a)))
    digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    error = error_of(Model(artifact=str(path), dataset="d", trust=("sha256:" + "0" * 64,)))
    assert digest in error.what
    assert "runs the code in it" in error.what
    trusted = opened(Model(artifact=str(path), dataset="d", trust=(digest,)))
    np.testing.assert_allclose(trusted.score(ROWS)["prediction"], ROWS.a, atol=1e-12)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    error = error_of(Model(artifact=str(tmp_path / "gone.skops"), dataset="d"))
    assert (error.cause, str(tmp_path / "gone.skops") in error.what, "does not exist" in error.what) == ("model", True, True)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"], ids=["empty", "text", "truncated"])
def test_a_damaged_file_is_the_models_fault(tmp_path, content):
    (tmp_path / "m.skops").write_bytes(content)
    error = error_of(Model(artifact=str(tmp_path / "m.skops"), dataset="d"))
    assert (error.cause, "does not load" in error.what) == ("model", True)


def test_a_zip_that_is_no_skops_file_is_the_models_fault(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.skops", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "does not load" in error_of(Model(artifact=str(tmp_path / "m.skops"), dataset="d")).what


def test_what_is_no_estimator_predicts_nothing(tmp_path):
    assert "predicts nothing" in error_of(saved(tmp_path, StandardScaler().fit(ROWS))).what


def test_an_error_inside_the_model_is_the_models_fault_and_quoted(tmp_path):
    model = saved(tmp_path, FailsToPredict().fit(ROWS, YES))
    digest = "sha256:" + hashlib.sha256(Path(model.artifact or "").read_bytes()).hexdigest()
    error = error_of(model.model_copy(update={"trust": (digest,)}))
    assert (error.cause, written(error.what)) == ("model", "m.skops failed in predict_proba: RuntimeError: no such device")


def test_a_nan_prediction_is_counted_and_placed(tmp_path):
    estimator = LinearRegression().fit(ROWS, ROWS.a)
    estimator.coef_ = np.array([1.0, np.inf])  # 0 * inf is NaN: rows with b = 0
    error = error_of(saved(tmp_path, estimator))
    assert "(NaN or null) for 20 of 60 rows, first at row 0" in error.what


def test_a_classifier_that_has_seen_one_class_cannot_score(tmp_path):
    assert "two or more classes" in error_of(saved(tmp_path, DummyClassifier().fit(ROWS, np.zeros(60)))).what


def test_another_version_of_scikit_learn_does_not_stop_the_run_and_is_told_when_predicting_fails(tmp_path):
    path = tmp_path / "m.pkl"
    buffer = io.BytesIO()
    joblib.dump(OldVersion().fit(ROWS, ROWS.a), buffer)
    path.write_bytes(buffer.getvalue())
    scorer = opened(Model(artifact=str(path), dataset="d", trust=("sha256:" + hashlib.sha256(path.read_bytes()).hexdigest(),)))
    assert len(scorer.score(ROWS)["prediction"]) == 60
    with pytest.raises(MeasurementError) as caught:
        scorer.score(ROWS[["a"]])
    assert "version 1 when using version 9" in caught.value.fix


def test_the_fingerprint_follows_the_bytes(tmp_path):
    first = SklearnModel().fingerprint(saved(tmp_path, LinearRegression().fit(ROWS, ROWS.a)))
    second = SklearnModel().fingerprint(saved(tmp_path, LinearRegression().fit(ROWS, ROWS.b)))
    assert first.startswith("sha256:")
    assert first != second
