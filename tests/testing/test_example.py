"""The small project: the same verdicts in this process and from pytest itself."""

import math
import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlgate.core.errors import GateFileError
from mlgate.testing import Example

TABLE = {"id": [1, 2, 3, 4], "delay": [3.5, None, math.nan, 7.0], "carrier": ["AA", "B6", None, "é, x"]}
FLIGHTS = {
    "datasets": {"flights": {"path": "flights.csv", "key": ["id"]}},
    "checks": [
        {"id": "volume", "kind": "rows", "of": "flights", "rows": {"equals": 4}},
        {"id": "delays", "kind": "columns", "of": "flights", "columns": {"delay": {"null_share": {"at_most": 0.1}}}},
        {"id": "soft", "kind": "rows", "of": "flights", "rows": {"at_most": 3}, "severity": "warn"},
    ],
}
OUTCOMES = {"volume": "PASS", "delays.delay.null_share": "FAIL", "soft": "FAIL"}


def selected(ids):
    return {**FLIGHTS, "checks": [check for check in FLIGHTS["checks"] if check["id"] in ids]}


def test_a_project_gives_the_same_verdicts_in_this_process_and_in_pytest(tmp_path):
    example = Example(tmp_path, FLIGHTS, files={"flights.csv": TABLE})
    here, there = example.run(), example.pytest()
    assert here.outcomes == there.outcomes == OUTCOMES
    assert here.status == there.status == 1
    assert here.verdicts["soft"].estimate == there.verdicts["soft"].estimate
    assert "1 failed, 1 passed" in there.output


@pytest.mark.parametrize("ids", [{"volume"}, {"volume", "soft"}])
def test_a_warning_does_not_fail_a_run_anywhere(tmp_path, ids):
    example = Example(tmp_path, selected(ids), files={"flights.csv": TABLE})
    assert example.run().status == example.pytest("-q").status == 0


def test_an_error_fails_a_run_and_arguments_reach_pytest(tmp_path):
    example = Example(tmp_path, FLIGHTS)
    assert set(example.run().outcomes.values()) == {"ERROR"}
    assert example.run().status == 1
    assert example.pytest("-k", "volume").outcomes == {"volume": "ERROR"}


@pytest.mark.parametrize("name", ["flights.csv", "flights.parquet"])
@pytest.mark.parametrize("frame", [dict, pd.DataFrame, pl.DataFrame, pa.table], ids=["dict", "pandas", "polars", "arrow"])
def test_any_frame_becomes_the_table_that_its_name_says(tmp_path, name, frame):
    gate = {**FLIGHTS, "datasets": {"flights": {"path": name, "key": ["id"]}}}
    ran = Example(tmp_path, gate, files={name: frame(TABLE)}).run()
    assert ran.outcomes == OUTCOMES
    assert ran.verdicts["delays.delay.null_share"].estimate.value == 0.5


def test_text_and_code_are_written_as_they_are_and_found(tmp_path):
    gate = """\
mlgate: 1
datasets:
  rows: {path: rows.csv, key: [id], label: y}
models:
  zero: {callable: "answers:zero", dataset: rows, features: [id]}
checks:
  - {id: right, kind: metric, of: zero, metric: accuracy, at_least: 0.5}
"""
    files = {
        "rows.csv": {"id": list(range(300)), "y": [int(row % 10 == 0) for row in range(300)]},
        "answers.py": "import numpy\n\n\ndef zero(frame):\n    return numpy.zeros(len(frame))\n",
    }
    ran = Example(tmp_path, gate, files=files).pytest()
    assert (ran.status, ran.outcomes) == (0, {"right": "PASS"}), ran.output


def test_one_row_has_an_infinite_interval_also_in_pytests_evidence(tmp_path):
    gate = {
        "datasets": {"rows": {"path": "rows.csv", "key": ["id"], "label": "y"}},
        "models": {"one": {"predictions": "one.csv", "dataset": "rows"}},
        "checks": [{"id": "error", "kind": "metric", "of": "one", "metric": "mae", "at_most": 3}],
    }
    example = Example(tmp_path, gate, files={"rows.csv": {"id": [1], "y": [2.5]}, "one.csv": {"id": [1], "prediction": [2.0]}})
    here, there = (ran.verdicts["error"] for ran in (example.run(), example.pytest()))
    assert here.estimate.high == math.inf
    assert here.estimate == there.estimate


def test_a_gate_file_that_cannot_be_used_is_told_with_its_faults(tmp_path):
    example = Example(tmp_path, "mlgate: 1\nchecks: [{id: a, kind: rwos}]\n")
    with pytest.raises(GateFileError, match="did you mean 'rows'"):
        example.run()
    ran = example.pytest()
    assert ran.status != 0
    assert ran.verdicts == {}
    assert "did you mean 'rows'" in ran.output


@pytest.mark.parametrize(("name", "table", "words"), [("a.txt", {"x": [1]}, ".csv or .parquet"), ("a.csv", {"x": [1], "y": []}, "different lengths")])
def test_a_table_that_cannot_be_written_says_why(tmp_path, name, table, words):
    with pytest.raises(ValueError, match=words):
        Example(tmp_path, FLIGHTS, files={name: table})


def test_importing_the_suites_loads_no_heavy_library():
    code = "import sys, mlgate.testing; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"duckdb", "pandas", "polars", "pyarrow", "sklearn", "skops"} & set(loaded)
