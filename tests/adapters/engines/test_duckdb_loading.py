import datetime
import gzip
import sqlite3
from contextlib import closing

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from mlgate.adapters.sources.files import Files
from mlgate.adapters.sources.table import DatabaseTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.request import Aggregate, Op, Rows
from mlgate.core.view import View


def open_path(asking, path, **more):
    dataset = Dataset(path=str(path), **more)
    return asking.engine.open("t", dataset, Files().open(dataset))


def open_table(asking, table):
    dataset = Dataset(table=table)
    return asking.engine.open("t", dataset, DatabaseTable().open(dataset))


def refused(opening, *args, **more):
    with pytest.raises(MeasurementError) as caught:
        opening(*args, **more)
    assert caught.value.fix
    return caught.value


def read(asking, *columns):
    return {name: values.tolist() for name, values in asking[Rows(columns, View("t"))].items()}


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"i": [1, 2], "x": [0.5, None], "s": ["a", None]}),
        pd.DataFrame({"i": [1, 2], "x": [0.5, None], "s": pd.Series(["a", None], dtype=object)}),
        pd.DataFrame({"i": [1, 2], "x": [0.5, None], "s": pd.Categorical(["a", None])}),
        pl.DataFrame({"i": [1, 2], "x": [0.5, None], "s": ["a", None]}),
        pl.LazyFrame({"i": [1, 2], "x": [0.5, None], "s": ["a", None]}),
        pa.table({"i": [1, 2], "x": [0.5, None], "s": ["a", None]}),
        pyarrow.dataset.dataset(pa.table({"i": [1, 2], "x": [0.5, None], "s": ["a", None]})),
    ],
    ids=["pandas", "pandas-object", "pandas-category", "polars", "polars-lazy", "arrow", "arrow-dataset"],
)
def test_one_table_is_one_table_whatever_frame_it_comes_in(asking, frame):
    schema = asking.open("t", frame)
    assert schema.types == {"i": "integer", "x": "float", "s": "string"}
    for _ in range(2):  # the second scan finds the rows again
        assert read(asking, "i", "s") == {"i": [1, 2], "s": ["a", None]}
        assert asking[Aggregate(Op.NULLS, "x", (), View("t"))] == 1


def test_a_late_string_in_an_object_column_makes_it_text(asking):
    frame = pd.DataFrame({"o": pd.Series([1] * 5000 + ["x"], dtype=object)})
    assert asking.open("t", frame).types == {"o": "string"}
    assert asking[Aggregate(Op.IN, "o", ("x",), View("t"))] == 1


def test_csv_types_come_from_all_lines(asking, tmp_path):
    (tmp_path / "a.csv").write_text("i,x,d,z,code,flag,t\n" + "1,1.5,2026-01-31,,007,true,a\n" * 30_000 + "2,x,2026-02-01,5,008,false,\n")
    schema = open_path(asking, tmp_path / "a.csv")
    assert schema.types == {"i": "integer", "x": "string", "d": "date", "z": "integer", "code": "string", "flag": "boolean", "t": "string"}
    assert asking[Aggregate(Op.ROWS, None, (), View("t"))] == 30_001
    assert asking[Aggregate(Op.NULLS, "t", (), View("t"))] == 1


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("semicolon.csv", "a;b\n1;x,y\n", {"a": [1], "b": ["x,y"]}),
        ("tab.tsv", "a\tb\n1\tx,y;z\n", {"a": [1], "b": ["x,y;z"]}),
        ("one.csv", "name\nann lee\nbob\n", {"name": ["ann lee", "bob"]}),
        ("quoted.csv", 'a,b\n1,"x\ny"\n2,"q""r"\n', {"a": [1, 2], "b": ["x\ny", 'q"r']}),
        ("hash.csv", "a,b\n#1,2\n", {"a": ["#1"], "b": [2]}),
        ("crlf.csv", "a,b\r\n1,2\r\n3,4\r\n", {"a": [1, 3], "b": [2, 4]}),
        ("bom.csv", "\ufeffa,b\n1,2\n", {"a": [1], "b": [2]}),
        ("header.csv", "a,b\n", {"a": [], "b": []}),
        ("lines.jsonl", '{"a": 1, "b": "x"}\n{"a": 2}\n', {"a": [1, 2], "b": ["x", None]}),
        ("list.json", '[{"a": 1, "b": "x"}, {"a": 2}]', {"a": [1, 2], "b": ["x", None]}),
    ],
)
def test_text_files_are_read_as_they_are_written(asking, tmp_path, name, text, found):
    (tmp_path / name).write_bytes(text.encode())
    open_path(asking, tmp_path / name)
    assert read(asking, *found) == found


