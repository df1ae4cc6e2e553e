import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Matched, Overlap, Rows
from mlgate.core.view import View
from mlgate.expressions.guard import parse


def overlap(columns=("x",), others=None, where=None, other_where=None, **more):
    return Overlap(columns, View("t", where=where), others or columns, View("u", where=other_where), **more)


def opened(asking, left, right, key=()):
    asking.open("t", pa.table(left), key=key)
    asking.open("u", pa.table(right), key=key)
    return asking


def both(asking, left, right):
    return opened(asking, {"x": left}, {"x": right})[overlap()]


def test_rows_are_found_by_value_and_nulls_are_not_looked_up(asking):
    assert both(asking, [1, 1, 2, None, 9], [1, 1, 1, 2, None, 3]) == Matched(4, 3, 5)


def test_several_columns_are_looked_up_together(asking):
    opened(asking, {"a": [1, 1, 2, None], "b": ["x", "y", "x", "x"]}, {"a": [1, 2, None], "b": ["y", "y", "x"]})
    assert asking[overlap(("a", "b"))] == Matched(3, 1, 2)


def test_a_null_equals_a_null_where_that_is_asked_but_not_altogether(asking):
    opened(asking, {"a": [1, 1, None, None], "b": ["x", None, "x", None]}, {"a": [1, None, None], "b": [None, "x", None]})
    assert asking[overlap(("a", "b"), nulls=True)] == Matched(3, 2, 2)


def test_nan_is_a_null(asking):
    assert both(asking, [1.0, float("nan")], [float("nan"), 1.0]) == Matched(1, 1, 1)


def test_slices_of_both_sides_are_kept(asking):
    opened(asking, {"x": [1, 2, 3]}, {"x": [1, 2, 3]})
    assert asking[overlap(where=parse("x > 1"), other_where=parse("x < 3"))] == Matched(2, 1, 2)


def test_columns_of_other_names_are_paired_by_place(asking):
    opened(asking, {"x": [1, 2]}, {"y": [2, 3]})
    assert asking[overlap(others=("y",))].found == 1


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (pa.array([1, 2], pa.int8()), pa.array([2, 3], pa.int64()), 1),
        (pa.array([2**53 + 1], pa.int64()), pa.array([2.0**53]), 0),
        (pa.array([2**53, 7], pa.int64()), pa.array([2.0**53, 7.5]), 1),
        (pa.array([2**63 - 1], pa.int64()), pa.array([float("inf"), 2.0**63]), 0),
        (pa.array([2], pa.int64()), pa.array([2.4, 1.6]), 0),
        (pa.array([0.0, -0.0]), pa.array([0.0]), 2),
        (pa.array([1, 2], pa.int64()), pa.array([1.5, 2.0], pa.float64()).cast(pa.decimal128(10, 2)), 1),
        (pa.array([1.5, 2.0]), pa.array([1.5, 2.0], pa.float64()).cast(pa.decimal128(10, 2)), 2),
        (pa.array([0.5, 0.1], pa.float32()), pa.array([0.5, 0.1]), 1),
        (pa.array([datetime.date(2024, 1, 1)]), pa.array([datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, 5)]), 1),
        (pa.array([datetime.datetime(2024, 1, 1)], pa.timestamp("us", tz="UTC")), pa.array([datetime.datetime(2024, 1, 1)]), 1),
        (pa.array([1, 2], pa.timestamp("ns")), pa.array([2, 3], pa.timestamp("ns")), 1),
        (pa.array(["a", "b"]), pa.array(["b"]).dictionary_encode(), 1),
        (pa.array([True, None]), pa.array([True]), 1),
        (pa.array([[1.0, 2.0], [3.0]]), pa.array([[3.0], None]), 1),
        (pa.array([1, None]), pa.nulls(2), 0),
    ],
)
def test_values_of_two_types_are_equal_only_where_they_are(asking, left, right, found):
    assert both(asking, left, right).found == found


@pytest.mark.parametrize(("left", "right"), [([1], ["1"]), ([True], [1]), (["2024-01-01"], [datetime.date(2024, 1, 1)]), ([[1]], [["1"]])])
def test_values_that_can_never_be_equal_are_an_error(asking, left, right):
    with pytest.raises(MeasurementError, match="cannot equal"):
        both(asking, left, right)


def test_either_side_may_be_empty(asking):
    none = pa.array([], pa.int64())
    opened(asking, {"x": none}, {"x": [1, 2]})
    assert asking[overlap(shown=5)] == Matched(0, 0, 2)
    asking.open("v", pa.table({"x": [1, 1, 2]}))
    assert asking[Overlap(("x",), View("v"), ("x",), View("t"), shown=1)] == Matched(3, 0, 0, (((1,), 2),), 2)


def test_the_values_that_are_lost_come_most_frequent_first_in_their_own_type(asking):
    days = [datetime.date(2024, 1, day) for day in (1, 2, 2, 3, 4)]
    opened(asking, {"x": days}, {"x": [datetime.datetime(2024, 1, 1)]})
    assert asking[overlap(shown=2)] == Matched(5, 1, 1, (((datetime.date(2024, 1, 2),), 2), ((datetime.date(2024, 1, 3),), 1)), 3)


def test_rows_that_are_found_are_shown_beside_the_first_row_they_meet(asking):
    opened(asking, {"id": [1, 2, 3, 4], "x": ["a", "b", None, "c"]}, {"id": [7, 8, 9], "x": ["c", "a", "a"]})
    rows = Rows(("id", "x", "joined.id"), View("t"), limit=5, meets=overlap())
    assert {name: values.tolist() for name, values in asking[rows].items()} == {"id": [1, 4], "x": ["a", "c"], "joined.id": [8, 7]}
    assert asking[Rows(("id",), View("t"), limit=1, meets=overlap())]["id"].tolist() == [1]


def test_rows_with_nulls_meet_where_a_null_equals_a_null(asking):
    opened(asking, {"id": [1, 2], "a": [None, 5], "b": [1, 1]}, {"id": [7, 8], "a": [4, None], "b": [1, 1]})
    rows = Rows(("id", "joined.id", "joined.a"), View("t"), limit=5, meets=overlap(("a", "b"), nulls=True))
    answer = asking[rows]
    assert (answer["id"].tolist(), answer["joined.id"].tolist()) == ([1], [8])
    assert np.isnan(answer["joined.a"].astype(float)).all()


cells = st.one_of(st.none(), st.integers(0, 3))


@given(
    st.lists(st.tuples(cells, cells), max_size=8),
    st.lists(st.tuples(cells, st.one_of(st.none(), st.floats(0, 3).map(round))), max_size=8),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_it_equals_a_plain_search(tmp_path_factory, left, right, nulls):
    from asking import Asking

    made = Asking(tmp_path_factory.mktemp("engine"))
    types = (pa.int64(), pa.float64())
    made.open("t", pa.table({"a": pa.array([row[0] for row in left], types[0]), "b": pa.array([row[1] for row in left], types[0])}))
    made.open("u", pa.table({"a": pa.array([row[0] for row in right], types[0]), "b": pa.array([row[1] for row in right], types[1])}))
    keep = any if nulls else all
    mine, theirs = ([row for row in rows if keep(value is not None for value in row)] for rows in (left, right))
    answer = made[overlap(("a", "b"), nulls=nulls, shown=100)]
    made.engine.close()
    lost = [row for row in mine if row not in theirs]
    assert (answer.rows, answer.found, answer.others) == (len(mine), len(mine) - len(lost), len(theirs))
    assert dict(answer.lost) == {row: lost.count(row) for row in lost}
    assert answer.lost_values == len(set(lost))
