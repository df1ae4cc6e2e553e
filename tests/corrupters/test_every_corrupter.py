import datetime

import numpy as np
import pyarrow as pa
import pytest

from mlgate.adapters.engines._duckdb.arrow_table import ArrowTable
from mlgate.core.corrupter import Target
from mlgate.core.registry import entries, load
from mlgate.core.table_schema import Column, TableSchema

N = 200
TABLE = ArrowTable(
    pa.table(
        {
            "id": pa.array(range(N), pa.int64()),
            "age": pa.array([None if row == 3 else 20.0 + row for row in range(N)], pa.float64()),
            "seats": pa.array([row % 100 for row in range(N)], pa.int8()),
            "city": pa.array(["Ulm", "Bonn"] * (N // 2)),
            "day": pa.array([datetime.date(2026, 1, 31)] * N),
            "y": pa.array([row % 2 for row in range(N)], pa.int64()),
        }
    )
)
TYPES = {"id": "integer", "age": "float", "seats": "integer", "city": "string", "day": "date", "y": "integer"}
SCHEMA = TableSchema("rows", tuple(Column(name, word) for name, word in TYPES.items()))
TARGET = Target(SCHEMA, N, TABLE, ("id",), "y", "day")
OF_DATASETS = [name for name in entries("corrupters") if load("corrupters", name).of == "dataset"]


def corrupted(name, seed=0):
    return TABLE.damaged(load("corrupters", name)().damage(TARGET, np.random.default_rng(seed))).frame


@pytest.mark.parametrize("name", OF_DATASETS)
def test_it_changes_the_rows_leaves_the_key_and_gives_the_same_for_the_same_seed(name):
    first, again = corrupted(name), corrupted(name)
    assert first.equals(again)
    assert not first.equals(TABLE.frame)
    assert set(first["id"].to_pylist()) <= set(range(N))


@pytest.mark.parametrize("name", entries("corrupters"))
def test_it_says_in_a_sentence_what_happened_in_production(name):
    assert load("corrupters", name).happened().endswith(".")
    assert load("corrupters", name).name == name


@pytest.mark.parametrize("name", OF_DATASETS)
def test_a_dataset_with_nothing_to_corrupt_is_left_alone_or_loses_or_repeats_rows(name):
    bare = Target(TableSchema("bare", (Column("id", "integer"),)), 0, TABLE, ("id",))
    assert load("corrupters", name)().damage(bare, np.random.default_rng(0)) is None


def test_a_shift_is_one_standard_deviation_and_keeps_nulls():
    before = np.array([20.0 + row for row in range(N) if row != 3])
    after = np.array(corrupted("shift")["age"].drop_null())
    assert after == pytest.approx(before + before.std())
    assert corrupted("shift")["age"].null_count == 1


def test_integers_stay_integers_and_grow_where_they_no_longer_fit():
    changed = corrupted("unit_change")["seats"]
    assert changed.to_pylist()[99] == 159  # 99 miles; int8 ends at 127


def test_stale_dates_lie_30_days_back():
    assert set(corrupted("stale")["day"].to_pylist()) == {datetime.date(2026, 1, 1)}


def test_a_null_burst_is_one_fifth_in_one_piece_and_spares_key_and_label():
    frame = corrupted("null_burst")
    gone = np.flatnonzero(frame["city"].is_null())
    assert gone.size == N // 5
    assert gone[-1] - gone[0] == gone.size - 1
    assert frame["y"].null_count == frame["id"].null_count == 0


def test_swapped_labels_keep_the_share_of_classes():
    labels = np.array(corrupted("swapped_labels")["y"])
    assert labels.sum() == N // 2
    assert (labels != np.arange(N) % 2).any()


def test_ten_per_cent_are_duplicated_and_half_are_lost():
    assert corrupted("duplicated_rows").num_rows == 220
    assert corrupted("lost_rows").num_rows == 100


def test_one_column_is_dropped_that_is_neither_key_nor_label_nor_time():
    for seed in range(10):
        assert {*TYPES} - {*corrupted("dropped_column", seed).column_names} < {"age", "seats", "city"}
