"""No expression of a gate file reaches a file, a setting, the environment or another table: each is refused while the file is loaded, at its place.

The second wall, an engine without external access, is tried in tests/adapters/engines/test_duckdb_safety.py.
"""

import pytest
import yaml

from mlgate.core.errors import GateFileError
from mlgate.gatefile.loader import load

ATTACKS = [
    # files
    "read_csv('/etc/passwd') is not null",
    "read_text('/etc/passwd').content like '%root%'",
    "read_blob('/etc/passwd') is not null",
    "read_parquet('other.parquet') is not null",
    "read_json_auto('f.json') is not null",
    "glob('/etc/*') is not null",
    "parquet_metadata('c.parquet') is not null",
    "sniff_csv('/etc/passwd') is not null",
    "'/etc/passwd'.x > 1",
    "pg_read_file('/etc/passwd') = 'a'",
    "load_extension('httpfs')",
    # the environment, settings, the catalogue
    "getenv('HOME') <> ''",
    "current_setting('memory_limit') = 'a'",
    "duckdb_settings() is not null",
    "duckdb_secrets() is not null",
    "current_user = 'root'",
    "current_database() = 'memory'",
    "version() = 'a'",
    "pragma_version() is not null",
    "which_secret('s3://b', 's3') is not null",
    "in_search_path('a', 'b')",
    "txid_current() > 1",
    "nextval('s') > 1",
    "set_config('a', 'b', true) = 'a'",
    # queries inside of expressions
    "x in (select x from read_csv('/etc/passwd'))",
    "exists(select 1 from glob('/etc/*'))",
    "(select count(*) from '/etc/passwd') > 0",
    "(from '/etc/passwd') is not null",
    "(from read_csv('/etc/passwd') select count(*)) > 0",
    "(table t) is not null",
    "(values (1)) = 1",
    "(with a as (select 1 as b) select b from a) = 1",
    "x = any(select 1)",
    "x > all(from t)",
    "(select x from (pivot t on y)) > 1",
    "query('select 1') is not null",
    "query_table('t') is not null",
    "array(select 1)[1] = 1",
    "lateral (select 1) > 0",
    # statements
    "select 1",
    "from t",
    "from t select x",
    "x > 1; copy t to '/tmp/f'",
    "x > 1;attach 'f.db'",
    "copy t to '/tmp/f'",
    "attach 'f.db' as f",
    "install httpfs",
    "load httpfs",
    "set memory_limit = '1GB'",
    "reset memory_limit",
    "pragma database_list",
    "call pragma_version()",
    "export database '/tmp/d'",
    "create macro f(a) as a + 1",
    "create table a as select 1",
    "execute p",
    "explain select 1",
    "use other",
    "begin",
    # comments and quotes that hide something
    "x > 1 /* ; */ ; select 1",
    "x > 1 -- \n; select 1",
    "x > 1 /* /* */ ; drop table t -- */",
    "/* x */ read_text/**/('/etc/passwd') is not null",
    "\"read_text\"('/etc/passwd') is not null",
    "READ_TEXT('/etc/passwd') is not null",
    "main.read_text('/etc/passwd') is not null",
    "system.main.getenv('HOME') = 'a'",
    "$$a$$ = s; select 1",
    "getenv($$HOME$$) = 'a'",
    "getenv($tag$HOME$tag$) = 'a'",
    "getenv(E'HOME') = 'a'",
    "x > 1\u037e select 1",  # a Greek question mark, which looks like a semicolon
    "\uff52ead_text('/etc/passwd') is not null",  # a full-width letter
    "read\u200b_text('/etc/passwd') is not null",  # a space without width
    "x\u2028; select 1",
    # functions that build, repeat or iterate
    "'/etc/passwd'.read_text() is not null",
    "s.getenv() = 'a'",
    "('get' || 'env')('HOME') = 'a'",
    "eval('1') = 1",
    "repeat('x', 2000000000) = 'x'",
    "lpad('x', 2000000000, 'y') = 'x'",
    "array_to_string(range(1000000000), ',') = 'x'",
    "len(range(1000000000)) > 1",
    "generate_series(1, 1000000000) is not null",
    "list_transform([1, 2], a -> a + 1)[1] = 1",
    "list_transform([1], lambda a: a) = [1]",
    "[a for a in [1, 2] if a > 1] = [2]",
    "list_reduce([1], (a, b) -> a) = 1",
    "unnest([1, 2]) = 1",
    "printf('%s', s) = 'a'",
    "format('{:1000000000}', s) = 'a'",
    "bitstring('1', 1000000000) is not null",
    "regexp_extract_all(s, '.') is not null",
    "regexp_replace(s, '.', repeat('x', 1000000)) = 'a'",
    "regexp_matches(s, '" + "(a|b)*" * 400 + "')",
    "random() > 0.5",
    "sleep_ms(100000) is null",
    "error('x')",
    "md5_number(s) > 1",
    # everything, other names, parameters, structures
    "columns('.*') > 1",
    "columns(*) > 1",
    "*columns(lambda c: c like 'a%') > 1",
    "* > 1",
    "t.* is not null",
    "x.* is not null",
    "* exclude (x) > 1",
    "struct_pack(a := 1) is not null",
    "{'a': x}.a > 1",
    "row(x, y) = row(1, 2)",
    "(x).a > 1",
    "x['a'] > 1",
    "map {'a': 1}['a'] = 1",
    "x->'$.a' = 1",
    "x->>'a' = 1",
    "$1 > x",
    "? > x",
    ":name > x",
    "#1 > x",
    "x := 1",
    "information_schema.tables.x > 1",
    "x::json is not null",
    "x::varchar[] is not null",
    "cast(s as regclass) is not null",
    "cast(s as my_type) is not null",
    "x collate nocase = 'a'",
    "t at time zone 'UTC' > d",
    "grouping(x) > 0",
    "row_number() over () > 1",
    "x > 1 qualify 1",
    "x > 1 limit 1",
    "x > 1 union select 1",
    "x > 1 group by all",
    "x > 1 where y",
    "x > 1 as y",
    "x y",
    "not" + " not" * 1000 + " x",
    "(" * 500 + "x" + ")" * 500,
]
PLACES = {
    "require": {"id": "a", "kind": "rule", "of": "t", "require": None},
    "when": {"id": "a", "kind": "rule", "of": "t", "when": None, "require": "x > 1"},
    "where": {"id": "a", "kind": "rows", "of": "t", "where": None, "rows": {"at_least": 1}},
    "value": {"id": "a", "kind": "aggregate", "of": "t", "value": None, "at_most": 1},
}


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:40].encode("unicode_escape").decode())
def test_it_is_refused_at_load_with_its_place(attack, key, tmp_path):
    check = {name: attack if value is None else value for name, value in PLACES[key].items()}
    path = tmp_path / "g.gate.yaml"
    path.write_text(yaml.safe_dump({"mlgate": 1, "datasets": {"t": {"path": "t.csv"}}, "checks": [check]}, sort_keys=False, width=10**6))
    lines = path.read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith(f"  {key}:"))
    with pytest.raises(GateFileError) as caught:
        load(path, env={}, shown_as="g.gate.yaml")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (line, len(f"  {key}: ") + 1)
    assert str(fault).startswith(f"g.gate.yaml:{line}:")
    assert fault.expected


def test_what_only_looks_like_an_attack_is_a_column_a_sign_or_a_text(tmp_path):
    harmless = ["checkpoint", "rowid > 1", "@x > 1", "s = 'read_text(''/etc/passwd'')'", "s like '%; drop table t%'", '"getenv(1)" > 1']
    checks = [{"id": f"c{place}", "kind": "rule", "of": "t", "require": text} for place, text in enumerate(harmless)]
    path = tmp_path / "g.gate.yaml"
    path.write_text(yaml.safe_dump({"mlgate": 1, "datasets": {"t": {"path": "t.csv"}}, "checks": checks}, sort_keys=False))
    assert [check.require.columns for check in load(path).checks] == [("checkpoint",), ("rowid",), ("x",), ("s",), ("s",), ("getenv(1)",)]
