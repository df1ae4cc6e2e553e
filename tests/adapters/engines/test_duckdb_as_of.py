"""Joins in time against a plain loop: the newest row of the key that is not later."""

import datetime

import pyarrow as pa
import pytest
from asking import Asking
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate, Op, Rows
from mlgate.core.view import AsOf, Comparison, View
from mlgate.expressions.guard import parse

START = datetime.datetime(2026, 1, 1)
TIMES = AsOf("asked", "known")
VIEW = View("t", joined="u", as_of=TIMES)
PAIRED = Aggregate(Op.PAIRED, None, (), VIEW)
LAG = Aggregate(Op.LAG, "asked", (None, None), VIEW)


def at(minutes):
    return None if minutes is None else START + datetime.timedelta(minutes=minutes)


MICROS = pa.timestamp("us")


def opened(asking, asked, known, kinds=(MICROS, MICROS)):
    """Rows of (key, minute, value) on both sides."""
    for name, time, rows, kind in (("t", "asked", asked, kinds[0]), ("u", "known", known, kinds[1])):
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        moments = pa.array([at(minute) for minute in columns[1]], pa.timestamp("us"))
        table = {"user": pa.array(columns[0], pa.int64()), time: moments.cast(kind), "x": pa.array(columns[2], pa.float64())}
        asking.open(name, pa.table(table), key=("user",))
    return asking


def newest(known, user, minute):
    """(minute, value, whether it stands there alone) of the newest row that is not later, None where there is none."""
    past = [row for row in known if None not in (row[0], row[1], user, minute) and row[0] == user and row[1] <= minute]
    if not past:
        return None
    last = max(row[1] for row in past)
    same = [row for row in past if row[1] == last]
    return last, same[0][2], len(same) == 1


ROW = st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 12), st.integers(0, 3).map(float))


