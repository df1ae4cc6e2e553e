"""The table of faults: each faulty file gives exactly its faults, at the right place, in the right words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.core.errors import GateFileError
from mlgate.gatefile.loader import load

PRELUDE = """\
mlgate: 1
datasets: {train: {path: t.parquet, key: id}, current: {path: c.parquet, key: id, label: y, time: t}}
models: {candidate: {artifact: m.skops, dataset: current}, production: {predictions: p.parquet, dataset: current}}
"""
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "faults.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_fault_points_to_its_place_and_says_what_is_expected(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "case.gate.yaml"
    path.write_text(case["file"] if "file" in case else PRELUDE + case["rest"], encoding="utf-8")
    with pytest.raises(GateFileError) as caught:
        load(path, env={}, shown_as="case.gate.yaml")
    faults = [str(fault) for fault in caught.value.faults]
    assert len(faults) == case.get("faults", 1), faults
    assert any(text.startswith(f"case.gate.yaml{case['at']}") and all(word in text for word in case["says"]) for text in faults), faults
    assert not any(word in text for text in faults for word in ("pydantic", "errors.pydantic.dev", "Input should", "Value error"))


def test_the_table_is_long_and_its_names_are_unique() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 40
