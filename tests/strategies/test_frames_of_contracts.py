"""Frames of a contract, in the words of the gate file's kind `columns`."""

import datetime
import math

import pandas as pd
import polars as pl
import pytest
from drawing import drawn, smallest, values

from mlgate.checks.data._contract import ColumnContract
from mlgate.core.errors import MeasurementError
from mlgate.strategies import frames
from mlgate.strategies._contract import of_contracts
from mlgate.strategies._described import Wanted
from mlgate.strategies._pools import pool_of

CONTRACT = {
    "carrier": {"type": "string", "null_share": {"at_most": 0}, "values": {"in": ["AA", "B6", "DL"]}},
    "dep_delay": {"type": "float", "null_share": {"at_most": 0.03}, "values": {"between": [-60, 1500]}},
    "flight_id": {"type": "integer", "unique": True, "values": {"at_least": 1}},
    "tail": {"values": {"matches": "^N[0-9]{3}$"}},
    "sure": {"type": "boolean"},
    "day": {"type": "date", "values": {"between": ["2024-01-01", "2024-12-31"]}},
    "at": {"type": "timestamp"},
    "note": {"type": "string", "values": {"length": {"at_most": 20}}, "null_share": {"at_most": 0.5}},
}


@pytest.fixture(scope="module")
def many():
    return drawn(frames(columns=CONTRACT), 150)


