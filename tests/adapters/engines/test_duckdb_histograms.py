import datetime

import numpy as np
import pandas as pd
import pytest

from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.request import Counts, Grid, Histogram, Rows
from mlgate.core.view import View

MANY = tuple(float(edge) for edge in np.linspace(-2, 2, 200))
FEW = (-1.0, 0.0, 0.5)


def plainly(values, edges):
    values = np.asarray(values, dtype=float)
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
    low, high = (known.min(), known.max()) if len(known) else (None, None)
    return Binned(tuple(edges), tuple(counts.tolist()), int(np.isnan(values).sum()), low, high)


@pytest.mark.parametrize("edges", [FEW, MANY, ()], ids=["few", "many", "none"])
def test_a_histogram_counts_what_lies_between_its_edges(asking, edges):
    values = [*np.random.default_rng(1).normal(size=500), *edges[:40], np.nan, np.inf, -np.inf, 0.0, -0.0]
    asking.open("t", pd.DataFrame({"x": values}))
    assert asking[Histogram("x", edges, View("t"))] == plainly(values, edges)


@pytest.mark.parametrize("edges", [FEW, MANY], ids=["few", "many"])
def test_a_histogram_of_a_slice_counts_the_slice_alone(asking, edges):
    frame = pd.DataFrame({"x": np.linspace(-3, 3, 300), "g": np.arange(300) % 3})
    asking.open("t", frame)
    where = Expression('"g" = 1', ("g",))
    assert asking[Histogram("x", edges, View("t", where=where))] == plainly(frame.x[frame.g == 1], edges)


@pytest.mark.parametrize("edges", [FEW, MANY], ids=["few", "many"])
def test_a_histogram_of_no_rows_is_empty(asking, edges):
    asking.open("t", pd.DataFrame({"x": pd.Series([], dtype="float64")}))
    assert asking[Histogram("x", edges, View("t"))] == plainly([], edges)


def test_a_histogram_by_a_column_is_one_for_each_of_its_values(asking):
    frame = pd.DataFrame({"x": np.linspace(-3, 3, 300), "day": np.arange(300) % 3})
    asking.open("t", frame)
    answer = asking[Histogram("x", FEW, View("t"), by="day")]
    assert answer == {day: plainly(frame.x[frame.day == day], FEW) for day in (0, 1, 2)}


def test_times_are_counted_as_seconds_since_1970(asking):
    day = datetime.datetime(2013, 1, 2)
    asking.open("t", pd.DataFrame({"x": [day, day + datetime.timedelta(hours=1), None]}))
    seconds = day.replace(tzinfo=datetime.UTC).timestamp()
    assert asking[Histogram("x", (seconds,), View("t"))] == Binned((seconds,), (1, 1), 1, seconds, seconds + 3600)


def test_a_grid_is_the_same_each_time_and_cuts_into_equal_parts(asking):
    values = np.random.default_rng(2).normal(size=300_000)
    asking.open("t", pd.DataFrame({"x": values, "y": 1.0}))
    first = asking[Grid("x", 10, View("t"))]
    share = np.array(plainly(values, first).counts) / len(values)
    assert share == pytest.approx(0.1, abs=0.005)
    assert asking[Grid("x", 10, View("t"))] == first


def test_a_grid_does_not_depend_on_what_else_is_asked(asking):
    asking.open("t", pd.DataFrame({"x": np.random.default_rng(2).normal(size=100_000), "y": np.arange(100_000)}))
    together = asking.answers([Grid("x", 10, View("t")), Grid("y", 10, View("t"))])
    assert together[Grid("x", 10, View("t"))] == asking[Grid("x", 10, View("t"))]


def test_a_grid_of_a_column_without_values_is_empty(asking):
    asking.open("t", pd.DataFrame({"x": [np.nan, np.nan]}))
    assert asking[Grid("x", 10, View("t"))] == ()


def test_a_histogram_of_text_is_refused(asking):
    asking.open("t", pd.DataFrame({"x": ["a", "b"]}))
    with pytest.raises(MeasurementError, match="needs numbers or times"):
        asking.answers([Histogram("x", FEW, View("t"))])


def test_a_sample_is_spread_over_the_rows_and_the_same_each_time(asking):
    asking.open("t", pd.DataFrame({"x": np.arange(100_000)}))
    request = Rows(("x",), View("t"), sample=1000)
    found = asking[request]["x"]
    assert len(found) == pytest.approx(1000, rel=0.02)
    assert list(found) == sorted(found)
    assert np.histogram(found, bins=10, range=(0, 100_000))[0] == pytest.approx(100, abs=10)
    assert list(asking[request]["x"]) == list(found)


def test_a_sample_of_fewer_rows_than_asked_for_is_all_of_them(asking):
    asking.open("t", pd.DataFrame({"x": np.arange(50)}))
    assert list(asking[Rows(("x",), View("t", where=Expression('"x" < 20', ("x",))), sample=1000)]["x"]) == list(range(20))


def test_more_levels_than_asked_for_are_an_error_and_not_an_answer(asking):
    asking.open("t", pd.DataFrame({"x": ["a", "b", "c", None]}))
    assert len(asking[Counts(("x",), View("t"), most=4)]) == 4
    with pytest.raises(MeasurementError, match="more than 3 distinct values"):
        asking.answers([Counts(("x",), View("t"), most=3)])


def test_a_frame_has_the_columns_asked_for_with_plain_types(asking):
    asking.open("t", pd.DataFrame({"n": [1, 2, 3], "s": ["a", None, "c"], "x": [0.5, np.nan, 1.5]}))
    frame = asking.engine.frame(Rows(("x", "n", "s"), View("t", where=Expression('"n" > 1', ("n",)))))
    assert list(frame) == ["x", "n", "s"]
    assert frame["n"].tolist() == [2, 3]
    assert frame["n"].dtype.kind == "i"
    assert frame["x"].isna().tolist() == [True, False]


@pytest.mark.parametrize("edges", [FEW, MANY], ids=["few", "many"])
def test_the_ends_are_known_only_where_they_are_asked_for(asking, edges):
    values = [-5.0, 0.25, np.nan, 7.0]
    asking.open("t", pd.DataFrame({"x": values}))
    found = asking[Histogram("x", edges, View("t"), ends=False)]
    assert (found.low, found.high) == (None, None)
    assert found.counts == plainly(values, edges).counts


def test_integers_and_decimals_are_counted_as_the_numbers_they_are(asking):
    asking.open("t", pd.DataFrame({"n": pd.array([1, 2, None, 4], dtype="Int64")}))
    assert asking[Histogram("n", (1.0, 2.5), View("t"))] == Binned((1.0, 2.5), (1, 1, 1), 1, 1.0, 4.0)


@pytest.mark.parametrize("where", [None, Expression('"g" = 1', ("g",))], ids=["all", "slice"])
def test_rows_can_be_asked_for_by_their_position_in_the_view(asking, where):
    frame = pd.DataFrame({"x": np.arange(3000), "g": np.arange(3000) % 3})
    asking.open("t", frame)
    request = Rows(("x",), View("t", where=where), limit=2, places=(2500 // 3, 0, 7))
    kept = frame if where is None else frame[frame.g == 1]
    assert asking[request]["x"].tolist() == kept.x.iloc[[0, 7]].tolist()
