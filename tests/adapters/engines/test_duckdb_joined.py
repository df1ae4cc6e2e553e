import datetime
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import ROW_NUMBER, Aggregate, Op, Rows
from mlgate.core.view import View
from mlgate.expressions.guard import parse

VIEW = View("t", joined="u")
PAIRED = Aggregate(Op.PAIRED, None, (), VIEW)


def mismatches(column="x", word="exact", amount=0.0, nulls="equal", where=None):
    return Aggregate(Op.MISMATCHES, column, (word, amount, nulls), View("t", joined="u", where=where))


def pair(asking, left, right, key=("k",)):
    asking.open("t", pa.table(left), key=key)
    asking.open("u", pa.table(right), key=key)
    return asking


def one_pair(asking, left, right, types=(None, None)):
    return pair(asking, {"k": [1], "x": pa.array([left], types[0])}, {"k": [1], "x": pa.array([right], types[1])})


def test_rows_pair_over_the_key_and_double_keys_are_left_out(asking):
    pair(asking, {"k": [1, 2, 3, 3, 4, 5, None], "x": [1, 2, 3, 3, 4, 5, 6]}, {"k": [2, 1, 3, 5, 5, 7, None], "x": [2, 9, 3, 5, 5, 7, 6]})
    assert asking[PAIRED] == (2, 2, 2, 1, 1)  # 1 and 2 pair; 4 and the null alone on the left, 7 and the null on the right
    assert asking[mismatches()] == (2, 1, 8.0)


def test_parts_of_a_key_that_are_null_equal_each_other_but_not_altogether(asking):
    left = {"a": [1, 1, None, None], "b": ["x", None, "x", None], "v": [1, 2, 3, 4]}
    pair(asking, left, left, key=("a", "b"))
    assert asking[PAIRED] == (3, 1, 1, 0, 0)


def test_keys_pair_by_place_where_their_names_differ(asking):
    asking.open("t", pa.table({"id": [1, 2], "x": [1.0, 2.0]}), key=("id",))
    asking.open("u", pa.table({"row": pa.array([2, 3], pa.int8()), "x": [2.0, 3.0]}), key=("row",))
    assert asking[PAIRED] == (1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("left", "right", "word", "amount", "answer"),
    [
        (1.0, 1.0, "exact", 0, (1, 0, 0.0)),
        (1.0, 1.5, "exact", 0, (1, 1, 0.5)),
        (1.0, 1.5, "abs", 0.5, (1, 0, 0.5)),
        (1.0, 1.51, "abs", 0.5, (1, 1, pytest.approx(0.51))),
        (-2.0, -1.0, "rel", 0.5, (1, 0, 0.5)),
        (-2.0, -0.9, "rel", 0.5, (1, 1, pytest.approx(0.55))),
        (0.0, 0.0, "rel", 0.0, (1, 0, 0.0)),
        (0.0, 1e-300, "rel", 0.5, (1, 1, 1.0)),
        (0.3, 0.1 + 0.2, "ulp", 1, (1, 0, 1.0)),
        (0.3, 0.1 + 0.2, "ulp", 0, (1, 1, 1.0)),
        (math.inf, math.inf, "abs", 0.1, (1, 0, 0.0)),
        (math.inf, -math.inf, "abs", 1e300, (1, 1, math.inf)),
        (math.inf, 1.0, "rel", 1.0, (1, 1, math.inf)),
        (math.nan, None, "abs", 0.1, (1, 0, None)),
        (math.nan, 1.0, "abs", 9.0, (1, 1, None)),
        (None, 1.0, "exact", 0, (1, 1, None)),
        (None, None, "exact", 0, (1, 0, None)),
    ],
)
def test_tolerances_of_numbers(asking, left, right, word, amount, answer):
    one_pair(asking, left, right, (pa.float64(), pa.float64()))
    assert asking[mismatches(word=word, amount=amount)] == answer


@pytest.mark.parametrize("missing", [(None, None), (math.nan, None), (math.nan, math.nan)])
def test_two_nulls_mismatch_where_nulls_says_so(asking, missing):
    one_pair(asking, *missing, (pa.float64(), pa.float64()))
    assert asking[mismatches(nulls="equal")][:2] == (1, 0)
    assert asking[mismatches(nulls="mismatch")][:2] == (1, 1)


@pytest.mark.parametrize(
    ("left", "right", "word", "amount", "answer"),
    [("a", "a", "exact", 0, (1, 0, None)), ("a", "b", "exact", 0, (1, 1, None)), (True, False, "exact", 0, (1, 1, None))],
)
def test_text_and_booleans_are_equal_or_not(asking, left, right, word, amount, answer):
    one_pair(asking, left, right)
    assert asking[mismatches(word=word, amount=amount)] == answer


def test_times_differ_by_seconds(asking):
    noon = datetime.datetime(2026, 1, 1, 12)
    one_pair(asking, noon, noon + datetime.timedelta(seconds=1.5))
    assert asking[mismatches(word="within", amount=1.5)] == (1, 0, 1.5)
    assert asking[mismatches(word="within", amount=1.0)] == (1, 1, 1.5)
    assert asking[mismatches()] == (1, 1, 1.5)
    one_pair(asking, noon.date(), noon)
    assert asking[mismatches(word="within", amount=43200.0)] == (1, 0, 43200.0)
    one_pair(asking, noon.time(), datetime.time(12, 0, 2))
    assert asking[mismatches(word="within", amount=1.0)] == (1, 1, 2.0)


