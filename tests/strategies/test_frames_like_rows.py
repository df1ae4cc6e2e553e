"""Frames like real rows."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drawing import drawn, smallest, values

import mlgate
from mlgate.core.errors import MeasurementError
from mlgate.strategies import frames
from mlgate.strategies._like import of_pandas

N = 500
REAL = pd.DataFrame(
    {
        "carrier": pd.Categorical(["AA", "B6", "DL", "UA", "AA"] * (N // 5)),
        "origin": ["JFK", "LGA", "EWR", "JFK", "LGA"] * (N // 5),
        "delay": [float(n % 97) - 20 if n % 11 else np.nan for n in range(N)],
        "distance": np.arange(N, dtype="int16") + 100,
        "at": pd.date_range("2013-01-01", periods=N, freq="17h", tz="America/New_York"),
        "id": np.arange(N),
        "ok": [n % 2 == 0 for n in range(N)],
        "price": [Decimal(n) / 4 for n in range(N)],
    }
)


@pytest.fixture(scope="module")
def many():
    return drawn(frames(like=REAL), 200)


def test_frames_have_the_columns_and_types_of_the_rows(many):
    for frame in many:
        assert list(frame.columns) == list(REAL.columns)
        assert frame["at"].dtype == REAL["at"].dtype
        assert frame["distance"].dtype == np.int16
        assert isinstance(frame["carrier"].dtype, pd.CategoricalDtype)


def test_rows_are_real_ones_with_few_cells_changed(many):
    known = {tuple(map(str, row)) for row in REAL.itertuples(index=False)}
    rows = [tuple(map(str, row)) for frame in many for row in frame.itertuples(index=False)]
    real = [row in known for row in rows]
    assert 0.15 < sum(real) / len(real) < 0.9
    nearest = [max(sum(a == b for a, b in zip(row, one, strict=True)) for one in known) for row in rows[:50]]
    assert np.mean(nearest) > 5


def test_the_ends_one_beyond_and_zero_are_tried():
    few = drawn(frames(like=REAL[["distance", "delay"]]), 150)
    assert {"100", "599", "99", "600", "0"} <= values(few, "distance")
    assert {"-20.0", "76.0", "-21.0", "77.0", "0.0"} <= values(few, "delay")


def test_nulls_come_only_where_they_were_seen(many):
    assert any(frame["delay"].isna().any() for frame in many)
    assert not any(frame.drop(columns="delay").isna().any(axis=None) for frame in many)


def test_unseen_categories_and_look_alikes_come_unless_they_are_left_out():
    unseen = values(drawn(frames(like=REAL[["carrier"]]), 200), "carrier") - {"AA", "B6", "DL", "UA"}
    assert {"unseen", "АА", "AA "} <= unseen  # the second in Cyrillic
    assert not values(drawn(frames(like=REAL, unseen=False), 80), "carrier") - {"AA", "B6", "DL", "UA"}


def test_both_sides_of_an_hour_that_the_zone_shows_twice_are_tried():
    seen = values(drawn(frames(like=REAL[["at"]]), 200), "at")
    assert {"2013-11-03 01:30:00-04:00", "2013-11-03 01:30:00-05:00", "2013-03-10 03:00:00-04:00"} <= seen


def test_a_failure_shrinks_to_one_real_row_with_the_one_cell_changed():
    found = smallest(frames(like=REAL), lambda frame: bool((frame["carrier"] == "unseen").any()))
    assert len(found) == 1
    row = found.drop(columns="carrier").iloc[0].astype(str).tolist()
    assert row in REAL.drop(columns="carrier").astype(str).values.tolist()


def test_whole_numbers_with_a_null_become_floats_as_in_pandas():
    with_null = [frame for frame in drawn(frames(like=REAL[["id", "ok"]], nulls=True), 80) if frame["id"].isna().any()]
    assert with_null
    assert all(frame["id"].dtype == np.float64 for frame in with_null)


def test_a_polars_frame_gives_polars_frames_of_its_types():
    real = pl.DataFrame(
        {"a": [1, None, 3], "b": ["x", "y", None], "d": [datetime.date(2024, 1, 1)] * 3, "l": [[1], [2, 3], None]},
        schema={"a": pl.UInt8, "b": pl.Categorical, "d": pl.Date, "l": pl.List(pl.Int64)},
    )
    many = drawn(frames(like=real), 100)
    assert all(frame.schema == real.schema for frame in many)
    assert {"4", "1", "0"} <= values(many, "a")
    assert any(frame["a"].null_count() for frame in many)


def test_a_frame_of_one_library_can_be_asked_for_as_the_other():
    as_polars = drawn(frames(like=REAL, library="polars"), 30)
    assert as_polars[0].schema["at"] == pl.Datetime("us", "America/New_York")
    assert as_polars[0].schema["distance"] == pl.Int16
    assert drawn(frames(like=pl.DataFrame({"a": [1, 2]}), library="pandas"), 5)[0]["a"].dtype == np.int64


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_path_is_read_by_mlgate_with_the_ends_of_all_its_rows(tmp_path, suffix):
    rows = pd.DataFrame({"n": np.arange(20_000), "day": pd.date_range("2020-01-01", periods=20_000, freq="h"), "c": ["a", "b"] * 10_000})
    rows.loc[12_345, "n"] = 777_777
    path = tmp_path / f"rows.{suffix}"
    rows.to_parquet(path) if suffix == "parquet" else rows.to_csv(path, index=False)
    for like in (path, str(path), mlgate.Dataset(path=str(path))):
        many = drawn(frames(like=like), 100)
        assert {"777777", "777778", "0", "-1"} <= values(many, "n")
        assert str(rows["day"].max()) in values(many, "day")


def test_an_arrow_table_is_read_too(tmp_path):
    table = pa.table({"n": pa.array([1, 2, None]), "at": pa.array([datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)] * 3)})
    many = drawn(frames(like=table), 100)
    assert many[0]["at"].dtype.tz is not None
    assert any(frame["n"].isna().any() for frame in many)


def test_no_rows_and_columns_of_nulls_are_enough():
    empty = drawn(frames(like=REAL.head(0), min_rows=1), 50)
    assert empty[0]["distance"].dtype == np.int16
    nothing = drawn(frames(like=pd.DataFrame({"x": [None, None]})), 20)
    assert all(frame["x"].isna().all() for frame in nothing)


def test_each_frame_is_its_own(many):
    described = of_pandas(REAL)
    many[-1].iloc[:, 0] = many[-1].iloc[:, 0]
    assert of_pandas(REAL).rows == described.rows
    assert REAL["distance"].max() == 599


@pytest.mark.parametrize(
    ("like", "words"),
    [("no_such.parquet", "file not found"), (3, "is not a frame"), (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns named 'a'")],
)
def test_what_cannot_be_read_is_an_error(like, words):
    with pytest.raises(MeasurementError, match=words):
        frames(like=like)


def test_a_profile_holds_no_rows(tmp_path):
    from mlgate.adapters.sources.files import SUFFIX

    (tmp_path / f"a{SUFFIX}").write_text("{}")
    with pytest.raises(MeasurementError, match="holds no rows"):
        frames(like=tmp_path / f"a{SUFFIX}")


def test_parquet_with_nested_columns_keeps_their_values(tmp_path):
    pq.write_table(pa.table({"l": [[1], [2, 3]], "n": [1, 2]}), tmp_path / "a.parquet")
    assert any(len(frame) for frame in drawn(frames(like=tmp_path / "a.parquet"), 20))
