"""Tables of a MySQL or MariaDB server. A server of our own is started where MariaDB's programs are installed."""

import pytest
from servers import PASSWORD, mysql, mysql_programs

from mlgate.adapters.engines._duckdb import mysql_table
from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.table import DatabaseTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.view import View
from mlgate.planning.fuse import plan

pymysql = pytest.importorskip("pymysql", reason="the extra `mysql` is not installed")
if mysql_programs() is None:
    pytest.skip("no MariaDB server is installed here (mariadb-install-db, mariadbd, mariadb-admin)", allow_module_level=True)

SETUP = """
create database shop character set utf8mb4;
use shop;
set time_zone = '+02:00';
create table kinds (
  id int primary key, flag tinyint(1), big bigint unsigned, f float, x double, n decimal(10, 2), wide decimal(50, 3), s text, e enum('sad', 'ok'),
  j json, at datetime(6), zoned timestamp(6) null, day date, t time(3), b blob, bits bit(9), y year);
insert into kinds values
  (1, 2, 18446744073709551615, 0.1, 0.1, 12345678.90, 1.5, 'a,"b"\\r\\n\\\\N é', 'ok', '{"a": 1}', '2026-01-31 12:00:00.123456',
   '2026-01-31 12:00:00', '2026-01-31', '23:59:59.5', x'00ff', b'100000001', 2026),
  (2, 0, 0, -1.5, 1e300, -0.01, 0, '', 'sad', 'null', '0001-01-01', null, '9999-12-31', '00:00:00', '', b'0', null),
  (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
create view part as select id, s from kinds where id < 3;
create table `Odd ``Name` (`a ``b` int);
insert into `Odd ``Name` values (7);
create table nothing (v int);
set sql_mode = '';
create table zero (d date);
insert into zero values ('0000-00-00');
create table many (id int);
insert into many with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i from n;
create user gate@localhost identified by 'PASSWORD';
grant select on shop.* to gate@localhost;
""".replace("PASSWORD", PASSWORD)


@pytest.fixture(scope="module")
def socket():
    with mysql() as socket:
        with pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4") as database, database.cursor() as cursor:
            for statement in SETUP.split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
            database.commit()
        yield socket


@pytest.fixture
def engine(tmp_path):
    made = DuckDBEngine(tmp_path / "run")
    yield made
    made.close()


def url(socket, *, user="gate", password=PASSWORD):
    return f"mysql://{user}:{password}@localhost/shop?unix_socket={socket}"


def opened(engine, database, table):
    dataset = Dataset(table=f"mysql:{database}:{table}")
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
    assert "p@ss" not in f"{caught.value.what} {caught.value.fix}"
    return caught.value


def test_every_type_is_read_as_what_it_is(engine, socket):
    assert opened(engine, url(socket), "kinds").types == {
        **dict.fromkeys(("id", "flag", "big", "bits", "y"), "integer"),
        **dict.fromkeys(("f", "x", "wide"), "float"),
        **dict.fromkeys(("s", "e", "j"), "string"),
        **dict.fromkeys(("at", "zoned"), "timestamp"),
        "n": "decimal",
        "day": "date",
        "t": "time",
        "b": "binary",
    }


def test_values_arrive_exactly(engine, socket):
    opened(engine, url(socket), "kinds")
    engine.lock()
    assert read(engine, "flag", "s", "e", "j") == {
        "flag": [2, 0, None],
        "s": ['a,"b"\r\n\\N é', "", None],
        "e": ["ok", "sad", None],
        "j": ['{"a": 1}', "null", None],
    }
    counted = ask(engine, Counts(("big", "x", "n", "bits", "y"), View("t")))
    assert counted == {(2**64 - 1, 0.1, 12345678.90, 257, 2026): 1, (0, 1e300, -0.01, 0, None): 1, (None,) * 5: 1}
    assert ask(engine, Aggregate(Op.IN, "f", (0.1,), View("t"))) == 1  # in single precision, whose text MySQL cuts to six digits
    assert ask(engine, Counts(("b",), View("t"))) == {(b"\x00\xff",): 1, (b"",): 1, (None,): 1}


def test_times_are_utc(engine, socket):
    opened(engine, url(socket), "kinds")
    assert ask(engine, Aggregate(Op.IN, "at", ("2026-01-31T12:00:00.123456",), View("t"))) == 1
    assert ask(engine, Aggregate(Op.IN, "zoned", ("2026-01-31T10:00:00",), View("t"))) == 1


def test_a_view_a_schema_an_odd_name_and_a_table_without_rows_can_be_read(engine, socket):
    assert opened(engine, f"host=localhost user=gate password='{PASSWORD}' unix_socket={socket}", "shop.part").names == ("id", "s")
    assert opened(engine, url(socket), "nothing").names == ("v",)
    assert ask(engine, Aggregate(Op.ROWS, None, (), View("t"))) == 0


def test_a_large_table_arrives_in_batches(engine, socket, monkeypatch):
    monkeypatch.setattr(mysql_table, "BATCH_ROWS", 99)
    opened(engine, url(socket), "many")
    assert ask(engine, Aggregate(Op.SUM, "id", (), View("t"))) == 500_500


def test_a_date_that_is_none_is_an_error(engine, socket):
    error = refused(engine, url(socket), "zero")
    assert "0000-00-00" in error.what
    assert "view" in error.fix


def test_a_missing_table_a_wrong_password_and_a_server_that_is_down_say_so(engine, socket, tmp_path):
    error = refused(engine, url(socket), "kindz")
    assert (error.cause, "shop.kinds" in error.fix) == ("configuration", True)
    error = refused(engine, url(socket, password="wrong-password"), "kinds")
    assert (error.cause, "Access denied" in error.what, "wrong-password" in error.what) == ("configuration", True, False)
    assert refused(engine, url(tmp_path / "none"), "kinds").cause == "infrastructure"
