import subprocess
import sys

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.adapters.engines._duckdb.membership import enum_in, is_in, is_not_in, join_in, members, plain_in
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource, TableSource
from mlgate.core.registry import entries, load
from mlgate.core.request import Aggregate, Op
from mlgate.core.view import View
from mlgate.expressions.guard import parse


@pytest.fixture
def locked(asking, tmp_path):
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "a.parquet")
    (tmp_path / "other.csv").write_text("n\n1\n")
    with duckdb.connect(str(tmp_path / "a.db")) as database:
        database.execute("create table t as select 1 as n")
    asking.open("frame", pa.table({"n": [1]}))
    asking.engine.open("files", Dataset(path="a"), FilesSource((str(tmp_path / "a.parquet"),), "parquet"))
    asking.engine.open("table", Dataset(path="a"), TableSource("duckdb", str(tmp_path / "a.db"), "t"))
    asking.engine.lock()
    return asking


def test_everything_that_was_opened_can_be_read_after_the_lock(locked):
    for name in ("frame", "files", "table"):
        assert locked[Aggregate(Op.MIN, "n", (), View(name))] == 1
    assert locked[Aggregate(Op.NOT_IN, "n", tuple(range(2, 40)), View("files"))] == 1


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "select * from read_csv('/etc/passwd')",
            "select * from '/etc/passwd'",
            "select * from read_text('/etc/passwd')",
            "select * from glob('/etc/*')",
        ),
        *("select * from read_csv('{folder}/other.csv')", "copy (select 1) to '{folder}/out.csv'", "attach '{folder}/new.db'", "install spatial"),
        *(
            "load spatial",
            "set memory_limit = '1GB'",
            "set enable_external_access = true",
            "reset lock_configuration",
            "export database '{folder}/all'",
        ),
    ],
)
def test_nothing_else_can_be_reached_after_the_lock(locked, tmp_path, statement):
    with pytest.raises(duckdb.Error):
        locked.engine._session.connection.execute(statement.format(folder=tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "(select count(*) from read_text('/etc/passwd'))",
        "(select count(*) from '{folder}/other.csv')",
        "(from read_csv('{folder}/other.csv') select count(*))",
        "(select count(*) from glob('{folder}/*'))",
        "(select count(*) from read_parquet('{folder}/*.parquet'))",
        "(select count(*) from read_parquet('{folder}/../' || 'other.parquet'))",
        "(select count(*) from query('select * from read_text(''/etc/passwd'')'))",
        "(select count(*) from sniff_csv('{folder}/other.csv'))",
        "(select count(*) from parquet_metadata('{folder}/b.parquet'))",
        "(select count(*) from sqlite_scan('{folder}/a.db', 't'))",
        "getenv('HOME')",
    ],
)
def test_an_expression_that_went_past_the_guard_is_refused_by_the_locked_engine(locked, tmp_path, text):
    """The first wall is the guard (tests/gatefile/test_attacks.py); this is what stands behind it."""
    pq.write_table(pa.table({"n": [7]}), tmp_path / "b.parquet")
    smuggled = Expression(text.format(folder=tmp_path))
    with pytest.raises((duckdb.Error, MeasurementError, ValueError)):
        print(locked[Aggregate(Op.SQL, smuggled, (), View("frame"))])
    smuggled = Expression(f"{smuggled.sql} > 0")
    with pytest.raises((duckdb.Error, MeasurementError, ValueError)):
        locked[Aggregate(Op.VIOLATES, smuggled, ("violation", None), View("frame"))]


def test_no_name_reaches_a_python_variable(asking):
    secret = pa.table({"n": [1]})
    with pytest.raises(duckdb.CatalogException):
        asking.engine._session.connection.execute("select * from secret")
    assert secret.num_rows == 1


def test_a_column_named_like_sql_is_only_a_name(asking):
    name = "x\"; drop table t; -- '"
    asking.open("odd \"name' ; --", pa.table({name: [1.0, None], "s": ["a'b", "';"]}))
    view = View("odd \"name' ; --")
    assert asking[Aggregate(Op.NULLS, name, (), view)] == 1
    assert asking[Aggregate(Op.IN, "s", ("a'b", "';", "' or 1=1 --"), view)] == 2
    assert asking[Aggregate(Op.MATCHING, "s", ("';",), view)] == 1


