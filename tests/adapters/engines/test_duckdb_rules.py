import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.view import View
from mlgate.expressions.guard import parse

ROWS = {
    "n": [1, 2, 3, 4, 5, 6],
    "x": [1.0, math.nan, None, math.inf, -1.0, 0.0],
    "y": [0.0, 1.0, 2.0, math.inf, 0.5, 0.0],
    "s": ["1", "a", None, "4", "b", "6"],
}


@pytest.fixture(params=["arrow", "parquet"])
def table(asking, request, tmp_path):
    """Parquet's statistics let DuckDB conclude things about NaN that are not so."""
    if request.param == "arrow":
        asking.open("t", pa.table(ROWS))
    else:
        pq.write_table(pa.table(ROWS), tmp_path / "t.parquet")
        asking.engine.open("t", Dataset(path="t"), FilesSource((str(tmp_path / "t.parquet"),), "parquet"))
    return asking


def violates(require, nulls="violation", when=None, where=None):
    view = View("t", where=None if where is None else parse(where))
    return Aggregate(Op.VIOLATES, parse(require), (nulls, None if when is None else parse(when)), view)


@pytest.mark.parametrize(
    ("require", "nulls", "when", "answer"),
    [
        ("x > 0", "violation", None, (6, 4, 0)),  # NaN and null break it, infinity does not
        ("x > 0", "skip", None, (6, 2, 0)),
        ("x > 0", "violation", "x is not null", (4, 2, 0)),
        ("x > 0", "violation", "n > 9", (0, 0, 0)),
        ("n > 0", "violation", "x > 0", (2, 0, 0)),  # a null `when` selects nothing
        ("cast(s as integer) > 0", "violation", None, (6, 1, 2)),
        ("cast(s as integer) > 0", "skip", None, (6, 0, 2)),
        ("cast(s as integer) > 2", "violation", "n <> 2", (5, 2, 1)),
        ("n > 0", "violation", "cast(s as integer) > 0", (5, 0, 2)),  # a `when` that fails is an error of that row
        ("try_cast(s as integer) > 0", "violation", None, (6, 3, 0)),
        ("true", "violation", None, (6, 0, 0)),
        ("null", "violation", None, (6, 6, 0)),
        ("null", "skip", None, (6, 0, 0)),
        ("x is not null", "violation", None, (6, 2, 0)),
    ],
)
def test_a_rule_tells_matched_violating_and_failing_rows_apart(table, require, nulls, when, answer):
    assert table[violates(require, nulls, when)] == answer


def test_a_slice_keeps_its_rows_and_their_errors_only(table):
    assert table[violates("cast(s as integer) > 0", where="n <= 3")] == (3, 1, 1)
    assert table[violates("cast(s as integer) > 1", where="n = 1 or n = 4")] == (2, 1, 0)


@pytest.mark.parametrize("require", ["n / y > 0", "n // cast(y as integer) > 0", "mod(n, y) >= 0", "n / 0 > 1", "x / y > 0", "not (n / (y - y) < 0)"])
def test_a_division_by_zero_is_a_null_and_breaks_the_rule(table, require):
    _, violations, errors = table[violates(require, where="y = 0")]
    assert (violations, errors) == (2, 0)


@pytest.mark.parametrize(
    "require",
    ["x - y > 0", "x * 0 = x * 0", "x * 0 >= 0", "x - y is not null", "sqrt(-x * x - 1) >= 0", "cast('nan' as double) > 1", "y - x = 0 or x / y > 0"],
)
def test_arithmetic_that_gives_nan_does_not_pass_by_being_greater_than_everything(table, require):
    """inf - inf, 0 * inf and the like, in the row where both are infinite."""
    matched, violations, errors = table[violates(require, where="n = 4")]
    assert matched == 1
    assert violations + errors == 1


def test_isnan_and_isinf_see_what_is_left_of_them(table):
    assert table[violates("not isnan(x)", where="x is not null")] == (4, 0, 0)
    assert table[violates("not isinf(x)", nulls="skip")] == (6, 1, 0)


