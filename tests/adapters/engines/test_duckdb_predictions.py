import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.marked import written
from mlgate.core.ports import FilesSource, FrameSource
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.view import View
from mlgate.expressions.guard import parse

DATA = {"id": [10, 20, 30, 40], "y": [0, 1, 1, 0], "c": ["a", "b", "a", "b"]}


@pytest.fixture
def rows(asking):
    asking.open("t", pa.table(DATA), key=("id",))
    return asking


def attach(asking, predictions, *, model="m", renames=None, key=("id",)):
    if isinstance(predictions, pa.Table):
        predictions = FrameSource(predictions)
    return asking.engine.attach(model, "t", key, predictions, renames or {})


def refused(asking, predictions, **more):
    with pytest.raises(MeasurementError) as caught:
        attach(asking, predictions, **more)
    assert caught.value.fix
    return caught.value


def test_stored_predictions_join_by_key_in_any_order_and_gaps_are_null(rows):
    schema = attach(rows, pa.table({"score": [0.4, 0.1, 0.9], "id": [40, 10, 99], "note": ["x", "y", "z"]}))
    assert schema.names == ("score",)
    assert rows[Rows(("id", "score"), View("t", model="m"))]["score"].tolist() == pytest.approx([0.1, np.nan, np.nan, 0.4], nan_ok=True)
    assert rows[Aggregate(Op.ROWS, None, (), View("t", model="m"))] == 4
    assert rows[Aggregate(Op.NULLS, "score", (), View("t", model="m"))] == 2


def test_other_names_get_their_role(rows):
    schema = attach(rows, pa.table({"id": [10], "p": [0.5], "label": [1], "score_b": [0.2]}), renames={"p": "score", "label": "prediction"})
    assert schema.types == {"score": "float", "prediction": "integer", "score_b": "float"}


def test_nan_scores_are_null_and_counted_apart(rows):
    attach(rows, pa.table({"id": [10, 20, 30, 40], "score": [0.1, float("nan"), None, 0.4]}))
    view = View("t", model="m")
    assert rows[Aggregate(Op.NULLS, "score", (), view)] == 2
    assert rows[Aggregate(Op.NAN, "score", (), view)] == 1
    assert rows[Aggregate(Op.VIOLATES, parse("score <= 1"), ("violation", None), view)] == (4, 2, 0)


def test_two_models_meet_on_the_same_rows_by_one_statement(rows):
    attach(rows, pa.table({"id": [10, 20, 30, 40], "prediction": [0, 1, 1, 1]}))
    attach(rows, {"prediction": np.array([1, 1, 0, 0])}, model="b")
    view = View("t", model="m", baseline="b")
    assert rows[Counts(("y", "prediction", "baseline_prediction"), view)] == {(0, 0, 1): 1, (1, 1, 1): 1, (1, 1, 0): 1, (0, 1, 0): 1}
    wrong = Aggregate(Op.VIOLATES, parse("prediction = y"), ("violation", None), View("t", model="m"))
    worse = Aggregate(Op.VIOLATES, parse("baseline_prediction = y"), ("violation", None), view)
    plain = Aggregate(Op.ROWS, None, (), View("t"))
    assert rows.answers([wrong, worse, plain]) == {wrong: (4, 1, 0), worse: (4, 2, 0), plain: 4}
    assert rows.statement(wrong, worse, plain).count("select count") + rows.statement(wrong, worse).count(";\n") == 1


def test_a_models_column_hides_one_of_the_data_with_its_name_in_that_view_only(asking):
    asking.open("t", pa.table({"id": [1, 2], "score": [7.0, 8.0]}), key=("id",))
    attach(asking, {"score": np.array([0.1, 0.2])})
    assert asking[Aggregate(Op.MAX, "score", (), View("t", model="m"))] == 0.2
    assert asking[Aggregate(Op.MAX, "score", (), View("t"))] == 8.0


def test_a_composite_key_of_text_and_numbers_joins(asking):
    asking.open("t", pa.table({"a": ["x", "x", "y"], "b": [1, 2, 1]}), key=("a", "b"))
    attach(asking, pa.table({"b": pa.array([2.0, 1.0]), "a": ["x", "y"], "score": [0.2, 0.3]}), key=("a", "b"))
    assert asking[Rows(("score",), View("t", model="m"))]["score"].tolist() == pytest.approx([np.nan, 0.2, 0.3], nan_ok=True)


def test_a_threshold_makes_the_prediction_out_of_the_score_and_none_out_of_nan(rows):
    stored = FrameSource(pa.table({"id": [10, 20, 30], "score": [0.5, 0.4, float("nan")], "prediction": [7, 7, 7]}))
    schema = rows.engine.attach("m", "t", ("id",), stored, {}, threshold=0.5)
    assert set(schema.names) == {"prediction", "score"}
    assert rows[Rows(("prediction",), View("t", model="m"))]["prediction"].tolist() == [1, 0, None, None]


def test_a_threshold_without_a_score_is_an_error(rows):
    with pytest.raises(MeasurementError, match="no score to compare with"):
        rows.engine.attach("m", "t", ("id",), FrameSource(pa.table({"id": [10], "prediction": [1]})), {}, threshold=0.5)


