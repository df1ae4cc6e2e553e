"""Data that is broken where no header tells: found by the statement that comes to the place, and by no other."""

import datetime
import decimal
import os
import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

ROWS = {"id": "n", "kind": "rows", "of": "t", "rows": {"at_least": 1}}


@pytest.fixture
def judge(tmp_path):
    def run(path, columns, *checks):
        file = tmp_path / "g.gate.yaml"
        contract = [{"id": "c", "kind": "columns", "of": "t", "columns": columns}] if columns else []
        gate = {"mlgate": 1, "datasets": {"t": {"path": path, "key": "id"}}, "checks": [ROWS, *contract, *checks]}
        file.write_text(yaml.safe_dump(gate, sort_keys=False))
        return {verdict.item: verdict for verdict in run_gate(load(file)).verdicts}

    return run


def outcomes(found):
    return {item: verdict.outcome.value for item, verdict in found.items()}


def test_a_damaged_row_group_is_an_error_of_the_columns_it_damages(judge, tmp_path):
    rows = 100_000
    columns = {"id": np.arange(rows), "x": np.random.default_rng(1).normal(size=rows)}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet", row_group_size=10_000, use_dictionary=False)
    group = pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(5).column(1)
    content = bytearray((tmp_path / "t.parquet").read_bytes())
    start = group.data_page_offset  # its header: numbers themselves carry no checksum that DuckDB would look at
    content[start : start + 100] = random.Random(1).randbytes(100)
    (tmp_path / "t.parquet").write_bytes(content)
    found = judge("t.parquet", {"id": {"min": {"equals": 0}}, "x": {"mean": {"between": [-1, 1]}}})
    assert outcomes(found) == {"n": "PASS", "c.id.min": "PASS", "c.x.mean": "ERROR"}
    assert "t.parquet" in found["c.x.mean"].reason
    assert "damaged" in found["c.x.mean"].fix
    assert any("select" in line for line in found["c.x.mean"].details)


def test_text_that_is_not_utf_8_is_an_error_of_its_column(judge, tmp_path):
    offsets = pa.py_buffer(np.array([0, 1, 3, 4], dtype=np.int32))
    broken = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"a\xff\xfeb")])
    pq.write_table(pa.table({"id": [1, 2, 3], "s": broken}), tmp_path / "t.parquet")
    found = judge("t.parquet", {"id": {"unique": True}, "s": {"values": {"in": ["a", "b"]}, "unique": True}})
    assert outcomes(found) == {"n": "PASS", "c.id.unique": "PASS", "c.s.values": "ERROR", "c.s.unique": "ERROR"}
    assert "UTF-8" in found["c.s.values"].fix


def test_one_text_among_numbers_is_shown_with_its_row(judge, tmp_path):
    numbers = pd.DataFrame({"id": range(3000), "x": [f"{n / 7}" if n != 777 else "n/a" for n in range(3000)]})
    numbers.to_csv(tmp_path / "t.csv", index=False)
    found = judge("t.csv", {"x": {"type": "number"}, "id": {"type": "integer"}})
    assert outcomes(found) == {"n": "PASS", "c.x.type": "FAIL", "c.id.type": "PASS"}
    assert found["c.x.type"].offenders.rows == (("777", "n/a"),)


def test_times_beyond_the_range_of_nanoseconds_are_compared_where_one_unit_holds_them(judge, tmp_path):
    far = datetime.datetime(3000, 1, 1)
    for unit in ("s", "ms", "us"):
        pq.write_table(pa.table({"id": [1], "t": pa.array([far], pa.timestamp(unit))}), tmp_path / f"{unit}.parquet")
        found = judge(f"{unit}.parquet", {"t": {"type": "timestamp", "max": {"equals": "3000-01-01"}, "values": {"at_most": "2999-12-31"}}})
        assert outcomes(found) == {"n": "PASS", "c.t.type": "PASS", "c.t.max": "PASS", "c.t.values": "FAIL"}


def test_times_that_one_file_has_in_nanoseconds_and_another_beyond_them_are_an_error_of_that_column(judge, tmp_path):
    (tmp_path / "parts").mkdir()
    times = {"1": pa.array([1], pa.timestamp("ns")), "2": pa.array([datetime.datetime(3000, 1, 1)], pa.timestamp("us"))}
    for name, values in times.items():
        pq.write_table(pa.table({"id": [int(name)], "t": values}), tmp_path / "parts" / f"{name}.parquet")
    found = judge("parts/*.parquet", {"id": {"unique": True}, "t": {"max": {"at_most": "2500-01-01"}}})
    assert outcomes(found) == {"n": "PASS", "c.id.unique": "PASS", "c.t.max": "ERROR"}
    assert found["c.t.max"].fix == "write all files with one schema"


def test_decimals_of_two_scales_keep_every_digit(judge, tmp_path):
    (tmp_path / "parts").mkdir()
    for place, (text, kind) in enumerate((("1.23", pa.decimal128(10, 2)), ("1.2345", pa.decimal128(12, 4)))):
        pq.write_table(pa.table({"id": [place], "d": pa.array([decimal.Decimal(text)], kind)}), tmp_path / "parts" / f"{place}.parquet")
    found = judge("parts/*.parquet", {"d": {"type": "decimal", "sum": {"equals": 2.4645}, "values": {"in": [1.23, 1.2345]}}})
    assert set(outcomes(found).values()) == {"PASS"}


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_an_error_that_says_so(judge, tmp_path):
    (tmp_path / "t.csv").write_text("id\n1\n")
    (tmp_path / "t.csv").chmod(0)
    found = judge("t.csv", {})
    assert found["n"].outcome.value == "ERROR"
    assert "ermission" in found["n"].reason


def test_nested_columns_have_types_nulls_and_duplicates_and_refuse_the_rest(judge, tmp_path):
    columns = {
        "id": [1, 2, 3],
        "l": [[1, 2], None, [1, 2]],
        "s": [{"a": 1}, {"a": None}, {"a": 2}],
        "m": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
        "b": [b"\x00\xff", None, b"\x00"],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    contract = {
        "l": {"type": "list", "null_share": {"at_most": 0.5}, "unique": True, "distinct": {"at_most": 1}},
        "s": {"type": "struct", "unique": True, "mean": {"at_most": 1}},
        "m": {"type": "map", "null_share": {"at_most": 0.5}, "values": {"in": [1]}},
        "b": {"type": "binary", "unique": True, "values": {"matches": "a"}},
    }
    assert outcomes(judge("t.parquet", contract)) == {
        "n": "PASS",
        "c.l.type": "PASS",
        "c.l.null_share": "PASS",
        "c.l.unique": "FAIL",
        "c.l.distinct": "PASS",
        "c.s.type": "PASS",
        "c.s.unique": "PASS",
        "c.s.mean": "ERROR",
        "c.m.type": "PASS",
        "c.m.null_share": "PASS",
        "c.m.values": "ERROR",
        "c.b.type": "PASS",
        "c.b.unique": "PASS",
        "c.b.values": "ERROR",
    }


def test_a_million_categories_are_counted_exactly(judge, tmp_path):
    levels = 1_000_000
    pq.write_table(pa.table({"id": np.arange(levels), "s": np.arange(levels).astype(str)}), tmp_path / "t.parquet")
    contract = {"s": {"distinct": {"between": [levels, levels]}, "unique": True, "values": {"not_in": ["-1", "x"]}}}
    assert set(outcomes(judge("t.parquet", contract)).values()) == {"PASS"}
