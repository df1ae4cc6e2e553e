import datetime
import functools
import itertools
import math
import operator
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from asking import Asking
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_answers import ANSWERS, duplicates, null

from mlgate.adapters.engines._duckdb.membership import SMALL
from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource
from mlgate.core.request import ROW_NUMBER, Aggregate, Counts, Op, Rows
from mlgate.core.view import View
from mlgate.expressions.guard import parse

TYPES = pa.schema([("i", pa.int64()), ("x", pa.float64()), ("s", pa.string()), ("b", pa.bool_()), ("d", pa.date32()), ("t", pa.timestamp("us"))])
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 9))
COLUMNS = {
    "i": st.integers(-5, 5) | st.integers(-(2**62), 2**62),
    "x": st.floats(-1e6, 1e6, width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0]),
    "s": st.text(alphabet="aB1 é'", max_size=4),
    "b": st.booleans(),
    "d": DAYS,
    "t": DAYS.map(lambda day: datetime.datetime(day.year, day.month, day.day, 12, 30)),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, values in COLUMNS.items()})
TABLES = st.lists(ROW, max_size=12)
MANY = tuple(range(-SMALL, SMALL + 1))
ASKED = [
    (Op.ROWS, None, ()),
    *((op, column, ()) for op in (Op.NULLS, Op.MIN, Op.MAX, Op.DISTINCT) for column in TYPES.names),
    *((op, column, ()) for op in (Op.NAN, Op.INFINITE) for column in ("x", "i", "s")),
    *((op, column, ()) for op in (Op.SUM, Op.MEAN) for column in ("x", "i", "b")),
    *((Op.STD, column, ()) for column in ("x", "i")),
    *((Op.OUTSIDE, column, bounds) for column in ("x", "i") for bounds in [(-1, 2), (None, 0.5), (-1.5, None), (0, 0), (None, None)]),
    *((Op.OUTSIDE, "s", bounds) for bounds in [("B", "a"), (None, "é"), ("a", None)]),
    *((op, "i", members) for op in (Op.IN, Op.NOT_IN) for members in [(), (1,), (1.0, 2.5), (0, None), MANY]),
    *((op, "x", members) for op in (Op.IN, Op.NOT_IN) for members in [(), (0, 1), (math.inf, 1.5), MANY]),
    *((op, "s", members) for op in (Op.IN, Op.NOT_IN) for members in [(), ("a", ""), ("é", "'", None), (*(f"a{n}" for n in MANY), "a", "B")]),
    *((op, "b", (True,)) for op in (Op.IN, Op.NOT_IN)),
    *((op, "s", (pattern,)) for op in (Op.MATCHING, Op.NOT_MATCHING) for pattern in ("a", "^[aB]+$", "é'")),
    *((Op.LENGTH_OUTSIDE, "s", bounds) for bounds in [(1, 2), (None, 1), (2, None)]),
    *(
        (Op.PRESENT, column, wanted)
        for column, wanted in [("i", (1, 0, -7)), ("s", ("a", "", "zz", None)), ("b", (True, False)), ("x", (0, math.inf))]
    ),
    *(
        (Op.ORDER_BREAKS, column, (way, strict))
        for column in ("i", "x", "s", "t")
        for way in ("increasing", "decreasing")
        for strict in (True, False)
    ),
]
SLICES = {
    None: lambda row: True,
    parse("i > 0"): lambda row: row["i"] is not None and row["i"] > 0,
    parse("s is null or b"): lambda row: row["s"] is None or row["b"],
}


def requests(where):
    view = View("t", where=where)
    return [Aggregate(op, of, args, view) for op, of, args in ASKED]


def expected(request, rows):
    values = [row[request.of] if request.of else row for row in rows]
    return ANSWERS[request.op](values, *request.args)


def agree(got, wanted, scale=1.0):
    if isinstance(wanted, float) and isinstance(got, float):
        return got == wanted or math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9 * scale)
    return got == wanted and type(got) is type(wanted)


def arrow(rows):
    return pa.Table.from_pylist(rows, schema=TYPES)