def test_numbers_of_different_widths_are_compared_as_numbers(asking):
    one_pair(asking, 1, 1.0, (pa.int8(), pa.float64()))
    assert asking[mismatches()] == (1, 0, 0.0)
    one_pair(asking, 0.1, 0.1, (pa.float32(), pa.float64()))
    assert asking[mismatches()][:2] == (1, 1)
    assert asking[mismatches(word="rel", amount=1e-6)][:2] == (1, 0)
    assert asking[mismatches(word="ulp", amount=1)][:2] == (1, 0)  # units of the narrower type


@settings(max_examples=40, deadline=None)
@given(a=st.floats(-1e300, 1e300), steps=st.integers(-6, 6), most=st.integers(0, 6))
def test_ulps_are_those_of_numpys_spacing(tmp_path_factory, a, steps, most):
    from asking import Asking

    b = a
    for _ in range(abs(steps)):
        b = float(np.nextafter(b, math.copysign(math.inf, steps)))
    if abs(a) < 1e-300:
        return
    asking = Asking(tmp_path_factory.mktemp("e"))
    one_pair(asking, a, b, (pa.float64(), pa.float64()))
    wanted = abs(a - b) <= most * np.spacing(max(abs(a), abs(b)))
    assert (asking[mismatches(word="ulp", amount=most)][1] == 0) == wanted
    asking.engine.close()


def test_a_slice_keeps_rows_of_either_side_by_their_own_values(asking):
    pair(asking, {"k": [1, 2, 3], "g": ["a", "b", "a"], "x": [1, 2, 3]}, {"k": [1, 2, 4, 5], "g": ["a", "b", "a", "b"], "x": [1, 0, 4, 5]})
    view = View("t", joined="u", where=parse("g = 'a'"))
    assert asking[Aggregate(Op.PAIRED, None, (), view)] == (1, 1, 1, 0, 0)
    assert asking[mismatches(where=parse("g = 'b'"))] == (1, 1, 2.0)


def test_rows_of_a_pair_show_both_sides_the_worst_first(asking):
    pair(asking, {"k": [1, 2, 3, 4], "x": [1.0, 2.0, 3.0, 4.0]}, {"k": [1, 2, 3, 5], "x": [1.0, 5.0, 4.0, 0.0]})
    differ = Expression('"x" IS DISTINCT FROM "joined.x" AND "k" IS NOT NULL AND "joined.k" IS NOT NULL', ("x", "joined.x", "k", "joined.k"))
    gap = Expression('ABS("x" - "joined.x")', ("x", "joined.x"))
    found = asking[Rows(("k", "x", "joined.x"), View("t", joined="u", where=differ), limit=5, largest=gap)]
    assert [found[name].tolist() for name in ("k", "x", "joined.x")] == [[2, 3], [2.0, 3.0], [5.0, 4.0]]


def test_all_questions_about_one_pair_are_one_statement(asking):
    pair(asking, {"k": [1], "x": [1], "y": [1]}, {"k": [1], "x": [1], "y": [2]})
    batch = [PAIRED, mismatches("x"), mismatches("y", "abs", 2.0)]
    assert asking.statement(*batch).count("full join") == 1
    assert asking.answers(batch) == {PAIRED: (1, 0, 0, 0, 0), batch[1]: (1, 0, 0.0), batch[2]: (1, 0, 1.0)}


def test_an_empty_side_leaves_all_rows_alone(asking):
    pair(asking, {"k": [1, 2], "x": [1, 2]}, {"k": pa.array([], pa.int64()), "x": pa.array([], pa.int64())})
    assert asking[PAIRED] == (0, 2, 0, 0, 0)
    assert asking[mismatches()] == (0, 0, None)


@pytest.mark.parametrize(
    ("keys", "types", "words"),
    [
        (((), ()), ([1], [1]), "declare no key"),
        ((("k",), ("k", "x")), ([1], [1]), "different lengths"),
        ((("k",), ("k",)), ([1], ["1"]), "integer.*string"),
        ((("k",), ("gone",)), ([1], [1]), "no key column 'gone'"),
    ],
)
def test_keys_that_cannot_be_joined_are_said(asking, keys, types, words):
    asking.open("t", pa.table({"k": types[0], "x": [1]}), key=keys[0])
    asking.open("u", pa.table({"k": types[1], "x": [1]}), key=keys[1])
    with pytest.raises(MeasurementError, match=words) as caught:
        asking[PAIRED]
    assert caught.value.fix


@pytest.mark.parametrize(("left", "right", "word", "words"), [(1, "a", "exact", "integer.*string"), ("a", "b", "abs", "'abs' does not fit")])
def test_columns_that_cannot_be_compared_are_said(asking, left, right, word, words):
    one_pair(asking, left, right)
    with pytest.raises(MeasurementError, match=words):
        asking[mismatches(word=word, amount=1.0)]


def test_a_column_that_one_side_lacks_is_said_with_its_side(asking):
    pair(asking, {"k": [1], "x": [1]}, {"k": [1]})
    with pytest.raises(MeasurementError, match=r"no column 'joined\.x'"):
        asking[mismatches()]


def test_rows_of_a_pair_are_numbered_as_in_the_first_dataset(asking):
    pair(asking, {"k": [3, 1, 2], "x": [1, 2, 3]}, {"k": [1, 2, 3, 4], "x": [9, 9, 1, 7]})
    found = asking[Rows(("k", "joined.x"), View("t", joined="u", where=Expression('"x" < "joined.x"', ("x", "joined.x"))), limit=9, numbered=True)]
    assert (found["k"].tolist(), found[ROW_NUMBER].tolist()) == ([1, 2], [2, 3])
