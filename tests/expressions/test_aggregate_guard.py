"""One SQL number over all rows: as strict as a condition, and every column inside exactly one aggregate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.registry import expression_parser
from mlgate.core.table_schema import Column
from mlgate.expressions.allowed import AGGREGATES, NEAR_AGGREGATES
from mlgate.expressions.guard import ExpressionError, parse, parse_aggregate
from mlgate.expressions.types import check

ALLOWED = """
sum(price * quantity) / count(*) | count(distinct x) | count(distinct lower(s)) | count(x) | avg(x) | stddev(x) | median(x) | quantile_cont(x, 0.9)
min(x) | max(x) - min(x) | -sum(x) | round(avg(x), 2) | coalesce(sum(x), 0) | sum(case when x > 1 then 1 else 0 end) / count(*)
count(distinct x) / nullif(count(y), 0) | date_diff('day', min(t), max(t)) | sum("odd name") | quantile_cont(x, 1) | avg(cast(x as double))
corr(x, y) | corr(x * 2, ln(y)) | variance(x) | var_samp(x)
"""
REFUSED = """
" | x | 1 | 1 + 1 | sum(x) + y | case when x > 1 then sum(y) else 0 end | sum(sum(x)) | avg(x - avg(x)) | count(*) filter (where x > 1)
count(distinct *) | sum(*) | * | count(distinct x, y) | count(x, y) | count() | max(x, 3) | sum(distinct x) | sum(x order by y)
sum(x) over () | row_number() over () | quantile_cont(x, [0.1]) | quantile_cont(x, 1.5) | quantile_cont(x, y) | quantile_cont(x)
quantile_cont(x, '0.5') | percentile_cont(0.5) within group (order by x) | quantile_cont(x, 0.9 order by x) | mean(x) | var_pop(x)
stddev_pop(x) | list(x) | string_agg(s, ',') | first(x) | any_value(x) | arg_max(x, y) | histogram(x) | approx_count_distinct(x)
count_if(x > 1) | grouping(x) | json_group_array(x) | (select sum(x) from t) | avg((select 1)) | select sum(x) | sum(x); drop table t
sum(read_csv('f')) | sum(getenv('HOME')) | sum(random()) | count(t.x) | sum(x) as total | sum($1) | sum(columns(*)) | sum(x[1])
sum(a -> b) | corr(x) | corr(x, y, z) | corr(x, avg(y)) | covar_pop(x, y) | sum(cast(x as json)) | sum(unnest(x)) | copy t to 'f' | attach 'f.db'
"""


def cases(table):
    return [part.strip() for line in table.splitlines() for part in line.split(" | ") if part.strip()]


@pytest.mark.parametrize("text", cases(ALLOWED))
def test_a_number_over_all_rows_is_let_through_and_is_its_own_canonical_form(text):
    expression = parse_aggregate(text)
    assert parse_aggregate(expression.sql) == expression


@pytest.mark.parametrize("text", [*cases(REFUSED), "", "sum(x\0y)", "sum(x) -- a\n; select 1"])
def test_everything_else_is_refused_with_what_got_and_expected(text):
    with pytest.raises(ExpressionError) as caught:
        parse_aggregate(text)
    assert "got:" in str(caught.value)
    assert "expected:" in str(caught.value)


@pytest.mark.parametrize("text", cases(ALLOWED))
def test_what_is_over_all_rows_is_no_condition_on_one(text):
    with pytest.raises(ExpressionError, match="aggregate"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mean(x)", ["function mean()", "write avg()", "sum(price * quantity) / count(*)"]),
        ("sum(x) + y", ["column y stands outside of an aggregate", "character 10"]),
        ("sum(avg(x))", ["inside an aggregate", "character 5"]),
        ("1 + 1", ["no aggregate", "avg, corr, count, max, median, min, quantile_cont, stddev, sum, variance"]),
        ("quantile_cont(x, 50)", ["a share in [0, 1]", "quantile_cont(price, 0.9)"]),
    ],
)
def test_the_message_names_what_is_wrong_where_and_what_to_do(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse_aggregate(text)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", AGGREGATES)
def test_every_aggregate_that_is_printed_can_be_called(name):
    arguments = {"quantile_cont": "x, 0.5", "corr": "x, x"}.get(name, "x")
    assert parse_aggregate(f"{name}({arguments})").columns == ("x",)


def test_a_name_of_another_system_leads_to_one_that_exists():
    assert set(NEAR_AGGREGATES.values()) <= set(AGGREGATES)


def test_text_has_no_sum_and_a_number_has():
    columns = (Column("s", "string"), Column("x", "float"))
    check(parse_aggregate("sum(x) / count(s) + max(x)"), columns)
    with pytest.raises(ExpressionError, match="needs numbers"):
        check(parse_aggregate("avg(s)"), columns)


@settings(max_examples=200)
@given(st.text(alphabet="sumavgcount(x)*'\";,./ distinct1", max_size=30))
def test_no_text_raises_anything_but_an_expression_error(text):
    try:
        expression = parse_aggregate(text)
    except ExpressionError:
        return
    assert parse_aggregate(expression.sql) == expression


def test_the_registry_finds_the_guard():
    assert expression_parser(aggregate=True)("sum(x)") == parse_aggregate("sum(x)")