@pytest.fixture(scope="module")
def engine():
    with tempfile.TemporaryDirectory() as folder:
        made = Asking(Path(folder))
        yield made
        made.engine.close()


@settings(max_examples=30, deadline=None)
@given(rows=TABLES)
def test_every_operator_answers_as_plain_python_does(rows, engine):
    engine.open("t", arrow(rows))
    for where, keeps in SLICES.items():
        kept = [row for row in rows if keeps(row)]
        scale = max([1.0, *(abs(row[name]) for row in kept for name in ("i", "x") if row[name] is not None and math.isfinite(row[name]))])
        answers = engine.answers(requests(where))
        wrong = [
            (request.op, request.of, request.args, got, expected(request, kept))
            for request, got in answers.items()
            if not agree(got, expected(request, kept), scale)
        ]
        assert not wrong


@settings(max_examples=6, deadline=None)
@given(rows=TABLES)
def test_fused_answers_equal_each_alone(rows, engine):
    engine.open("t", arrow(rows))
    for where in SLICES:
        fused = engine.answers(requests(where))
        alone = {request: engine[request] for request in requests(where)}
        assert fused == alone


@settings(max_examples=40, deadline=None)
@given(rows=TABLES, share=st.sampled_from([0.0, 0.05, 0.25, 0.5, 0.9, 1.0]))
def test_quantiles_interpolate_as_numpy_does(rows, share, engine):
    finite = [row for row in rows if row["x"] is None or not math.isinf(row["x"])]
    engine.open("t", arrow(finite))
    for column in ("x", "i"):
        request = Aggregate(Op.QUANTILE, column, (share,), View("t"))
        wanted = ANSWERS[Op.QUANTILE]([row[column] for row in finite], share)
        got = engine[request]
        assert (got is None) == (wanted is None)
        if got is not None:
            assert got == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(rows=TABLES)
def test_duplicates_counts_and_rows_answer_as_plain_python_does(rows, engine):
    engine.open("t", arrow(rows))
    for where, keeps in SLICES.items():
        kept = [row for row in rows if keeps(row)]
        view = View("t", where=where)
        for columns in (("x",), ("s",), ("b", "d"), ("x", "s", "t")):
            own = [tuple(row[name] for name in columns) for row in kept]
            assert engine[Aggregate(Op.DUPLICATES, None, columns, view)] == duplicates(own)
            assert engine[Counts(columns, view)] == Counter(tuple(null(value) for value in row) for row in own)
        found = engine[Rows(tuple(TYPES.names), view)]
        for name in TYPES.names:
            assert [None if value != value else value for value in found[name].tolist()] == [null(row[name]) for row in kept]
        first = engine[Rows(("i", "s"), view, limit=3)]
        assert first["s"].tolist() == [row["s"] for row in kept][:3]


FORMS = ("pandas", "arrow", "parquet")


def open_as(form, rows, engine, path):
    """The same rows as a pandas frame, an Arrow table or a Parquet file, whose statistics know nothing of NaN."""
    if form == "pandas":
        engine.open(
            "t", pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype="float64" if name == "x" else object) for name in TYPES.names})
        )
    elif form == "arrow":
        engine.open("t", arrow(rows))
    else:
        pq.write_table(arrow(rows), path)
        engine.engine.open("t", Dataset(path=str(path)), FilesSource((str(path),), "parquet"))


