"""A Python function as a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlgate.adapters.models.callable import CallableModel
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.marked import written
from mlgate.core.registry import load

ROWS = pd.DataFrame({"a": [0.1, 0.5, 0.9], "b": [1, 2, 3]})


def scored(function, frame=ROWS, **options):
    return CallableModel().open(Model(callable=function, dataset="d", **options)).score(frame)


def error_of(function, **options):
    with pytest.raises(MeasurementError) as caught:
        scored(function, **options)
    return caught.value


def twice(frame):
    return frame["a"] * 2


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load("models", "callable") is CallableModel


def test_only_a_callable_is_accepted():
    assert CallableModel().accepts(Model(callable="m:f", dataset="d"))
    assert not CallableModel().accepts(Model(artifact="m.skops", dataset="d"))


def test_one_array_is_the_prediction():
    columns = scored(twice)
    assert set(columns) == {"prediction"}
    np.testing.assert_allclose(columns["prediction"], [0.2, 1.0, 1.8])


def test_under_predict_proba_one_array_is_the_score():
    assert set(scored(lambda frame: frame["a"].to_list(), method="predict_proba")) == {"score"}


def test_of_two_columns_of_probabilities_the_second_is_the_score():
    columns = scored(lambda frame: np.column_stack([1 - frame["a"], frame["a"]]), method="predict_proba")
    np.testing.assert_allclose(columns["score"], ROWS.a)


def test_a_threshold_turns_scores_into_predictions_inclusively():
    columns = scored(lambda frame: frame["a"], method="predict_proba", threshold=0.5)
    assert columns["prediction"].tolist() == [0, 1, 1]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame])
def test_a_mapping_or_a_frame_is_taken_by_its_names(kind):
    columns = scored(lambda frame: kind({"prediction": ["x", "y", "x"], "score_x": frame["a"]}))
    assert set(columns) == {"prediction", "score_x"}
    assert columns["prediction"].tolist() == ["x", "y", "x"]


def test_a_name_that_is_no_prediction_is_refused():
    assert "returned columns proba" in error_of(lambda frame: {"proba": frame["a"]}).what


def test_the_function_is_imported_by_name(tmp_path, monkeypatch):
    (tmp_path / "my_rules.py").write_text("def pad(frame):\n    return frame['b'] + 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert scored("my_rules:pad")["prediction"].tolist() == [2, 3, 4]


def test_a_name_that_does_not_import_says_which_half_is_wrong():
    assert "cannot import 'no_such_module'" in error_of("no_such_module:f").what
    assert "no callable 'nothing'" in error_of("json:nothing").what


def test_the_frame_belongs_to_the_function():
    def greedy(frame):
        frame["a"] = 0.0
        return frame["b"]

    frame = ROWS.copy()
    scored(greedy, frame)
    pd.testing.assert_frame_equal(frame, ROWS)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ([1.0, 2.0], "2 values of prediction for 3 rows"),
        (3.5, "no list of values of prediction for 3 rows"),
        ([[1, 2], [3, 4], [5, 6]], "3 x 2 values"),
        ([1.0, float("nan"), 2.0], "for 1 of 3 rows, first at row 1"),
        ([None, "x", "y"], "for 1 of 3 rows, first at row 0"),
    ],
)
def test_what_is_not_one_value_a_row_is_the_models_fault(returned, said):
    error = error_of(lambda frame: returned)
    assert error.cause == "model"
    assert said in error.what


def test_an_error_in_the_function_is_quoted():
    error = error_of(lambda frame: frame["gone"])
    assert (error.cause, "KeyError: 'gone'" in written(error.what)) == ("model", True)


def test_a_column_vector_counts_as_one_value_a_row():
    assert scored(lambda frame: frame[["a"]].to_numpy())["prediction"].shape == (3,)


def test_all_columns_are_its_features_unless_the_gate_file_names_some():
    adapter = CallableModel()
    assert adapter.open(Model(callable=twice, dataset="d")).features(["a", "b"]) == ("a", "b")
    assert adapter.open(Model(callable=twice, dataset="d", features=["a"])).features(["a", "b"]) == ("a",)
    with pytest.raises(MeasurementError, match="does not have: c") as caught:
        adapter.open(Model(callable=twice, dataset="d", features=["c"])).features(["a", "b"])
    assert caught.value.cause == "configuration"


def test_the_fingerprint_names_the_function():
    assert CallableModel().fingerprint(Model(callable="pkg.rules:pad", dataset="d")) == "pkg.rules:pad"
    assert CallableModel().fingerprint(Model(callable=twice, dataset="d")).endswith(":twice")
