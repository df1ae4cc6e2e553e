"""Two tables that differ in a known way, through the loader, the planner and the real engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mlgate.core.verdict import Verdict
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate


def compare(
    folder: Path, served: pa.Table, train: pa.Table, check: Mapping[str, Any] | None = None, **datasets: Mapping[str, Any]
) -> dict[str, Verdict]:
    """The verdicts of a parity check of `served` against `train` by item; `datasets` adds keys to their declarations."""
    for name, table in (("served", served), ("train", train)):
        pq.write_table(table, folder / f"{name}.parquet")
    declared = {name: {"path": f"{name}.parquet", "key": ["id"], **datasets.get(name, {})} for name in ("served", "train")}
    one = {"id": "c", "kind": "parity", "of": "served", "against": "train", **(check or {})}
    path = folder / "planted.gate.yaml"
    path.write_text(yaml.safe_dump({"mlgate": 1, "datasets": declared, "checks": [one]}, sort_keys=False), encoding="utf-8")
    return {verdict.item: verdict for verdict in run_gate(load(path)).verdicts}


def findings(verdict: Verdict) -> list[str]:
    """What was found out about the mismatches."""
    return [line.removeprefix("diagnosis: ") for line in verdict.details if line.startswith("diagnosis: ")]


def found(folder: Path, served: Any, train: Any, kind: pa.DataType | tuple[pa.DataType, pa.DataType] | None = None, **more: Any) -> list[str]:
    """The findings about one column of these values, rows in order of their key."""
    kinds = kind if isinstance(kind, tuple) else (kind, kind)
    tables = [pa.table({"id": range(len(values)), "x": pa.array(values, one)}) for values, one in zip((served, train), kinds, strict=True)]
    return findings(compare(folder, *tables, {"columns": ["x"], **more})["c.x"])