@settings(max_examples=15, deadline=None)
@given(rows=TABLES.filter(bool))
def test_pandas_arrow_and_parquet_give_the_same_answers(rows, engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    columns = [name for name in ("i", "x", "s", "b") if any(row[name] is not None for row in rows)]
    asked = [request for request in requests(None) if request.of in (None, *columns) and request.op is not Op.NAN]
    slices = [parse("x is null"), parse("not x <= 0"), parse("x <> 0"), parse("isnan(x)"), parse("x > 0 or x is null")]
    asked += [Counts(("x",), View("t", where=where)) for where in slices] + [Aggregate(Op.ROWS, None, (), View("t", where=where)) for where in slices]
    answers = []
    for form in FORMS:
        open_as(form, rows, engine, folder / "t.parquet")
        answers.append(engine.answers(asked))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("form", FORMS)
def test_nan_is_a_null_wherever_it_comes_from(engine, tmp_path, form):
    rows = [{"x": 0.0, "i": 1}, {"x": math.nan, "i": 2}, {"x": 1.0, "i": 3}]
    open_as(form, [dict.fromkeys(TYPES.names) | row for row in rows], engine, tmp_path / "t.parquet")
    view = View("t")
    asked = {Aggregate(Op.NULLS, "x", (), view): 1, Aggregate(Op.MAX, "x", (), view): 1.0, Aggregate(Op.MEAN, "x", (), view): 0.5}
    asked |= {
        Aggregate(Op.OUTSIDE, "x", (0, 1), view): 0,
        Aggregate(Op.DISTINCT, "x", (), view): 2,
        Counts(("x",), view): {(0.0,): 1, (1.0,): 1, (None,): 1},
    }
    assert engine.answers(asked) == asked
    for where in ("x is null", "not coalesce(x <= 5, false)"):
        assert engine[Rows(("i",), View("t", where=parse(where)))]["i"].tolist() == [2]
    if form != "pandas":  # pandas hands NaN over as null
        assert engine[Aggregate(Op.NAN, "x", (), view)] == 1


def test_no_rows_give_zero_for_counts_and_none_for_statistics(asking):
    asking.open("t", arrow([]))
    for request, got in asking.answers(requests(None)).items():
        assert got == expected(request, [])


@pytest.mark.parametrize("op", [Op.MEAN, Op.SUM, Op.STD, Op.QUANTILE])
def test_a_statistic_of_text_is_an_error_that_names_the_column(asking, view, op):
    asking.open("t", arrow([{"s": "a"}]))
    with pytest.raises(Exception, match="'s' is of type string"):
        asking[Aggregate(op, "s", (0.5,), view)]


def test_sums_of_many_large_integers_are_exact(asking, view):
    asking.open("t", pa.table({"i": [2**62, 2**62, 2**62, 1]}))
    assert asking[Aggregate(Op.SUM, "i", (), view)] == 3 * 2**62 + 1


def test_sums_and_means_of_floats_do_not_gather_rounding(asking, view):
    asking.open("t", pa.table({"x": [0.1] * 10}))
    assert functools.reduce(operator.add, [0.1] * 10) < 1.0  # what adding one by one gives
    assert asking[Aggregate(Op.SUM, "x", (), view)] == 1.0
    assert asking[Aggregate(Op.MEAN, "x", (), view)] == 0.1


def test_bounds_between_large_integers_do_not_round(asking, view):
    asking.open("t", pa.table({"i": [2**53, 2**53 + 1]}))
    assert asking[Aggregate(Op.OUTSIDE, "i", (None, float(2**53)), view)] == 1
    assert asking[Aggregate(Op.OUTSIDE, "i", (2**53 + 1, None), view)] == 1
    assert asking[Aggregate(Op.OUTSIDE, "i", (-(10**400), 10**400), view)] == 0


def test_decimals_and_single_floats_compare_with_the_number_that_was_written(asking, view):
    asking.open("t", pa.table({"d": pa.array([0.1, 0.2], pa.float64()).cast(pa.decimal128(5, 1)), "f": pa.array([0.1, 0.2], pa.float32())}))
    for column in ("d", "f"):
        assert asking[Aggregate(Op.OUTSIDE, column, (0.1, 0.2), view)] == 0
        assert asking[Aggregate(Op.NOT_IN, column, (0.1, 0.2), view)] == 0
        assert asking[Aggregate(Op.PRESENT, column, (0.1, 0.3), view)] == (0.1,)


@pytest.mark.parametrize(
    ("low", "high", "out"),
    [
        *(("2026-01-02", None, 1), (None, "2026-01-02", 1), ("2026-01-01T12:00:00", None, 1), ("2026-01-03", "2026-01-03", 2)),
        *(("2026-01-02T01:00:00+02:00", None, 1), (None, "2026-01-02 23:59:59Z", 1)),
    ],
)
def test_bounds_on_times_are_iso_text_and_zones_count(asking, view, low, high, out):
    days = [datetime.date(2026, 1, day) for day in (1, 2, 3)]
    moments = [datetime.datetime(2026, 1, day, tzinfo=datetime.UTC) for day in (1, 2, 3)]
    naive = [moment.replace(tzinfo=None) for moment in moments]
    asking.open("t", pa.table({"d": days, "t": naive, "z": pa.array(moments, pa.timestamp("us", "UTC"))}))
    for column in ("d", "t", "z"):
        assert asking[Aggregate(Op.OUTSIDE, column, (low, high), view)] == out


def test_times_with_a_zone_come_back_as_utc(asking, view):
    moment = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    asking.open("t", pa.table({"z": pa.array([moment, None], pa.timestamp("us", "Europe/Athens")), "n": [1, 2]}))
    assert asking[Aggregate(Op.MAX, "z", (), view)] == moment
    assert asking[Aggregate(Op.MAX, "z", (), view)].tzinfo is datetime.UTC
    assert asking[Counts(("z",), view)] == {(moment,): 1, (None,): 1}
    assert asking[Rows(("z", "n"), view)]["z"].tolist() == [datetime.datetime(2026, 1, 1, 10), None]


@pytest.mark.parametrize(("column", "value"), [("i", "1"), ("x", "a"), ("s", 1), ("b", "true"), ("d", 20260101), ("t", "yesterday"), ("i", True)])
def test_values_that_cannot_be_compared_are_refused_and_said(asking, view, column, value):
    asking.open("t", arrow([]))
    for op in (Op.IN, Op.NOT_IN, Op.PRESENT):
        with pytest.raises(Exception, match=f"cannot be compared with '{column}'"):
            asking[Aggregate(op, column, (value,), view)]


def test_a_column_of_nulls_alone_takes_every_question(asking, view):
    asking.open("t", pa.table({"n": pa.nulls(3)}))
    asked = [
        (Op.NULLS, (), 3),
        (Op.OUTSIDE, (1, 2), 0),
        (Op.IN, ("a",), 0),
        (Op.NOT_IN, (1,), 0),
        (Op.MATCHING, ("a",), 0),
        (Op.NOT_MATCHING, ("a",), 0),
    ]
    asked += [(Op.LENGTH_OUTSIDE, (1, 2), 0), (Op.MIN, (), None), (Op.SUM, (), None), (Op.MEAN, (), None), (Op.STD, (), None), (Op.DISTINCT, (), 0)]
    for op, args, wanted in asked:
        assert asking[Aggregate(op, "n", args, view)] == wanted


def test_sql_aggregates_respect_the_slice_and_take_nan_for_null(asking):
    asking.open("t", pa.table({"x": [1.0, math.nan, 3.0], "g": [1, 1, 2]}))
    mean = parse_aggregate('sum("x") / count("x")')
    assert asking[Aggregate(Op.SQL, mean, (), View("t"))] == 2.0
    assert asking[Aggregate(Op.SQL, mean, (), View("t", where=parse("g = 1")))] == 1.0
    assert asking[Aggregate(Op.SQL, mean, (), View("t", where=parse("g = 3")))] is None


def parse_aggregate(sql):
    from mlgate.core.expression import Expression

    return Expression(sql, ("x",))


def test_repeated_rows_stand_group_by_group_and_nulls_are_equal(asking, view):
    asking.open("t", pa.table({"k": ["b", "a", None, "b", "a", "c", None], "m": [1, None, None, 1, None, 1, None], "n": list(range(7))}))
    assert asking[Rows(("n",), view, limit=9, repeated=("k", "m"))]["n"].tolist() == [1, 4, 0, 3]
    assert asking[Rows(("n", "k"), view, limit=3, repeated=("k",))]["n"].tolist() == [1, 4, 0]
    assert asking[Rows(("n",), View("t", where=parse("n > 0")), limit=9, repeated=("k",))]["n"].tolist() == [1, 4]


def test_the_largest_rows_come_first_and_nulls_last(asking, view):
    asking.open("t", pa.table({"x": [1.0, math.nan, 3.0, None, 2.0], "n": list(range(5))}))
    assert asking[Rows(("n",), view, limit=4, largest=parse("x"))]["n"].tolist() == [2, 4, 0, 1]


def test_rows_of_one_slice_come_by_one_statement(asking, view):
    asking.open("t", arrow([{"i": 1, "x": 2.0, "s": "a"}]))
    one, two = Rows(("i", "x"), view), Rows(("x", "s", parse("i + 1")), view)
    assert asking.statement(one, two).count("select") == 1
    answers = asking.answers([one, two])
    assert answers[two][parse("i + 1")].tolist() == [2]
    assert answers[one]["x"].tolist() == [2.0]


def test_answers_are_plain_python(asking, view):
    asking.open("t", pa.table({"d": pa.array([1.5, 2.5], pa.float64()).cast(pa.decimal128(5, 1)), "b": [True, False], "i": [1, 2]}))
    for op, column, kind in [
        (Op.SUM, "d", Decimal),
        (Op.MIN, "d", Decimal),
        (Op.SUM, "i", int),
        (Op.SUM, "b", int),
        (Op.MEAN, "i", float),
        (Op.MIN, "b", bool),
    ]:
        assert type(asking[Aggregate(op, column, (), view)]) is kind
    assert {type(part) for key in asking[Counts(("d", "b"), view)] for part in key} == {float, bool}


@pytest.mark.parametrize("request_", [Aggregate(Op.MIN, "prise", (), View("t")), Counts(("prise",), View("t")), Rows(("prise",), View("t"))])
def test_an_unknown_column_is_said_with_the_nearest_before_anything_is_sent(asking, request_):
    asking.open("t", pa.table({"price": [1]}))
    with pytest.raises(Exception, match="no column 'prise'") as caught:
        asking[request_]
    assert "did you mean 'price'" in caught.value.fix


@given(values=st.lists(st.integers(0, 4) | st.none(), max_size=12), direction=st.sampled_from(["increasing", "decreasing"]), strict=st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_rows_that_break_an_order_are_those_that_are_counted_each_after_its_neighbour(values, direction, strict):
    with tempfile.TemporaryDirectory() as folder:
        asking = Asking(Path(folder))
        asking.open("t", pa.table({"v": pa.array(values, pa.int64()), "n": list(range(len(values)))}))
        request = Rows(("n",), View("t"), limit=99, unordered=("v", direction, strict), numbered=True)
        counted = Aggregate(Op.ORDER_BREAKS, "v", (direction, strict), View("t"))
        answers = asking.answers([request, counted])
        asking.engine.close()
    comparison = {("increasing", False): operator.lt, ("increasing", True): operator.le, ("decreasing", False): operator.gt}
    breaks = comparison.get((direction, strict), operator.ge)
    known = [place for place, value in enumerate(values) if value is not None]
    pairs = [(one, other) for one, other in itertools.pairwise(known) if breaks(values[other], values[one])]
    assert answers[request]["n"].tolist() == sorted({place for pair in pairs for place in pair})
    assert answers[counted] == len(pairs)


def test_rows_are_numbered_in_file_order_whatever_is_asked_of_them(asking, view):
    asking.open("t", pa.table({"k": ["b", "a", None, "b"], "n": [5, 6, 9, 8]}))
    for request, numbers in (
        (Rows(("k",), view, limit=9, numbered=True), [1, 2, 3, 4]),
        (Rows(("k",), View("t", where=parse("n > 5")), limit=2, numbered=True), [2, 3]),
        (Rows(("k",), view, limit=9, numbered=True, repeated=("k",)), [1, 4]),
        (Rows(("k",), view, limit=2, numbered=True, largest=parse("n + 0")), [3, 4]),
    ):
        assert asking[request][ROW_NUMBER].tolist() == numbers
    assert ROW_NUMBER not in asking[Rows(("k",), view, limit=9)]
