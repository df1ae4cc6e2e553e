"""What the offending rows of a parity check are: the rows that the engine counts as mismatches, and only those."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

TOLERANCES = ["exact", {"abs": 0.5}, {"rel": 0.01}, {"ulp": 4}]
PAIRS = [(1.0, 1.0), (1.0, 1.4), (2.0, 3.0), (None, None), (None, 1.0), (0.0, 0.0), (0.0, -0.0), (1.0, 1.0000000000000002), (1e300, -1e300)]


@pytest.mark.parametrize("nulls", ["equal", "mismatch"])
@pytest.mark.parametrize("tolerance", TOLERANCES, ids=str)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_row_is_shown_where_it_is_counted(pair: tuple[float | None, float | None], tolerance: object, nulls: str, tmp_path: Path) -> None:
    for name, value in zip(("here", "there"), pair, strict=True):
        pq.write_table(pa.table({"id": [1, 2], "x": pa.array([value, 7.0], pa.float64())}), tmp_path / f"{name}.parquet")
    check = {"id": "c", "kind": "parity", "of": "here", "against": "there", "columns": {"x": tolerance}, "nulls": nulls}
    datasets = {name: {"path": f"{name}.parquet", "key": "id"} for name in ("here", "there")}
    path = tmp_path / "one.gate.yaml"
    path.write_text(yaml.safe_dump({"mlgate": 1, "datasets": datasets, "checks": [check]}, sort_keys=False))
    verdict = run_gate(load(path)).verdicts[0]
    assert verdict.estimate is not None
    assert verdict.estimate.n_obs == 2
    counted = verdict.estimate.violations
    assert counted in (0, 1)
    shown = [] if verdict.offenders is None else [row[0] for row in verdict.offenders.rows]
    assert shown == ["1"] * counted
