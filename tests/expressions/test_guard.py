import importlib
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlgate.core.registry import expression_parser
from mlgate.expressions.guard import ExpressionError, functions, parse

ALLOWED = """
x > 1 | x >= -1.5e3 | x = 'a' | x == 1 | x <> 1 | x != 1 | x < y | "odd name" > 1 | "a""b" = 1 | true | null
x + y * 2 - 3 / z > 0 | x // 2 = 1 | x % 2 = 0 | x ** 2 > 4 | -x < 0 | +x > 0 | (x + y) > 1 | s || 'a' = 'ba'
x > 1 and y > 1 or not z | x in (1, 2, 3) | x not in ('a', 'b') | x in (y, z) | x between 1 and 2 | x not between 1 and y
x is null | x is not null | x isnull | x notnull | x is true | x is not false | x is distinct from y | x is not distinct from 1
s like 'a%' | s not like '%b' | s ilike 'A_' | s like 'a!%' escape '!' | s ~ '^a+$'
case when x > 1 then y else z end > 0 | case x when 1 then true when 2 then false end | if(x > 1, y, z) = 1
cast(x as integer) = 1 | x::double > 1 | try_cast(s as bigint) is not null | cast(x as decimal(10, 2)) > 1 | d::date = '2026-01-31'
d > date '2026-01-31' | t >= timestamp '2026-01-31 12:00:00'
u = time '12:00' | t - interval 1 day > d | t + interval '2' hour > d
abs(x) > 1 | round(x, 2) = 1 | round(x) = 1 | floor(x) = ceil(x) | ceiling(x) = 1 | sqrt(x) > 1 | ln(x) > 0 | log10(x) > 0 | log2(x) > 0
exp(x) > 0 | power(x, 2) > 1 | pow(x, 2) > 1 | least(x, y) > 0 | greatest(x, y, z) < 9 | coalesce(x, 0) = 0 | ifnull(x, 0) = 0 | nullif(x, 0) > 1
lower(s) = 'a' | upper(s) = 'A' | trim(s) = s | ltrim(s) = s | rtrim(s) = s | length(s) > 1 | len(s) > 1 | substr(s, 1, 2) = 'ab' | left(s, 1) = 'a'
right(s, 1) = 'a' | starts_with(s, 'a') | ends_with(s, 'a') | contains(s, 'a') | regexp_matches(s, '^a') | regexp_full_match(s, 'a+')
regexp_matches(s, 'A', 'i') | concat(s, 'b') = 'ab' | strpos(s, 'a') > 0 | year(t) = 2026 | month(t) = 1 | day(t) = 31 | hour(t) = 1 | minute(t) = 1
second(t) = 1 | dayofweek(t) = 1 | isodow(t) = 1 | dayofyear(t) = 1 | week(t) = 1 | quarter(t) = 1 | date_trunc('day', t) = d
date_diff('day', d, t) < 3 | extract(year from t) = 2026 | isnan(x) | not isinf(x) | sign(x) = 1 | mod(x, 2) = 0
"""
REFUSED = """
x in (select 1) | exists(select 1) | (select 1) = 1 | x > all(select y from t) | select 1 | select * from t | with a as (select 1) select * from a
x > 1; drop table t | x;y | ; | drop table t | create table t(a int) | insert into t values (1) | delete from t | update t set a = 1 | copy t to 'f'
attach 'f.db' | install httpfs | load httpfs | set memory_limit = '1GB' | pragma version | call f() | export database 'd' | use t | vacuum
read_csv('f') | read_parquet('f') | read_json('f') | read_text('f') = 'a' | read_blob('f') | glob('*') | parquet_scan('f') | csv_scan('f')
'f.csv'.x | getenv('HOME') = 'a' | current_setting('x') = 'a' | pg_read_file('f') | sniff_csv('f') | query('select 1') | query_table('t')
sum(x) > 1 | count(*) > 1 | avg(x) > 1 | max(x) > 1 | min(x) > 1 | median(x) > 1 | stddev(x) > 1 | string_agg(s, ',') = 'a' | list(x) = y
first(x) = 1
row_number() over () > 1 | sum(x) over () > 1 | lag(x) over () > 1
rank() over (order by x) = 1
repeat('x', 2000000000) = 'x' | lpad('x', 2000000000, 'y') = 'x' | rpad('x', 9, 'y') = 'x' | range(1000000000) = x | len(range(1000000000)) > 1
generate_series(1, 9) = x | unnest(x) = 1 | list_value(1, 2) = x | list_transform([1], a -> a) = x | list_filter([1], a -> a > 0) = x | x -> 'a' = 1
random() > 0.5 | uuid() = 'a' | now() > t | current_date > d | current_timestamp > t | today() > d | nextval('s') = 1 | hash(x) = 1
$1 > x | ? > x | :name > x | $name > x | #1 > 1 | * | x.* | columns('a') > 1 | columns(*) > 1 | t.x > 1 | a.b.c > 1 | against.x = x
x[1] = 1 | [1, 2] = x | {'a': 1} = x | (1, 2) = (x, y) | struct_pack(a := 1) = x | map([1], [2]) = x | cast(x as int[]) = y | cast(x as json) = y
x as y | x y | x := 1 | x collate nocase = 'a' | t at time zone 'UTC' > d | try(x) > 1 | error('a') | x & 1 | xor(x, y) = 1
md5(s) = 'a' | x << 1 > 0
unknown_function(x) | x > | > 1 | x > 1 and | (x > 1 | x > 1) | 'open | "open | /* open | case when x then | x in | x in () | x between 1 | x is nan
strftime(t, '%Y') = 'a' | printf('%d', x) = 'a' | format('{}', x) = 'a' | string_split(s, ',') = x | json_extract(s, '$') = 1
"""