def test_only_true_and_false_of_a_csv_are_booleans(asking, tmp_path):
    (tmp_path / "a.csv").write_text('answer,letter,flag,"it\'s"\nyes,t,TRUE,no\nno,f,false,\n')
    schema = open_path(asking, tmp_path / "a.csv")
    assert schema.types == {"answer": "string", "letter": "string", "flag": "boolean", "it's": "string"}
    assert read(asking, "answer", "letter", "flag", "it's") == {
        "answer": ["yes", "no"],
        "letter": ["t", "f"],
        "flag": [True, False],
        "it's": ["no", None],
    }


@pytest.mark.parametrize(("name", "text"), [("a.csv.gz", "a,b\n1,2\n"), ("a.jsonl.gz", '{"a": 1, "b": 2}\n')])
def test_compressed_text_is_read_too(asking, tmp_path, name, text):
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    open_path(asking, tmp_path / name)
    assert read(asking, "a", "b") == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    ("name", "content", "fix"),
    [
        ("ragged.csv", b"a,b\n1,2\n3\n4,5,6\n", "as many fields as the header"),
        ("open.csv", b'a,b\n"x,1\n2,3\n', "as many fields as the header"),
        ("latin.csv", "a,b\n1,\xe9\n".encode("latin-1"), "UTF-8"),
        ("broken.jsonl", b'{"a": 1}\n{oops\n', "format"),
        ("broken.parquet", b"PAR1" + b"x" * 60 + b"PAR1", "suffix"),
        ("broken.csv.gz", b"this is no gzip", "suffix"),
    ],
)
def test_files_that_cannot_be_read_are_named_with_a_fix(asking, tmp_path, name, content, fix):
    (tmp_path / name).write_bytes(content)
    error = refused(open_path, asking, tmp_path / name)
    assert name in error.what
    assert fix in error.fix


def test_files_of_a_glob_are_read_in_order_of_their_names(asking, tmp_path):
    for name, first in (("b.csv", 3), ("a.csv", 1)):
        (tmp_path / name).write_text(f"n\n{first}\n{first + 1}\n")
    open_path(asking, tmp_path / "*.csv")
    assert read(asking, "n") == {"n": [1, 2, 3, 4]}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_of_a_glob_with_other_columns_are_an_error_that_names_file_and_columns(asking, tmp_path, suffix):
    for name, column in (("a", "x"), ("b", "renamed")):
        frame = pd.DataFrame({"id": [1], column: [2]})
        frame.to_csv(tmp_path / f"{name}.csv", index=False) if suffix == "csv" else frame.to_parquet(tmp_path / f"{name}.parquet")
    error = refused(open_path, asking, tmp_path / f"*.{suffix}")
    assert f"b.{suffix} lacks x and has renamed besides" in error.what


def test_files_of_a_glob_meet_in_the_wider_type(asking, tmp_path):
    for name, kind in (("a", pa.int32()), ("b", pa.int64())):
        pq.write_table(pa.table({"n": pa.array([1 if name == "a" else 2**40], kind)}), tmp_path / f"{name}.parquet")
    open_path(asking, tmp_path / "*.parquet")
    assert read(asking, "n") == {"n": [1, 2**40]}


def test_wildcards_in_a_folders_name_are_no_pattern(asking, tmp_path):
    folder = tmp_path / "run[1]*"
    folder.mkdir()
    pq.write_table(pa.table({"n": [1]}), folder / "a.parquet")
    (tmp_path / "run1").mkdir()
    pq.write_table(pa.table({"n": [2]}), tmp_path / "run1" / "a.parquet")
    open_path(asking, folder / "a.parquet")
    assert read(asking, "n") == {"n": [1]}


def test_a_duckdb_table_is_read_and_its_schema_named(asking, tmp_path):
    with duckdb.connect(str(tmp_path / "a.db")) as database:
        database.execute("create table t as select 1 as n; create schema s; create table s.t as select 2 as n")
    for table, n in (("t", 1), ("s.t", 2)):
        open_table(asking, f"duckdb:{tmp_path}/a.db:{table}")
        assert read(asking, "n") == {"n": [n]}
    assert "gone" in refused(open_table, asking, f"duckdb:{tmp_path}/a.db:gone").what


def test_a_file_that_is_no_database_is_an_error(asking, tmp_path):
    (tmp_path / "a.db").write_bytes(b"not a database" * 500)
    for driver in ("duckdb", "sqlite"):
        assert "a.db" in refused(open_table, asking, f"{driver}:{tmp_path}/a.db:t").what


