import pytest

from mlgate.core.expression import Expression
from mlgate.core.table_schema import Column, TableSchema
from mlgate.expressions.guard import ExpressionError, parse
from mlgate.expressions.types import check, infer, tree_of

SCHEMA = TableSchema(
    "t",
    tuple(
        Column(name, kind)
        for name, kind in {
            "price": "float",
            "amount": "decimal",
            "n": "integer",
            "name": "string",
            "flag": "boolean",
            "day": "date",
            "at": "timestamp",
            "clock": "time",
            "gap": "duration",
            "tags": "list",
            "odd": "other",
            "none": "null",
        }.items()
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        *("price > 1", "price > n", "amount >= 1.5", "name = 'a'", "name in ('a', 'b')", "flag", "not flag", "flag = true", "flag = 1"),
        *("day > '2026-01-31'", "at > '2026-01-31 12:00:00'", "at >= day", "day between '2026-01-01' and '2026-02-01'", "clock > '12:00'"),
        *("price > '5'", "n in ('1', '2')", "cast(name as double) > 1", "length(name) > 1", "year(at) = 2026", "at - day > gap", "odd > 1"),
        *("odd like 'a'", "none = 'a'", "none > 1", "coalesce(price, 0) > 1", "case when flag then price else 0 end > 1", "tags is null"),
        *("price is distinct from n", "name like 'a%'", "upper(name) = 'A'", "cast(n as varchar) like '1%'", "name || 'x' = 'ax'"),
        *("date_trunc('day', at) = '2026-01-31'", "day + interval 1 day > at", "n % 2 = 0 and flag", "price > case when flag then n end"),
    ],
)
def test_types_that_fit_or_are_not_known_are_let_through(text):
    check(parse(text), SCHEMA, boolean=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("price > 'a'", ["price", "number", "'a'"]),
        ("'a' < price", ["price", "number"]),
        ("n in (1, 'x')", ["'x'"]),
        ("n between 1 and 'x'", ["'x'"]),
        ("name > 5", ["name", "text"]),
        ("5 = name", ["name", "text"]),
        ("price = name", ["price", "name"]),
        ("day > 5", ["day", "date"]),
        ("at > 'yesterday'", ["at", "ISO"]),
        ("flag = 'maybe'", ["flag", "boolean"]),
        ("name + 1 > 2", ["name", "+", "numbers"]),
        ("price like 'a%'", ["price", "float", "text"]),
        ("lower(n) = 'a'", ["n", "integer", "text"]),
        ("regexp_matches(price, 'a')", ["price"]),
        ("name and flag", ["name", "condition"]),
        ("not day", ["day", "condition"]),
    ],
)
def test_types_that_cannot_fit_are_refused_and_named(text, words):
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), SCHEMA)
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_column_names_the_nearest_one():
    with pytest.raises(ExpressionError, match="did you mean 'price'"):
        check(parse("prise > 1"), SCHEMA)


def test_columns_that_the_view_adds_are_known_where_they_are_passed():
    expression = parse("score >= 0 and prediction = 1")
    check(expression, SCHEMA, extra=[Column("score", "float"), Column("prediction", "integer")])
    with pytest.raises(ExpressionError, match="no column 'score'"):
        check(expression, SCHEMA)


@pytest.mark.parametrize("text", ["price", "name", "n + 1", "day", "length(name)", "case when flag then 1 else 2 end"])
def test_a_condition_must_be_one_where_one_is_asked_for(text):
    check(parse(text), SCHEMA)
    with pytest.raises(ExpressionError, match="a condition is needed"):
        check(parse(text), SCHEMA, boolean=True)


def test_text_that_a_kind_wrote_itself_is_typed_too():
    check(Expression('("price") IS NOT TRUE', ("price",)), SCHEMA)
    with pytest.raises(ExpressionError, match="types do not fit"):
        check(Expression('LENGTH("n") < 3 AND "name" > 3', ("n", "name")), SCHEMA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("price + n", "float"), ("n / n", "float"), ("n + 1", "integer"), ("amount * 2", "decimal"), ("at - day", None), ("'a'", "string")),
        *(("price > 1", "boolean"), ("name like 'a'", "boolean"), ("cast(name as date)", "date"), ("coalesce(n, 1.5)", "float"), ("odd + 1", None)),
        *(("-price", "float"), ("nullif(n, 0)", "integer"), ("if(flag, 'a', 'b')", "string"), ("sqrt(n)", "float"), ("null", None)),
    ],
)
def test_types_are_inferred_where_they_are_certain(text, expected):
    assert infer(tree_of(parse(text).sql), SCHEMA.types) == expected