def cases(table):
    found = [part.strip() for line in table.splitlines() for part in line.replace("||", "\0").split(" | ")]
    return [part.replace("\0", "||") for part in found if part]


@pytest.mark.parametrize("text", cases(ALLOWED))
def test_pure_scalar_conditions_are_let_through_and_are_their_own_canonical_form(text):
    expression = parse(text)
    assert parse(expression.sql) == expression


@pytest.mark.parametrize("text", [*cases(REFUSED), "", "   ", "-- only a comment", "x\0y", "x > 1 -- a\n; select 1"])
def test_everything_else_is_refused_with_what_got_and_expected(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert "got:" in str(caught.value)
    assert "expected:" in str(caught.value)


def test_the_tables_are_large_enough():
    assert len(cases(ALLOWED)) >= 60
    assert len(cases(REFUSED)) >= 60


@pytest.mark.parametrize(
    ("one", "other"),
    [("price>1", '"price" > 1'), ("a  AND\nb", "a and b"), ("x != 1 -- why", "x <> 1"), ("x /* c */ > 1", "x > 1"), ("ceiling(x)=1", "CEIL(x) = 1")],
)
def test_two_spellings_of_one_expression_are_equal(one, other):
    assert parse(one) == parse(other)


def test_columns_come_in_order_of_appearance_once_each():
    assert parse('b > a and "c d" = b and length(a) > lower(e)').columns == ("b", "a", "c d", "e")


def test_names_keep_their_case_and_quotes():
    assert parse('Price > "odd ""name"').sql == '"Price" > "odd ""name"'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rond(x) > 1", ["rond()", "did you mean round()?", "character 1"]),
        ("x > 0 and sum(y) > 1", ["sum()", "aggregate", "character 11"]),
        ("x in (select 1)", ["sub-query"]),
        ("against.x = 1", ["against.x", "qualified", 'write x, or "against.x"']),
        ("x > 1; y > 1", ["semicolon", "character 6"]),
        ("x = $1", ["parameter"]),
        ("lag(x) over () > 1", ["window"]),
        ("cast(x as int[]) = 1", ["INT[]", "cast to boolean"]),
        ("read_csv('f')", ["read_csv()", "one of abs"]),
    ],
)
def test_the_message_names_what_is_wrong_where_and_what_to_do(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    for word in words:
        assert word in str(caught.value)


def test_a_million_characters_fail_before_they_are_parsed():
    started = time.perf_counter()
    with pytest.raises(ExpressionError, match="1,000,000 characters"):
        parse("x" * 1_000_000)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("text", ["(" * 900 + "x" + ")" * 900, "not " * 450 + "x", "-" + "(-" * 600 + "x" + ")" * 600, "case when " * 190])
def test_deep_nesting_is_an_error_and_no_crash(text):
    with pytest.raises(ExpressionError):
        parse(text)


def test_more_than_200_nodes_are_refused():
    with pytest.raises(ExpressionError, match="too large"):
        parse(" and ".join(f"x{index} > 1" for index in range(60)))


@settings(max_examples=200)
@example("@")
@given(st.text(max_size=60) | st.text(alphabet="abx()'\";,.=<>-*/$?: 1\n", max_size=40))
def test_no_text_raises_anything_but_an_expression_error(text):
    try:
        expression = parse(text)
    except ExpressionError:
        return
    assert parse(expression.sql) == expression


def test_the_registry_finds_the_guard_and_the_list_of_functions_is_sorted():
    assert expression_parser() is importlib.import_module("mlgate.expressions.guard").parse
    assert list(functions()) == sorted(functions())
    assert not {"repeat", "lpad", "rpad", "range", "read_csv", "getenv", "random", "now"} & set(functions())


@pytest.mark.parametrize("name", functions())
def test_every_printed_function_is_callable(name):
    arguments = {"date_trunc": "'day', x", "date_diff": "'day', x, y", "extract": "year from x", "if": "x, y, z", "substr": "x, 1, 2", "mod": "x, 2"}
    two = {"contains", "ends_with", "starts_with", "left", "right", "nullif", "power", "regexp_matches", "regexp_full_match", "strpos"}
    assert parse(f"{name}({arguments.get(name, 'x, y' if name in two else 'x')})").columns[0] == "x"