def test_what_does_not_fit_into_memory_spills(tmp_path):
    session = Session(tmp_path, memory_bytes=120 * 2**20)
    session.run("create view v as select i, md5(i::varchar) as m from range(3000000) t(i)")
    session.lock([])
    assert session.rows("select count(*) from (select m, count(*) from v group by m having count(*) = 1)") == [(3_000_000,)]
    session.close()


def test_the_statement_is_what_would_be_sent(asking, view):
    asking.open("t", pa.table({"x": [1.0]}))
    text = asking.statement(Aggregate(Op.NULLS, "x", (), view), Aggregate(Op.ROWS, None, (), View("t", where=parse("x > 0"))))
    assert text == 'select count(*),\n       count("x"),\n       countif("x" > 0)\nfrom data."t"'


@pytest.mark.parametrize("size", [1, 12, 13, 300])
@pytest.mark.parametrize("kind", ["string", "integer", "float"])
def test_the_forms_of_membership_are_equal(tmp_path, size, kind):
    session = Session(tmp_path)
    rng = np.random.default_rng(size)
    values = rng.integers(0, 400, 2_000)
    native = {"string": "varchar", "integer": "bigint", "float": "double"}[kind]
    session.connection.register("raw", {"v": values})
    session.run(f"create table t as select case when v % 7 = 0 then null else v::{native} end as x from raw")
    cell = Cell("x", "x", kind, native.upper())
    chosen = [str(n) if kind == "string" else n for n in range(size)]
    literals = members([*chosen, None, *chosen], cell)
    assert len(literals) == size
    forms = [plain_in(cell, literals), join_in(cell, literals), is_in(cell, literals), f"not ({is_not_in(cell, literals)}) and x is not null"]
    forms += [enum_in(cell, literals)] if kind == "string" else []
    wanted = sum(value % 7 != 0 and value < size for value in values.tolist())
    inverse = sum(value % 7 != 0 and value >= size for value in values.tolist())
    for form in forms:
        assert session.rows(f"select countif({form}) from t") == [(wanted,)]
    assert session.rows(f"select countif({is_not_in(cell, literals)}) from t") == [(inverse,)]
    assert session.rows(f"select countif({is_in(cell, [])}), countif({is_not_in(cell, [])}) from t") == [(0, wanted + inverse)]
    session.close()


def test_only_the_engine_itself_is_registered():
    assert "duckdb" in entries("engines")
    assert not any("_duckdb" in entry.target for entry in entries("engines").values())
    assert load("engines", "duckdb") is DuckDBEngine


def test_the_engine_needs_neither_pandas_nor_pyarrow(tmp_path):
    """Files in, numbers and arrays out, in a process where importing a frame library fails."""
    (tmp_path / "a.csv").write_text("x,s,t\n1.5,a,2026-01-01T00:00:00Z\n,b,\n")
    program = f"""
import sys, pathlib
for name in ("pandas", "pyarrow", "polars", "pytz"): sys.modules[name] = None
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Dataset
from mlgate.core.plan import Scan
from mlgate.core.ports import FilesSource
from mlgate.core.registry import load
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.view import View
engine = load("engines", "duckdb")(pathlib.Path({str(tmp_path)!r}))
engine.open("t", Dataset(path="a.csv"), FilesSource(({str(tmp_path / "a.csv")!r},), "csv"))
asked = [Aggregate(Op.MAX, "t", (), View("t")), Counts(("s",), View("t")), Rows(("x", "s", "t"), View("t"))]
import numpy
engine.attach("m", "t", (), {{"score": numpy.array([0.1, 0.2])}}, {{}})
engine.lock()
for request in asked: print(engine.answer(Scan("t", None, (), ((request,),)), [request])[request])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "{('a',): 1, ('b',): 1}" in done.stdout
