"""Tables of a Postgres server. A server of our own is started where its programs are installed."""

import datetime
import math

import pytest
from servers import PASSWORD, postgres, postgres_programs

from mlgate.adapters.engines._duckdb import postgres_table
from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.table import DatabaseTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.verdict import Outcome
from mlgate.core.view import View
from mlgate.gatefile.loader import load
from mlgate.planning.fuse import plan
from mlgate.run.gate_run import run_gate
from mlgate.testing import Example

psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
if postgres_programs() is None:
    pytest.skip("no Postgres server is installed here (initdb, postgres)", allow_module_level=True)

SETUP = """
create type mood as enum ('sad', 'ok');
create domain share as numeric(5, 4);
create domain small_share as share;
create table kinds (
  id int primary key, yes bool, i2 smallint, i8 bigint, f4 real, f8 double precision, n numeric(10, 2), free numeric, wide numeric(50, 3),
  share small_share, s text, c char(5), at timestamp, zoned timestamptz, day date, t time, gap interval, b bytea, u uuid, j jsonb, m mood,
  ints int[], words text[], times timestamptz[], ip inet);
insert into kinds values
 (1, true, -32768, 9223372036854775807, 0.1, 0.1, 12345678.90, 0.1, 1.5, 0.25, E'a,"b"\\r\\n\\\\.', 'ab', '2026-01-31 12:00:00.123456',
  '2026-01-31 12:00:00+02', '2026-01-31', '23:59:59.5', '1 year 2 mons -3 days 04:05:06.7', '\\x00ff', 'c0ffee00-0000-4000-8000-000000000000',
  '{"a": [1]}', 'ok', '{1,null,3}', '{"a,b",null,""}', '{2026-01-31 12:00:00+02}', '10.0.0.1'),
 (2, false, 1, -1, 'NaN', '-Infinity', 'NaN', 'NaN', 2, 1, '', '', 'infinity', '-infinity', 'infinity', '00:00', '0', '', null, 'null',
  'sad', '{}', null, null, null),
 (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
create view part as select id, s from kinds where id < 3;
create table ids (k numeric);
create table old (d date);
insert into old values ('0044-03-15 BC');
create table nested (v int[]);
insert into nested values ('{{1,2},{3,4}}');
create table lone (v text);
insert into lone values (null), (''), ('x');
create table nothing (v int);
create schema other;
create table other."Odd Name" (v int);
insert into other."Odd Name" values (7);
create table big (id int, s text);
insert into big select i, repeat('x', i % 50) from generate_series(1, 30000) i;
insert into big values (0, repeat('y', 5000000));
create user poor password 'poor-password';
"""


@pytest.fixture(scope="module")
def folder():
    with postgres() as folder:
        with psycopg.connect(host=folder, user="gate", password=PASSWORD, dbname="postgres", autocommit=True) as database:
            database.execute(SETUP)
        yield folder


@pytest.fixture
def engine(tmp_path):
    made = DuckDBEngine(tmp_path / "run")
    yield made
    made.close()


def url(folder, *, user="gate", password=PASSWORD):
    return f"postgresql://{user}:{password}@/postgres?host={folder}"


def opened(engine, database, table):
    dataset = Dataset(table=f"postgres:{database}:{table}")
    return engine.open("t", dataset, DatabaseTable().open(dataset))


def ask(engine, request):
    (scan,) = plan([request]).scans
    return engine.answer(scan, [request])[request]


def read(engine, *columns):
    return {name: values.tolist() for name, values in ask(engine, Rows(columns, View("t"))).items()}


def refused(engine, database, table):
    with pytest.raises(MeasurementError) as caught:
        opened(engine, database, table)
    assert caught.value.fix
    said = f"{caught.value.what} {caught.value.fix}"
    assert "p@ss" not in said
    assert "w/rd" not in said
    return caught.value


def test_every_type_is_read_as_what_it_is(engine, folder):
    types = opened(engine, url(folder), "kinds").types
    integers, floats, texts = ("id", "i2", "i8"), ("f4", "f8", "free", "wide"), ("s", "c", "u", "j", "m", "ip")
    assert types == {
        **dict.fromkeys(integers, "integer"),
        **dict.fromkeys(floats, "float"),
        **dict.fromkeys(texts, "string"),
        **dict.fromkeys(("n", "share"), "decimal"),
        **dict.fromkeys(("at", "zoned"), "timestamp"),
        **dict.fromkeys(("ints", "words", "times"), "list"),
        "yes": "boolean",
        "day": "date",
        "t": "time",
        "gap": "duration",
        "b": "binary",
    }


def test_values_arrive_exactly(engine, folder):
    opened(engine, url(folder), "kinds")
    engine.lock()
    assert read(engine, "i8", "f8", "yes") == {
        "i8": [2**63 - 1, -1, None],
        "f8": [0.1, -math.inf, pytest.approx(math.nan, nan_ok=True)],
        "yes": [True, False, None],
    }
    assert read(engine, "s", "c", "m", "u", "j") == {
        "s": ['a,"b"\r\n\\.', "", None],
        "c": ["ab", "", None],
        "m": ["ok", "sad", None],
        "u": ["c0ffee00-0000-4000-8000-000000000000", None, None],
        "j": ['{"a": [1]}', "null", None],
    }
    assert ask(engine, Counts(("ints", "words"), View("t"))) == {((1, None, 3), ("a,b", None, "")): 1, ((), None): 1, (None, None): 1}
    assert ask(engine, Counts(("n", "share"), View("t"))) == {(12345678.90, 0.25): 1, (None, 1.0): 1, (None, None): 1}
    assert ask(engine, Aggregate(Op.NAN, "f4", (), View("t"))) == 1
    assert ask(engine, Aggregate(Op.NULLS, "free", (), View("t"))) == 2