def test_every_frame_keeps_the_contract(many):
    for frame in many:
        assert list(frame.columns) == list(CONTRACT)
        assert set(frame["carrier"]) <= {"AA", "B6", "DL"}
        assert frame["dep_delay"].dropna().between(-60, 1500).all()
        assert frame["flight_id"].is_unique
        assert frame["flight_id"].ge(1).all()
        assert frame["tail"].str.fullmatch("N[0-9]{3}").all()
        assert frame["day"].dropna().between(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-31")).all()
        assert frame["note"].dropna().str.len().le(20).all()
        assert not frame[["carrier", "flight_id", "tail", "sure", "day", "at"]].isna().any(axis=None)


def test_frames_have_the_types_that_pandas_gives_such_values(many):
    full = next(frame for frame in many if len(frame) and not frame.isna().any(axis=None))
    assert [str(kind) for kind in full.dtypes[["dep_delay", "flight_id", "sure"]]] == ["float64", "int64", "bool"]
    assert full["at"].dtype.kind == full["day"].dtype.kind == "M"
    assert full["carrier"].dtype == pd.Series(["a"]).dtype


def test_the_values_that_break_code_are_among_them(many):
    assert any(frame["dep_delay"].isna().any() for frame in many)
    assert {"-60.0", "1500.0", "0.0"} <= values(many, "dep_delay")
    assert {"2024-02-29 00:00:00", "2024-12-31 00:00:00"} <= values(many, "day")
    assert {len(frame) for frame in many} >= {0, 1, 2, 5}


def tried(contract, **wanted):
    """The cells that one column is tried with, as text."""
    pool = pool_of(of_contracts({"x": contract}).columns[0], Wanted(**wanted))
    return {str(cell) for group in (*pool.groups, pool.beyond) for cell in group}


def test_hours_that_no_clock_shows_and_ends_of_years_are_tried():
    seen = tried({"type": "timestamp"})
    assert "2024-03-10 02:30:00" in seen  # New York's clocks skip it
    assert "2024-10-27 02:30:00" in seen  # Berlin's show it twice
    assert {"2024-02-29 12:00:00", "2024-12-31 23:59:59", "1970-01-01 00:00:00"} <= seen
    within = tried({"type": "timestamp", "values": {"between": ["2021-01-01", "2022-06-30"]}})
    assert {"2021-01-01 00:00:00", "2022-06-30 00:00:00", "2021-11-07 01:30:00", "2022-03-27 02:30:00"} <= within
    assert not any(cell.startswith(("2020", "2024", "1970")) for cell in within)


def test_text_is_composed_decomposed_right_to_left_and_empty():
    assert {"", " ", "\u00e9", "e\u0301", "שלום", "nan"} <= tried({"type": "string"})
    assert {len(cell) for cell in tried({"type": "string"}, extreme=True)} >= {0, 1, 1_000, 10_000}
    assert tried({"type": "string", "values": {"length": {"between": [2, 3]}}}) >= {"e\u0301", "nan", "a b"}


def test_a_float_without_bounds_is_tried_at_its_ends_and_with_infinity_only_when_asked():
    assert {"1.7976931348623157e+308", "5e-324", "-0.0"} <= tried({"type": "float"})
    assert "inf" not in tried({"type": "float"})
    assert {"inf", "-inf"} <= tried({"type": "float", "values": {"between": [0, 1]}}, extreme=True)
    assert tried({"type": "float", "values": {"between": [0, 1]}}) == {"0.0", "1.0", "0.5"}
    x = {"x": {"type": "float"}}
    assert max(map(float, values(drawn(frames(columns=x, extreme=False), 80), "x"))) <= 1e9


def test_nulls_and_unseen_values_are_switched():
    everywhere = drawn(frames(columns=CONTRACT, nulls=True, unseen=True), 120)
    assert all(any(frame[name].isna().any() for frame in everywhere) for name in CONTRACT if name != "flight_id")
    assert values(everywhere, "carrier") - {"AA", "B6", "DL", "nan", "None"}
    assert not any(frame.isna().any(axis=None) for frame in drawn(frames(columns=CONTRACT, nulls=False), 40))


def test_order_is_kept():
    for frame in drawn(frames(columns={"n": {"type": "integer", "increasing": "strictly"}, "x": {"type": "float", "decreasing": True}}), 60):
        assert frame["n"].is_monotonic_increasing
        assert frame["n"].is_unique
        assert frame["x"].is_monotonic_decreasing


def test_a_failure_shrinks_to_one_row_and_the_simplest_cells():
    found = smallest(frames(columns=CONTRACT), lambda frame: bool((frame["dep_delay"] > 100).any()))
    assert len(found) == 1
    row = found.iloc[0]
    assert row["dep_delay"] in (101.0, 1500.0)
    assert (row["carrier"], row["flight_id"], row["sure"]) == ("AA", 1, False)


def test_the_same_frames_come_as_polars_and_as_an_array_of_numbers():
    for frame in drawn(frames(columns=CONTRACT, library="polars"), 40):
        assert frame.schema == {
            "carrier": pl.String,
            "dep_delay": pl.Float64,
            "flight_id": pl.Int64,
            "tail": pl.String,
            "sure": pl.Boolean,
            "day": pl.Date,
            "at": pl.Datetime("us"),
            "note": pl.String,
        }
        assert frame["dep_delay"].drop_nulls().is_between(-60, 1500).all()
    numbers = frames(columns={"x": {"type": "float", "null_share": {"at_most": 1}}, "n": {"type": "integer"}}, library="numpy", min_rows=1)
    arrays = drawn(numbers, 40)
    assert all(array.shape == (len(array), 2) and array.dtype == float for array in arrays)
    assert any(math.isnan(array[0, 0]) for array in arrays)


def test_contracts_and_dates_of_python_are_taken_too():
    stated = {
        "day": {"type": "date", "values": {"between": [datetime.date(2020, 1, 1), datetime.date(2020, 1, 3)]}},
        "n": ColumnContract(type="integer"),
    }
    assert values(drawn(frames(columns=stated), 100), "day") <= {"2020-01-01 00:00:00", "2020-01-02 00:00:00", "2020-01-03 00:00:00"}


def test_rows_can_be_bounded():
    sizes = {len(frame) for frame in drawn(frames(columns=CONTRACT, min_rows=1, max_rows=3), 40)}
    assert sizes == {1, 2, 3}


@pytest.mark.parametrize(
    ("columns", "options", "words"),
    [
        ({"dep_*": {"type": "float"}}, {}, "stands for several columns"),
        ({"x": {}}, {}, "does not say of which type"),
        ({"x": {"type": "integr"}}, {}, "columns.x.type"),
        ({"x": {"type": "struct"}}, {}, "cannot be made up"),
        ({"x": {"type": "integer", "values": {"between": ["a", "b"]}}}, {}, "'a' is no value of type integer"),
        ({"x": {"type": "integer", "values": {"between": [0.2, 0.8]}}}, {}, "no value is left"),
        ({"x": {"values": {"in": ["a"], "not_in": ["a"]}}}, {}, "no value is left"),
        ({"x": {"values": {"matches": r"\pL"}}}, {}, "reads otherwise than RE2"),
        ({"x": {"values": {"in": [1, 2]}, "unique": True}}, {"min_rows": 3}, "too few for 3 rows"),
        ({"x": {"type": "float"}}, {"min_rows": 4, "max_rows": 2}, "min_rows is 4 and max_rows 2"),
        ({"x": {"type": "string"}}, {"library": "numpy"}, "an array holds numbers"),
        ({"x": {"type": "string"}}, {"library": "dask"}, "library is 'dask'"),
        ({}, {}, "at least one column"),
    ],
)
def test_what_no_frame_satisfies_is_an_error_that_says_why(columns, options, words):
    with pytest.raises(MeasurementError, match=words.replace("(", r"\(")) as caught:
        frames(columns=columns, **options)
    assert caught.value.__notes__[0].startswith("fix: ")


def test_a_failing_frame_is_reported_as_code(tmp_path):
    import subprocess
    import sys

    (tmp_path / "test_it.py").write_text(
        "from hypothesis import given\nfrom mlgate.strategies import frames\n\n"
        "@given(frames(columns={'x': {'type': 'float'}}))\ndef test_it(frame):\n    assert not (frame['x'] > 5).any()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert "@example(pd.DataFrame({'x': pd.Series([6.0], dtype='float64')}))" in done.stdout


def test_exactly_one_description_is_given():
    with pytest.raises(MeasurementError, match="exactly one of columns, like, schema; got none"):
        frames()
    with pytest.raises(MeasurementError, match="got columns and schema"):
        frames(columns=CONTRACT, schema="a:b")
    with pytest.raises(TypeError, match="no option 'rows'"):
        frames(columns=CONTRACT, rows=3)
