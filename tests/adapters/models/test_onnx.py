"""The ONNX adapter on graphs that skl2onnx made, against scikit-learn itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType, DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from mlgate.adapters.models.onnx import OnnxModel
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.ports import Scorer
from mlgate.core.registry import load

ROWS = pd.DataFrame({"a": np.linspace(-2, 2, 60), "b": np.tile([0.0, 1.0, 2.0], 20)})
YES = (ROWS.a + 0.3 * ROWS.b > 0.2).astype(int)
WIDE = [("X", FloatTensorType([None, 2]))]
THREE = ROWS.b.astype(int)


def saved(folder: Path, estimator: Any, inputs: Any = WIDE, *, zipmap: bool = True, **options: Any) -> Model:
    path = folder / "m.onnx"
    classifier = hasattr(estimator, "predict_proba")
    graph = to_onnx(estimator, initial_types=inputs, options={id(estimator): {"zipmap": zipmap}} if classifier else None, target_opset=15)
    path.write_bytes(graph.SerializeToString())
    return Model(artifact=str(path), dataset="holdout", **options)


def graph_of(
    folder: Path, outputs: list[tuple[str, int, list[Any]]], inputs: list[tuple[str, int, list[Any]]], nodes: list[Any], **options: Any
) -> Model:
    made = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info(*one) for one in inputs], [helper.make_tensor_value_info(*one) for one in outputs]
    )
    path = folder / "g.onnx"
    path.write_bytes(helper.make_model(made, opset_imports=[helper.make_opsetid("", 15)], ir_version=8).SerializeToString())
    return Model(artifact=str(path), dataset="holdout", **options)


def scored(model: Model, frame: pd.DataFrame = ROWS) -> Any:
    scorer = OnnxModel().open(model)
    assert isinstance(scorer, Scorer)
    return scorer.score(frame[list(scorer.features(list(frame)))])


def error_of(model: Model, frame: pd.DataFrame = ROWS) -> MeasurementError:
    with pytest.raises(MeasurementError) as caught:
        scored(model, frame)
    return caught.value


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load("models", "onnx") is OnnxModel


def test_the_suffix_decides():
    assert OnnxModel().accepts(Model(artifact="m.ONNX", dataset="d"))
    assert not OnnxModel().accepts(Model(artifact="m.skops", dataset="d"))
    assert not OnnxModel().accepts(Model(predictions="m.onnx", dataset="d"))


@pytest.mark.parametrize("zipmap", [True, False])
def test_a_binary_classifier_gives_the_probability_of_its_second_class_and_its_label(tmp_path, zipmap):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), YES)
    found = scored(saved(tmp_path, estimator, zipmap=zipmap, features=("a", "b")))
    np.testing.assert_allclose(found["score"], estimator.predict_proba(ROWS.to_numpy())[:, 1], atol=1e-6)
    assert found["score"].dtype == np.float32
    assert found["prediction"].dtype == np.int64
    np.testing.assert_array_equal(found["prediction"], estimator.predict(ROWS.to_numpy()))
    assert ("score_0" in found) is zipmap


def test_text_classes_are_named_by_the_zipmap(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), THREE.map({0: "low", 1: "mid", 2: "top"}))
    found = scored(saved(tmp_path, estimator, features=("a", "b")))
    assert set(found) == {"score_low", "score_mid", "score_top", "prediction"}
    np.testing.assert_allclose(found["score_mid"], estimator.predict_proba(ROWS.to_numpy())[:, 1], atol=1e-6)
    np.testing.assert_array_equal(found["prediction"], estimator.predict(ROWS.to_numpy()))


def test_classes_without_names_are_numbered_if_the_labels_say_so_too(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), THREE)
    assert set(scored(saved(tmp_path, estimator, zipmap=False, features=("a", "b")))) == {"score_0", "score_1", "score_2", "prediction"}
    other = LogisticRegression().fit(ROWS.to_numpy(), THREE + 5)
    error = error_of(saved(tmp_path, other, zipmap=False, features=("a", "b")))
    assert "without saying which is which" in error.what


def test_a_threshold_decides_inclusively_among_the_graphs_own_labels(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), YES.map({0: "stay", 1: "go"}))  # the second class is stay
    plain = scored(saved(tmp_path, estimator, features=("a", "b")))
    threshold = float(plain["score"][17])
    found = scored(saved(tmp_path, estimator, features=("a", "b"), threshold=threshold))
    np.testing.assert_array_equal(found["prediction"], np.where(plain["score"] >= threshold, "stay", "go"))
    assert found["prediction"][17] == "stay"


def test_a_threshold_needs_to_know_the_labels(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), YES.map({0: "stay", 1: "go"}))
    assert error_of(saved(tmp_path, estimator, zipmap=False, features=("a", "b"), threshold=0.5)).cause == "configuration"


def test_method_predict_gives_the_label_alone(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), YES)
    assert set(scored(saved(tmp_path, estimator, features=("a", "b"), method="predict"))) == {"prediction"}


def test_a_regression_predicts_its_number(tmp_path):
    estimator = LinearRegression().fit(ROWS.to_numpy(), 3 * ROWS.a - ROWS.b)
    found = scored(saved(tmp_path, estimator, [("X", DoubleTensorType([None, 2]))], features=("a", "b")))
    assert set(found) == {"prediction"}
    np.testing.assert_allclose(found["prediction"], estimator.predict(ROWS.to_numpy()), rtol=1e-12)


def test_one_input_for_each_column_is_found_by_name_in_any_order(tmp_path):
    frame = pd.DataFrame({"carrier": np.tile(["AA", "B6", "UA"], 20), "a": ROWS.a, "n": np.arange(60)})
    steps = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["carrier"]), remainder="passthrough")
    estimator = make_pipeline(steps, LogisticRegression()).fit(frame[["carrier", "a", "n"]], YES)
    inputs = [("carrier", StringTensorType([None, 1])), ("a", FloatTensorType([None, 1])), ("n", Int64TensorType([None, 1]))]
    path = tmp_path / "m.onnx"
    path.write_bytes(to_onnx(estimator, initial_types=inputs, target_opset=15).SerializeToString())
    model = Model(artifact=str(path), dataset="d")
    found = scored(model, frame[["n", "a", "carrier"]].assign(unused=1))
    np.testing.assert_allclose(found["score"], estimator.predict_proba(frame)[:, 1], atol=1e-5)
    assert OnnxModel().open(model).features(["n", "a", "carrier"]) == ("carrier", "a", "n")
    assert "did you mean" in error_of(model, frame.rename(columns={"carrier": "carriers"})).fix
    assert "column 'carrier' is null in 1 rows" in error_of(model, frame.assign(carrier=[None, *frame.carrier[1:]])).what
    assert "column 'n' is null in 1 rows" in error_of(model, frame.assign(n=[np.nan, *frame.n[1:]])).what
    assert "column 'n' is" in error_of(model, frame.assign(n=frame.n + 0.5)).what
    assert "text, and the input 'a'" in error_of(model, frame.assign(a="1.5")).what
    assert "of type datetime64" in error_of(model, frame.assign(a=pd.Timestamp("2013-01-01"))).what
    np.testing.assert_array_equal(scored(model, frame.assign(n=frame.n.astype(float)))["score"], found["score"])
    np.testing.assert_array_equal(scored(model, frame.assign(n=[Decimal(n) for n in frame.n]))["score"], found["score"])


def test_two_runs_give_the_same_bits(tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(3000, 2)), columns=["a", "b"])
    estimator = RandomForestClassifier(20, max_depth=8, random_state=0, n_jobs=1).fit(frame.to_numpy(), frame.a * frame.b > 0)
    model = saved(tmp_path, estimator, features=("a", "b"))
    first, second = scored(model, frame), scored(model, frame)
    np.testing.assert_array_equal(first["score"], second["score"])
    np.testing.assert_allclose(first["score"], estimator.predict_proba(frame.to_numpy())[:, 1], atol=1e-5)


def test_one_input_for_all_columns_needs_their_names(tmp_path):
    estimator = LogisticRegression().fit(ROWS.to_numpy(), YES)
    error = error_of(saved(tmp_path, estimator))
    assert (error.cause, error.fix) == ("configuration", "add `features: [..]` to the model, in the order it was trained with")
    assert "features names 3 columns, and m.onnx reads 2" in error_of(saved(tmp_path, estimator, features=("a", "b", "a"))).what


def test_a_graph_of_booleans_takes_booleans(tmp_path):
    node = helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)
    model = graph_of(tmp_path, [("y", TensorProto.FLOAT, [None])], [("x", TensorProto.BOOL, [None])], [node])
    assert scored(model, pd.DataFrame({"x": [True, False]}))["prediction"].tolist() == [1.0, 0.0]
    assert BooleanTensorType  # the name skl2onnx has for it


def test_two_columns_without_a_label_are_scores_and_the_greater_is_the_prediction(tmp_path):
    node = helper.make_node("Identity", ["x"], ["y"])
    model = graph_of(tmp_path, [("y", TensorProto.FLOAT, [None, 2])], [("x", TensorProto.FLOAT, [None, 2])], [node], features=("a", "b"))
    found = scored(model, pd.DataFrame({"a": [0.75, 0.25], "b": [0.25, 0.75]}))
    assert (found["score"].tolist(), found["prediction"].tolist()) == ([0.25, 0.75], [0, 1])


def test_inputs_that_no_table_fills_are_refused(tmp_path):
    node = helper.make_node("Identity", ["x"], ["y"])
    model = graph_of(tmp_path, [("y", TensorProto.FLOAT, [None, 3, 3])], [("x", TensorProto.FLOAT, [None, 3, 3])], [node])
    assert "which a table does not fill" in error_of(model).what


def test_several_outputs_of_numbers_are_refused(tmp_path):
    nodes = [helper.make_node("Identity", ["x"], ["y"]), helper.make_node("Neg", ["x"], ["z"])]
    outputs = [("y", TensorProto.FLOAT, [None, 1]), ("z", TensorProto.FLOAT, [None, 1])]
    assert "which is the label" in error_of(graph_of(tmp_path, outputs, [("x", TensorProto.FLOAT, [None, 1])], nodes)).what


def test_another_number_of_answers_is_the_models_fault(tmp_path):
    node = helper.make_node("Concat", ["a", "a"], ["y"], axis=0)
    error = error_of(graph_of(tmp_path, [("y", TensorProto.FLOAT, [None])], [("a", TensorProto.FLOAT, [None])], [node]))
    assert (error.cause, "120 values of prediction for 60 rows" in error.what) == ("model", True)


def test_a_graph_that_fails_on_rows_is_an_error(tmp_path):
    shape = helper.make_tensor("s", TensorProto.INT64, [1], [7])
    nodes = [helper.make_node("Constant", [], ["s"], value=shape), helper.make_node("Reshape", ["a", "s"], ["y"])]
    error = error_of(graph_of(tmp_path, [("y", TensorProto.FLOAT, [7])], [("a", TensorProto.FLOAT, [None])], nodes))
    assert (error.cause, "g.onnx failed" in error.what) == ("model", True)


def test_a_file_that_is_gone_or_no_graph_is_an_error(tmp_path):
    gone = error_of(Model(artifact=str(tmp_path / "gone.onnx"), dataset="d"))
    assert (gone.cause, gone.missing) == ("model", True)
    (tmp_path / "bad.onnx").write_bytes(b"not a graph")
    assert "bad.onnx does not load" in error_of(Model(artifact=str(tmp_path / "bad.onnx"), dataset="d")).what


def test_the_fingerprint_is_that_of_the_bytes(tmp_path):
    model = saved(tmp_path, LinearRegression().fit(ROWS.to_numpy(), ROWS.a), features=("a", "b"))
    first = OnnxModel().fingerprint(model)
    Path(model.artifact or "").write_bytes(b"other")
    assert first.startswith("sha256:")
    assert OnnxModel().fingerprint(model) != first


def test_without_onnx_runtime_the_extra_is_named(tmp_path, monkeypatch):
    model = saved(tmp_path, LinearRegression().fit(ROWS.to_numpy(), ROWS.a), features=("a", "b"))
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    error = error_of(model)
    assert (error.cause, error.fix) == ("infrastructure", "pip install 'mlgate[onnx]'")
