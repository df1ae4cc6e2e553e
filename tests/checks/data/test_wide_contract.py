"""A contract of thousands of columns: few items, statements that stay narrow, a report that stays short."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mlgate.gatefile.loader import load
from mlgate.planning.fuse import AGGREGATES_A_STATEMENT
from mlgate.run.gate_run import run_gate
from mlgate.run.verdicts import LISTED, PARTS_KEPT


def judge(folder, n, **check):
    columns = {f"f_{index:04}": pa.array([1.0, None] if index % 2 else [1.0, 2.0]) for index in range(n)}
    columns["f_0003"] = pa.array([None, None], pa.float64())
    pq.write_table(pa.table(columns), folder / "t.parquet")
    gate = {"mlgate": 1, "datasets": {"t": {"path": "t.parquet"}}, "checks": [{"id": "c", "kind": "columns", "of": "t", **check}]}
    (folder / "c.gate.yaml").write_text(yaml.safe_dump(gate, sort_keys=False), encoding="utf-8")
    return run_gate(load(folder / "c.gate.yaml"))


def test_a_thousand_columns_take_two_lines(tmp_path):
    result = judge(tmp_path, 1000, columns={"all": {"null_share": {"at_most": 0}}}, types={"float": {"max": {"at_most": 9}}})
    shares, greatest = result.verdicts
    assert (shares.item, str(shares.outcome), greatest.item, str(greatest.outcome)) == ("c.all.null_share", "FAIL", "c.types.float.max", "FAIL")
    assert shares.reason.startswith("500 of 1,000 FAIL (f_0003, f_0001, f_0005, f_0007, f_0009 and 495 more); f_0003: null share of f_0003")
    assert shares.offenders.columns == ("f_0003",)
    assert shares.details[-1] == f"and {1000 - LISTED:,} more: {500 - LISTED:,} FAIL, 500 PASS"
    assert len(shares.parts) == PARTS_KEPT
    assert shares.parts[0][0] == "f_0003"
    assert greatest.reason.startswith("1 of 1,000 FAIL; f_0003: maximum of f_0003")
    asked = 1 + 3 * 1000  # rows, nulls, NaN and maxima: nothing is asked twice
    assert sum(scan.requests for scan in result.provenance.scans) == asked
    assert sum(scan.statements for scan in result.provenance.scans) == -(-asked // AGGREGATES_A_STATEMENT)


def test_a_wide_file_is_read_by_name_also_in_slices(tmp_path):
    result = judge(tmp_path, 300, where="f_0001 is not null", columns={"f_000[12]": {"null_share": {"at_most": 0}}, "f_000[13]": {"unique": True}})
    assert [str(verdict.outcome) for verdict in result.verdicts] == ["PASS", "PASS"]
