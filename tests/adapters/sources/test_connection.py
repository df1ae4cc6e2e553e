"""Connection strings: their parts, and that nothing shows a password."""

import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources._connection import Connection
from mlgate.adapters.sources.table import DatabaseTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.testing import Example

SERVER = {"user": "me", "password": "p@s/s:w", "host": "h", "port": "5432", "database": "db"}


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("postgresql://me:p@s/s:w@h:5432/db", SERVER, "h:5432/db"),
        ("postgresql://me:p%40s%2Fs:w@h:5432/db", SERVER, "h:5432/db"),
        ("host=h port = 5432 dbname=db user=me password='p@s/s:w'", SERVER, "h:5432/db"),
        (r"dbname='a b' password='it\'s'", {"database": "a b", "password": "it's"}, "a b"),
        ("postgresql:///db?host=/tmp&sslmode=require", {"database": "db", "host": "/tmp", "sslmode": "require"}, "/tmp/db"),
        ("mysql://u@[::1]:33/db", {"user": "u", "host": "::1", "port": "33", "database": "db"}, "::1:33/db"),
        ("postgresql://a:1,b:2/db", {"host": "a,b", "port": "1,2", "database": "db"}, "a,b:1,2/db"),
        ("service=prod", {"service": "prod"}, "the server of the environment"),
    ],
)
def test_a_connection_string_is_its_words(text, words, place):
    found = Connection.parse(text)
    assert (found.words, found.place) == (words, place)


@pytest.mark.parametrize("text", ["", "nonsense", "host=h junk", "://x"])
def test_other_text_is_none(text):
    assert Connection.parse(text) is None


def test_a_message_loses_the_user_and_the_password_and_nothing_else():
    said = 'connection to "h" failed: user "me" with p@s/s:w; methods of me'
    assert Connection(SERVER).without_secrets(said) == 'connection to "h" failed: user "***" with ***; methods of ***'


@pytest.mark.parametrize(
    "table",
    [
        "postgres:postgresql://me:hunter2@h/db",
        "postgres:password=hunter2:t",
        "postgresql://me:hunter2@h/db:t",
        "mysql:me:hunter2@h/db:t",
        "postgres:hunter2",
    ],
)
def test_a_table_without_its_parts_is_refused_without_showing_a_password(table, tmp_path):
    source = DatabaseTable()
    if table != "postgres:password=hunter2:t":
        with pytest.raises(MeasurementError) as caught:
            source.open(Dataset(table=table))
        assert caught.value.cause == "configuration"
        assert "hunter2" not in f"{caught.value.what} {caught.value.fix}"
    else:
        opened = source.open(Dataset(table=table))
        assert "hunter2" not in f"{opened} {opened!r} {source.fingerprint(opened)}"


def test_no_output_of_a_run_shows_the_connection_string(tmp_path):
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    gate = {
        "datasets": {"t": {"table": f"postgres:postgresql://hunter1:hunter2@/db?host={tmp_path}/none:t"}},
        "checks": [{"id": "volume", "kind": "rows", "of": "t", "rows": {"at_least": 1}}],
    }
    ran = Example(tmp_path, gate).pytest("--junit-xml=junit.xml", "-v", "-l", "--tb=long", "--showlocals")
    assert ran.outcomes == {"volume": "ERROR"}
    assert ran.verdicts["volume"].action == "retry"
    told = [ran.output, *((tmp_path / name).read_text() for name in ("junit.xml", "evidence.json"))]
    assert not [text for text in told if "hunter" in text]
    assert all("none/db:t" in text for text in told)


def test_a_driver_that_is_not_installed_names_the_extra(tmp_path, monkeypatch):
    engine = DuckDBEngine(tmp_path)
    for driver, module in (("postgres", "psycopg"), ("mysql", "pymysql")):
        monkeypatch.setitem(__import__("sys").modules, module, None)
        dataset = Dataset(table=f"{driver}:host=h:t")
        with pytest.raises(MeasurementError) as caught:
            engine.open("t", dataset, DatabaseTable().open(dataset))
        assert caught.value.fix == f"pip install mlgate[{driver}]"
    engine.close()
