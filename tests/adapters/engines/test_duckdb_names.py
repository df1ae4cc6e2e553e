"""Names of columns: any text is one, none is taken for another, fields of structs have their own."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.adapters.engines._duckdb.fields import members
from mlgate.adapters.engines._duckdb.tables import WIDE
from mlgate.adapters.sources.files import Files
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Dataset
from mlgate.core.request import Aggregate, Counts, Op, Rows
from mlgate.core.view import View

ODD = [
    'quote"d',
    "it's",
    "a.b",
    "two words",
    " padded ",
    "line\nbreak",
    "tab\t",
    "🛫",
    "x" * 200,
    "d\u0435p_delay",
    "\uff21",
    "select",
    "semi;colon",
    "--",
]


def open_file(asking, path):
    dataset = Dataset(path=str(path))
    return asking.engine.open("t", dataset, Files().open(dataset))


@pytest.mark.parametrize("wide", [False, True], ids=["few-columns", "many-columns"])
def test_any_text_can_name_a_column(asking, tmp_path, wide):
    columns = {name: [index, None] for index, name in enumerate(ODD)}
    columns |= {f"further {index}": [0, 0] for index in range(WIDE if wide else 0)}
    pq.write_table(pa.table({name: pa.array(values, pa.float64()) for name, values in columns.items()}), tmp_path / "t.parquet")
    assert open_file(asking, tmp_path / "t.parquet").names == tuple(columns)
    for index, name in enumerate(ODD):
        assert asking[Aggregate(Op.MAX, name, (), View("t"))] == index
        assert asking[Aggregate(Op.NULLS, name, (), View("t"))] == 1
        assert asking[Aggregate(Op.NAN, name, (), View("t"))] == 0
        assert asking[Rows((name,), View("t"), limit=1)][name].tolist() == [index]
        assert asking[Counts((name,), View("t"))] == {(float(index),): 1, (None,): 1}


def write_parquet(path, names):
    pq.write_table(pa.table([pa.array([index]) for index, _ in enumerate(names)], names=names), path)
    return path


def test_a_number_at_the_end_of_a_name_is_no_sign_of_a_second_column(asking, tmp_path):
    schema = open_file(asking, write_parquet(tmp_path / "t.parquet", ["a", "A_1", "b"]))
    assert schema.names == ("a", "A_1", "b")


@pytest.mark.parametrize("names", [["a", "A", "b"], ["a", "a"], ["b_1", "B", "b"]])
def test_names_that_differ_by_case_alone_are_an_error_in_parquet(asking, tmp_path, names):
    with pytest.raises(MeasurementError, match="equal or differ by case alone"):
        open_file(asking, write_parquet(tmp_path / "t.parquet", names))


def test_nested_columns_do_not_hide_names_that_differ_by_case(asking, tmp_path):
    nested = pa.array([{"x": {"y": [1]}}])
    pq.write_table(pa.table([nested, pa.array([1]), pa.array([2])], names=["s", "a", "A"]), tmp_path / "t.parquet")
    with pytest.raises(MeasurementError, match="'a' and 'A'"):
        open_file(asking, tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "a,A\n1,2\n"),
        ("t.csv", 'a;"A";b\n1;2;3\n'),
        ("t.csv", "a,b,a\n1,2,3\n"),
        ("t.jsonl", '{"a": 1, "A": 2}\n'),
        ("t.jsonl", '{"a": 1}\n{"A": 2}\n'),
    ],
)
def test_names_that_differ_by_case_alone_are_an_error_in_text_files(asking, tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MeasurementError, match=r"differ by case alone: ('a' and 'A'|'A' and 'a'|'a' and 'a')"):
        open_file(asking, tmp_path / name)


@pytest.mark.parametrize(
    "frame", [pd.DataFrame([[1, 2]], columns=["a", "A"]), pd.DataFrame([[1, 2]], columns=["a", "a"]), pl.DataFrame({"a": [1], "A": [2]})], ids=str
)
def test_names_that_differ_by_case_alone_are_an_error_in_frames(asking, frame):
    with pytest.raises(MeasurementError, match="differ by case alone"):
        asking.open("t", frame)


NESTED = pa.table(
    {
        "id": [1, 2, 3],
        "address": pa.array([{"zip": "8", "geo": {"lat": 1.5, "a.b": 2}}, {"zip": None, "geo": {"lat": float("nan"), "a.b": 3}}, None]),
        "tags": pa.array([[{"q": 1}], [], None]),
        "m": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    }
)


def test_a_field_of_a_struct_is_asked_like_a_column(asking):
    schema = asking.open("t", NESTED)
    assert schema.names == ("id", "address", "tags", "m")
    assert [(field.name, field.type) for field in schema.fields] == [
        ("address.zip", "string"),
        ("address.geo", "struct"),
        ("address.geo.lat", "float"),
        ("address.geo.a.b", "integer"),
    ]
    view = View("t")
    assert asking[Aggregate(Op.NULLS, "address.zip", (), view)] == 2
    assert asking[Aggregate(Op.NULLS, "address.geo.lat", (), view)] == 2
    assert asking[Aggregate(Op.NAN, "address.geo.lat", (), view)] == 1
    assert asking[Aggregate(Op.MAX, "address.geo.a.b", (), view)] == 3
    assert asking[Aggregate(Op.ROWS, None, (), View("t", where=Expression("\"address.zip\" = '8'", ("address.zip",))))] == 1
    assert asking[Rows(("id", "address.zip"), view, limit=2)]["address.zip"].tolist() == ["8", None]


def test_a_column_comes_before_a_field_of_that_name(asking):
    schema = asking.open("t", pa.table({"a": pa.array([{"b": 1, "c": 2}]), "A.B": [9]}))
    assert [field.name for field in schema.fields] == ["a.c"]
    assert asking[Aggregate(Op.MAX, "A.B", (), View("t"))] == 9


@pytest.mark.parametrize("nested", ["tags.q", "m.k", "address.street"])
def test_what_has_no_name_of_its_own_is_an_error_that_says_so(asking, nested):
    asking.open("t", NESTED)
    with pytest.raises(MeasurementError) as caught:
        asking[Aggregate(Op.NULLS, nested, (), View("t"))]
    assert "parts of lists and maps have no name" in caught.value.fix


def test_types_are_read_whatever_their_fields_are_called():
    native = """STRUCT(zip VARCHAR, "a ""b"", (" STRUCT(x DECIMAL(10,2), y ENUM('it''s', ',)')), l INTEGER[])"""
    assert list(members(native)) == [("zip", "VARCHAR"), ('a "b", (', "STRUCT(x DECIMAL(10,2), y ENUM('it''s', ',)'))"), ("l", "INTEGER[]")]
    assert list(members("STRUCT(INTEGER, VARCHAR)")) == []
    assert list(members("STRUCT(a INTEGER)[]")) == []