def test_one_failing_row_does_not_take_others_with_it(asking):
    asking.open("t", pa.table({"s": ["x" if n == 70_000 else str(n) for n in range(100_000)]}))
    assert asking[violates("cast(s as integer) >= 0")] == (100_000, 0, 1)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.none() | st.floats(-4, 4) | st.just(math.nan), max_size=8), low=st.integers(-2, 2))
def test_two_spellings_of_one_rule_count_alike(tmp_path_factory, values, low):
    from asking import Asking

    asking = Asking(tmp_path_factory.mktemp("e"))
    asking.open("t", pa.table({"x": pa.array(values, pa.float64())}))
    below = sum(value is not None and value < low for value in values)
    assert asking[violates(f"x >= {low}", "skip")] == (len(values), below, 0)
    assert asking[violates(f"not x < {low}", "skip")] == (len(values), below, 0)
    assert asking[violates(f"x >= {low}")][1] == below + sum(value is None or math.isnan(value) for value in values)
    asking.engine.close()


def test_a_slice_whose_condition_fails_on_a_row_is_an_error_and_no_smaller_slice(table):
    with pytest.raises(Exception, match="Could not convert"):
        table[Aggregate(Op.ROWS, None, (), View("t", where=parse("cast(s as integer) > 0")))]


def test_expressions_are_columns_of_counts_and_rows(table):
    view = View("t")
    half = parse("n // 2")
    assert table[Counts((half,), view)] == {(0,): 1, (1,): 2, (2,): 2, (3,): 1}
    assert table[Rows((half, "n"), view)][half].tolist() == [0, 1, 1, 2, 2, 3]


def test_date_parts_and_text_functions_run_as_they_parse(asking):
    asking.open("t", pa.table({"t": pa.array(["2026-01-31 12:30:00"]).cast(pa.timestamp("us")), "s": [" aB'c "]}))
    for require in (
        *(
            "year(t) = 2026 and month(t) = 1 and day(t) = 31 and hour(t) = 12 and minute(t) = 30 and second(t) = 0",
            "dayofweek(t) = 6 and isodow(t) = 6",
        ),
        *("date_trunc('month', t) = '2026-01-01'", "date_diff('day', date '2026-01-01', t) = 30", "extract(year from t) = 2026", "quarter(t) = 1"),
        *(
            "trim(s) = 'aB''c'",
            "length(s) = 6",
            "upper(trim(s)) = 'AB''C'",
            "starts_with(ltrim(s), 'a') and ends_with(rtrim(s), 'c')",
            "contains(s, 'B')",
        ),
        *("substr(trim(s), 2, 1) = 'B'", "left(trim(s), 1) = 'a' and right(trim(s), 1) = 'c'", "regexp_matches(s, '[A-Z]')", "strpos(s, 'B') = 3"),
        *("regexp_full_match(trim(s), 'a.*c')", "concat(trim(s), '!') = trim(s) || '!'", "t between '2026-01-31' and '2026-02-01'", "s ilike '%AB%'"),
        *("t - interval 1 day < '2026-01-31'", "cast(t as date) = date '2026-01-31'", "dayofyear(t) = 31", "week(t) = 5", "t::varchar like '2026%'"),
        *("round(2.567, 1) = 2.6 and floor(2.5) = 2 and ceil(2.5) = 3 and sign(-3) = -1 and abs(-1) = 1", "mod(7, 4) = 3"),
        *(
            "sqrt(4) = 2 and power(2, 3) = 8 and ln(exp(1)) = 1 and log10(100) = 2 and log2(8) = 3 and log(1000) = 3",
            "least(1, 2) = 1 and greatest(1, 2) = 2",
        ),
        *("coalesce(null, 1) = 1 and nullif(1, 1) is null", "if(true, 1, 2) = 1", "case when s is null then 1 else 2 end = 2", "isinf(1e308 * 10)"),
    ):
        assert asking[violates(require)] == (1, 0, 0), require