def test_double_keys_are_an_error_with_an_example(rows):
    error = refused(rows, pa.table({"id": [10, 20, 20, 30, 30], "score": [0.1] * 5}))
    assert (error.cause, written(error.what)) == ("model", "the predictions of m have 2 double keys, such as id = 20 (2 rows)")


@pytest.mark.parametrize(
    ("table", "renames", "words"),
    [
        ({"score": [1.0]}, {}, "no key column 'id'"),
        ({"id": [1], "p": [1.0]}, {}, "no column `prediction` or `score`"),
        ({"id": [1], "score": [1.0]}, {"prob": "score"}, "no column 'prob'"),
        ({"id": ["1"], "score": [1.0]}, {}, "integer.*string"),
    ],
)
def test_predictions_that_cannot_be_joined_are_the_models_fault(rows, table, renames, words):
    error = refused(rows, pa.table(table), renames=renames)
    assert error.cause == "model"
    import re

    assert re.search(words, error.what)


def test_a_dataset_without_a_key_cannot_take_stored_predictions(asking):
    asking.open("t", pa.table(DATA))
    error = refused(asking, pa.table({"id": [10], "score": [0.1]}), key=())
    assert error.cause == "configuration"
    assert "key: [..]" in error.fix


@pytest.mark.parametrize("arrays", [{"score": np.array([0.1])}, {"score": np.ones((4, 2))}, {}, {"other": np.ones(4)}])
def test_arrays_of_another_length_or_name_are_the_models_fault(rows, arrays):
    assert refused(rows, arrays).cause == "model"


@pytest.mark.parametrize(
    "values",
    [np.array(["a", "b", "a", "c"]), np.array(["a", "b", "a", "c"], dtype=object), pd.Series(["a", "b", "a", "c"])],
    ids=["fixed", "object", "pandas"],
)
def test_labels_of_text_are_read_as_text(rows, values):
    assert attach(rows, {"prediction": values}).types == {"prediction": "string"}
    assert rows[Counts(("prediction",), View("t", model="m"))] == {("a",): 2, ("b",): 1, ("c",): 1}


def test_predictions_by_position_meet_their_rows_over_many_files_and_threads(asking, tmp_path):
    """Five files of several row groups, read by all threads: every score must come back to the row it was made from."""
    rng, paths, start = np.random.default_rng(7), [], 0
    for number in range(5):
        size = int(rng.integers(40_000, 120_000))
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"id": np.arange(start, start + size), "v": rng.random(size)}), path, row_group_size=10_000)
        paths.append(str(path))
        start += size
    asking.engine.open("t", Dataset(path="*.parquet", key=("id",)), FilesSource(tuple(paths), "parquet"))
    frames = list(asking.engine.features("t", ["v", "id"], batch_rows=30_000))
    assert len(frames) > 5
    assert np.array_equal(np.concatenate([frame["id"] for frame in frames]), np.arange(start))
    attach(asking, {"score": np.concatenate([frame["v"] for frame in frames])})
    view = View("t", model="m")
    for _ in range(3):
        assert asking[Aggregate(Op.VIOLATES, parse("score = v"), ("violation", None), view)] == (start, 0, 0)
    found = asking[Rows(("id", "v", "score"), view)]
    assert np.array_equal(found["id"], np.arange(start))
    assert np.array_equal(found["v"], found["score"])


def test_features_come_as_numpys_types_with_their_nulls(asking):
    table = pa.table(
        {
            "i": [1, None],
            "x": [1.5, float("nan")],
            "s": ["a", None],
            "b": [True, None],
            "whole": [1, 2],
            "yes": [True, False],
            "z": pa.array([0, None], pa.timestamp("us", "UTC")),
            "d": pa.array([1, 2], pa.int32()).cast(pa.date32()),
            "f": pa.array([0.5, None], pa.float32()),
        }
    )
    asking.open("t", table, key=("s",))
    (frame,) = asking.engine.features("t", table.column_names)
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds["i"] == kinds["x"] == "float64"
    assert (kinds["whole"], kinds["yes"], kinds["b"], kinds["f"]) == ("int64", "bool", "object", "float32")
    assert (kinds["s"] in ("str", "object"), kinds["z"], kinds["d"]) == (True, "datetime64[us, UTC]", "datetime64[us]")
    assert frame["b"].tolist() == [True, None]
    assert frame["s"].isna().tolist() == [False, True]


def test_features_of_no_rows_are_no_batches(asking):
    asking.open("t", pa.table({"x": pa.array([], pa.float64())}))
    assert list(asking.engine.features("t", ["x"])) == []


def test_features_that_are_gone_are_said_before_a_row_is_read(rows):
    with pytest.raises(MeasurementError, match="no column 'gone'"):
        rows.engine.features("t", ["gone"])


def test_predictions_of_a_csv_file_join_too(rows, tmp_path):
    (tmp_path / "p.csv").write_text("id,score\n20,0.2\n10,0.1\n")
    attach(rows, FilesSource((str(tmp_path / "p.csv"),), "csv"))
    assert rows[Aggregate(Op.SUM, "score", (), View("t", model="m"))] == pytest.approx(0.3)


def test_an_unattached_model_is_an_error(rows):
    with pytest.raises(MeasurementError, match="no predictions"):
        rows[Aggregate(Op.ROWS, None, (), View("t", model="nobody"))]