@pytest.fixture
def sqlite(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("create table t (i integer, x real, s varchar(9), d date, t datetime, b boolean, raw blob, n numeric, any_)")
        database.execute("insert into t values (1, 0.1, 'a', '2026-01-31', '2026-01-31 12:00:00', 1, x'00ff', 2.5, 'z')")
        database.execute("insert into t values (2, null, null, null, null, 0, null, null, null)")
        database.commit()
    return tmp_path / "a.db"


def test_a_sqlite_table_has_the_types_it_declares(asking, sqlite):
    schema = open_table(asking, f"sqlite:{sqlite}:t")
    types = {
        "i": "integer",
        "x": "float",
        "s": "string",
        "d": "date",
        "t": "timestamp",
        "b": "boolean",
        "raw": "binary",
        "n": "float",
        "any_": "string",
    }
    assert schema.types == types
    assert read(asking, "x", "s", "d", "b") == {
        "x": [0.1, pytest.approx(float("nan"), nan_ok=True)],
        "s": ["a", None],
        "d": [datetime.date(2026, 1, 31), None],
        "b": [True, False],
    }


def test_a_sqlite_value_that_is_not_of_its_declared_type_is_an_error(asking, sqlite):
    with closing(sqlite3.connect(sqlite)) as database:
        database.execute("insert into t (i, x) values (3, 'many')")
        database.commit()
    assert "many" in refused(open_table, asking, f"sqlite:{sqlite}:t").what


def test_a_sqlite_table_that_is_not_there_names_those_that_are(asking, sqlite):
    assert refused(open_table, asking, f"sqlite:{sqlite}:gone").fix == "tables are t"


def test_datasets_whose_names_differ_by_case_alone_stay_apart(asking):
    asking.open("data", pa.table({"n": [1]}))
    asking.open("Data", pa.table({"n": [2]}))
    assert asking[Aggregate(Op.MAX, "n", (), View("data"))] == 1
    assert asking[Aggregate(Op.MAX, "n", (), View("Data"))] == 2


def test_types_have_one_word_on_every_engine(asking):
    schema = asking.open(
        "t",
        pa.table(
            {
                "list": [[1]],
                "struct": [{"a": 1}],
                "bytes": [b"x"],
                "null": pa.nulls(1),
                "time": [datetime.time(1)],
                "big": pa.array([1], pa.uint64()),
                "decimal": pa.array([1.5]).cast(pa.decimal128(4, 1)),
                "gap": pa.array([1], pa.duration("us")),
            }
        ),
    )
    words = {
        "list": "list",
        "struct": "struct",
        "bytes": "binary",
        "null": "null",
        "time": "time",
        "big": "integer",
        "decimal": "decimal",
        "gap": "duration",
    }
    assert schema.types == words
    assert next(column.native for column in schema.columns if column.name == "decimal") == "DECIMAL(4,1)"


@pytest.mark.parametrize(
    ("early", "late", "seen"),
    [
        ("1", "2", "integer"),
        ("1", "2.5", "float"),
        ("1", "n/a", "string"),
        ("", "7", "integer"),
        ("", "word", "string"),
        ("true", "false", "boolean"),
        ("true", "yes", "string"),
        ("yes", "no", "string"),
        ("2026-01-02", "2026-01-03", "date"),
        ("2026-01-02", "soon", "string"),
        ("2026-01-02", "2026-01-03 04:05:06", "timestamp"),
        ("2026-01-02 03:04:05", "2026-01-03T04:05:06.25", "timestamp"),
        ("12", "00013", "integer"),
        ("12", "99999999999999999999", "integer"),
    ],
)
def test_a_csv_column_has_the_type_of_all_its_lines_not_of_the_first(tmp_path, asking, early, late, seen):
    lines = [f"{row},{early}" for row in range(30_000)]
    (tmp_path / "t.csv").write_text("\n".join(["id,x", *lines, f"30000,{late}"]) + "\n")
    schema = open_path(asking, tmp_path / "t.csv")
    assert schema.types == {"id": "integer", "x": seen}
    assert asking[Aggregate(Op.ROWS, None, (), View("t"))] == 30_001
    with duckdb.connect(":memory:") as connection:  # by the types of all lines
        whole = f"select x from read_csv('{tmp_path / 't.csv'}', header = true, sample_size = -1)"
        expected = connection.execute(f"select count(*) from ({whole}) where x is not null").fetchone()[0]
    assert asking[Aggregate(Op.ROWS, None, (), View("t"))] - asking[Aggregate(Op.NULLS, "x", (), View("t"))] == expected