@settings(max_examples=60, deadline=None)
@given(asked=st.lists(ROW, max_size=12), known=st.lists(ROW, max_size=12))
def test_each_row_is_compared_with_what_was_known_at_its_time(tmp_path_factory, asked, known):
    asking = opened(Asking(tmp_path_factory.mktemp("e")), asked, known)
    partners = [(row, newest(known, row[0], row[1])) for row in asked]
    sure = [(row, found) for row, found in partners if found is not None and found[2]]
    doubles = {(user, minute) for user, minute, _ in known if None not in (user, minute)}
    counted = sum(sum(row[:2] == pair for row in known) > 1 for pair in doubles)
    answers = asking.answers([PAIRED, LAG, asked_mismatches := Aggregate(Op.MISMATCHES, "x", Comparison("x").args, VIEW)])
    assert answers[PAIRED] == (len(sure), sum(found is None for _, found in partners), 0, 0, counted)
    assert answers[asked_mismatches][:2] == (len(sure), sum(row[2] != found[1] for row, found in sure))
    lags = sorted(60.0 * (row[1] - found[0]) for row, found in sure)
    middle = None if not lags else (lags[(len(lags) - 1) // 2] + lags[len(lags) // 2]) / 2
    assert answers[LAG] == (len(lags), 0, lags[0] if lags else None, middle, lags[-1] if lags else None)
    asking.engine.close()


def test_a_row_from_the_future_is_never_taken(asking):
    opened(asking, [(1, 10, 1.0), (2, 10, 1.0)], [(1, 11, 1.0), (2, 10, 1.0)])
    assert asking[PAIRED] == (1, 1, 0, 0, 0)


def test_a_row_one_nanosecond_later_is_the_future(asking):
    one = pa.table({"user": [1], "asked": pa.array([1_000], pa.timestamp("ns")), "x": [1.0]})
    other = pa.table({"user": [1], "known": pa.array([1_001], pa.timestamp("ns")), "x": [1.0]})
    asking.open("t", one, key=("user",))
    asking.open("u", other, key=("user",))
    assert asking[PAIRED] == (0, 1, 0, 0, 0)


def test_the_time_may_be_part_of_the_key(asking):
    opened(asking, [(1, 10, 5.0)], [(1, 3, 1.0), (1, 9, 5.0), (1, 12, 7.0)])
    asking.open("u", pa.table({"user": [1, 1, 1], "known": [at(3), at(9), at(12)], "x": [1.0, 5.0, 7.0]}), key=("user", "known"))
    assert asking[Aggregate(Op.MISMATCHES, "x", ("exact", 0.0, "equal"), VIEW)] == (1, 0, 0.0)


def test_rows_with_one_time_are_not_compared_and_no_older_one_is_taken_for_them(asking):
    opened(asking, [(1, 10, 5.0)], [(1, 3, 1.0), (1, 9, 5.0), (1, 9, 6.0)])
    assert asking[PAIRED] == (0, 0, 0, 0, 1)


def test_dates_meet_times_and_zones_are_utc(asking):
    opened(asking, [(1, 600, 1.0), (1, 2000, 2.0)], [(1, 0, 1.0), (1, 1440, 2.0)], (pa.timestamp("us", "UTC"), pa.date32()))
    assert asking[Aggregate(Op.MISMATCHES, "x", ("exact", 0.0, "equal"), VIEW)] == (2, 0, 0.0)
    assert asking[LAG] == (2, 0, 560 * 60.0, 580 * 60.0, 600 * 60.0)


def test_lags_out_of_bounds_are_counted(asking):
    opened(asking, [(1, minute, 1.0) for minute in (1, 5, 30)], [(1, 0, 1.0)])
    assert asking[Aggregate(Op.LAG, "asked", (None, 300.0), VIEW)][:2] == (3, 1)
    assert asking[Aggregate(Op.LAG, "asked", (120.0, 300.0), VIEW)][:2] == (3, 2)


def test_a_slice_keeps_rows_of_the_asking_side(asking):
    opened(asking, [(1, 10, 5.0), (2, 10, 5.0)], [(1, 3, 5.0), (2, 3, 1.0)])
    view = View("t", joined="u", as_of=TIMES, where=parse("user = 1"))
    assert asking[Aggregate(Op.PAIRED, None, (), view)] == (1, 0, 0, 0, 0)
    assert asking[Aggregate(Op.MISMATCHES, "x", ("exact", 0.0, "equal"), view)][:2] == (1, 0)


def test_rows_show_both_times(asking):
    opened(asking, [(2, 10, 5.0), (1, 10, 5.0)], [(1, 3, 5.0), (2, 3, 1.0)])
    found = asking[Rows(("user", "asked", "joined.known", "joined.x"), View("t", joined="u", as_of=TIMES, pairs=Comparison("x")), limit=5)]
    assert [found[name].tolist() for name in found] == [[2], [at(10)], [at(3)], [1.0]]


def test_joins_in_time_and_by_key_alone_are_two_scans(asking):
    opened(asking, [(1, 10, 5.0)], [(1, 3, 5.0), (1, 9, 5.0)])
    asking.open("u", pa.table({"user": [1], "known": [at(3)], "x": [5.0]}), key=("user",))
    plain = Aggregate(Op.PAIRED, None, (), View("t", joined="u"))
    assert asking.answers([PAIRED, plain]) == {PAIRED: (1, 0, 0, 0, 0), plain: (1, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("times", "keys", "words"),
    [
        (AsOf("asked", "x"), (("user",), ("user",)), "'x' of u is of type float, not a date or timestamp"),
        (AsOf("asked", "gone"), (("user",), ("user",)), "no key column 'gone'"),
        (TIMES, (("asked",), ("known",)), "hold nothing besides the time"),
        (TIMES, (("user", "x"), ("user", "known")), "different lengths besides the time"),
    ],
)
def test_what_cannot_be_joined_in_time_is_said(asking, times, keys, words):
    asking.open("t", pa.table({"user": [1], "asked": [at(1)], "x": [1.0]}), key=keys[0])
    asking.open("u", pa.table({"user": [1], "known": [at(1)], "x": [1.0]}), key=keys[1])
    with pytest.raises(MeasurementError, match=words):
        asking[Aggregate(Op.PAIRED, None, (), View("t", joined="u", as_of=times))]