def test_times_are_utc_and_infinity_stays_infinite(engine, folder):
    opened(engine, url(folder), "kinds")
    noon = datetime.datetime(2026, 1, 31, 12, 0, 0, 123456)
    assert ask(engine, Aggregate(Op.IN, "at", ("2026-01-31T12:00:00.123456",), View("t"))) == 1
    assert ask(engine, Aggregate(Op.IN, "zoned", ("2026-01-31T10:00:00",), View("t"))) == 1
    assert ask(engine, Aggregate(Op.OUTSIDE, "at", (None, str(noon)), View("t"))) == 1
    assert ask(engine, Aggregate(Op.OUTSIDE, "zoned", ("1900-01-01", None), View("t"))) == 1
    assert ask(engine, Aggregate(Op.IN, "gap", ("14 months -3 days 04:05:06.7",), View("t"))) == 1


def test_a_run_locks_the_content_of_a_table_and_its_evidence_names_the_place_alone(folder, tmp_path):
    gate = {
        "datasets": {
            "t": {"table": f"postgres:{url(folder)}:part", "digest": f"content:{'0' * 64}"},
            "kinds": {"table": f"postgres:{url(folder)}:kinds"},
        },
        "checks": [
            {"id": "volume", "kind": "rows", "of": "t", "rows": {"equals": 2}},
            {"id": "all", "kind": "rows", "of": "kinds", "rows": {"equals": 4}},
        ],
    }
    found = run_gate(load(Example(tmp_path, gate).gate))
    other, failed = found.verdicts
    assert "other content than its digest" in other.reason
    assert failed.outcome is Outcome.FAIL
    assert dict(found.provenance.inputs)["kinds"] == f"postgres:{folder}/postgres:kinds"
    assert "p@ss" not in str(found)


def test_a_view_a_schema_and_an_odd_name_can_be_read(engine, folder):
    words = f"host={folder} user=gate dbname=postgres password='{PASSWORD}'"
    assert opened(engine, words, "public.part").names == ("id", "s")
    with psycopg.connect(words, autocommit=True) as database:
        database.execute('alter table other."Odd Name" rename to odd')
    opened(engine, words, "other.odd")
    assert read(engine, "v") == {"v": [7]}


def test_nulls_empty_texts_and_tables_without_rows_stay_apart(engine, folder):
    opened(engine, url(folder), "lone")
    assert read(engine, "v") == {"v": [None, "", "x"]}
    opened(engine, url(folder), "nothing")
    assert ask(engine, Aggregate(Op.ROWS, None, (), View("t"))) == 0


def test_a_large_table_arrives_in_pieces_and_its_longest_line_too(engine, folder, monkeypatch, tmp_path):
    monkeypatch.setattr(postgres_table, "PIECE_BYTES", 100_000)
    opened(engine, url(folder), "big")
    assert ask(engine, Aggregate(Op.ROWS, None, (), View("t"))) == 30_001
    assert ask(engine, Aggregate(Op.SUM, "id", (), View("t"))) == 30_000 * 30_001 // 2
    assert ask(engine, Aggregate(Op.LENGTH_OUTSIDE, "s", (0, 49), View("t"))) == 1
    assert not list(tmp_path.rglob("*.csv"))


def test_long_whole_numbers_without_a_precision_do_not_become_one_float(engine, folder):
    with psycopg.connect(host=folder, user="gate", password=PASSWORD, dbname="postgres", autocommit=True) as database:
        database.execute("truncate ids; insert into ids values (9007199254740992), (1e20), (3.3333333333333333333), (-1)")
        opened(engine, url(folder), "ids")
        assert read(engine, "k") == {"k": [9007199254740992.0, 1e20, 10 / 3, -1.0]}
        database.execute("insert into ids values (9007199254740993)")
    error = refused(engine, url(folder), "ids")
    assert "column 'k' is numeric without a precision" in error.what
    assert "9007199254740993" in error.what


@pytest.mark.parametrize("table", ["old", "nested"])
def test_a_value_without_a_type_here_is_an_error(engine, folder, table):
    assert "view" in refused(engine, url(folder), table).fix


def test_a_table_that_is_missing_names_those_that_are_there(engine, folder):
    error = refused(engine, url(folder), "kindz")
    assert error.cause == "configuration"
    assert "public.kinds" in error.fix
    assert f"{folder}/postgres:kindz" in error.what


def test_a_wrong_password_a_forbidden_table_and_an_unknown_database_are_to_be_fixed(engine, folder):
    error = refused(engine, url(folder, password="wrong-password"), "kinds")
    assert (error.cause, "wrong-password" in error.what) == ("configuration", False)
    assert "password authentication failed" in error.what
    assert "gate" not in error.what.replace("mlgate", "")
    assert "permission denied" in refused(engine, url(folder, user="poor", password="poor-password"), "kinds").what
    assert refused(engine, url(folder).replace("/postgres?", "/nowhere?"), "kinds").cause == "configuration"


def test_a_server_that_is_down_is_to_be_tried_again(engine, tmp_path):
    error = refused(engine, url(tmp_path), "kinds")
    assert error.cause == "infrastructure"


def test_nothing_can_be_written_by_a_function_that_a_view_calls(engine, folder):
    with psycopg.connect(host=folder, user="gate", password=PASSWORD, dbname="postgres", autocommit=True) as database:
        database.execute("create or replace function hurt() returns int language sql as 'insert into nothing values (1) returning v'")
        database.execute("create or replace view trap as select hurt() as v")
    assert "read-only" in refused(engine, url(folder), "trap").what
    opened(engine, url(folder), "nothing")
    assert ask(engine, Aggregate(Op.ROWS, None, (), View("t"))) == 0
