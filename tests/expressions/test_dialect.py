import pytest

from mlgate.expressions.dialect import translate
from mlgate.expressions.guard import parse


@pytest.mark.parametrize(
    ("text", "spark"),
    [
        ("price > 1 and name like 'a%'", "`price` > 1 AND `name` LIKE 'a%'"),
        ('"odd name" is not distinct from 1', "`odd name` IS NOT DISTINCT FROM 1"),
        ("regexp_matches(s, '^a')", "`s` RLIKE '^a'"),
        ("x::double > 1", "CAST(`x` AS DOUBLE) > 1"),
    ],
)
def test_expressions_are_said_in_sparks_dialect(text, spark):
    assert translate(parse(text), "spark") == spark


def test_the_canonical_dialect_is_left_as_it_is():
    expression = parse("a = 1 or b is null")
    assert translate(expression, "duckdb") == expression.sql


def test_an_unknown_dialect_is_an_error():
    with pytest.raises(ValueError, match="cobol"):
        translate(parse("a = 1"), "cobol")
