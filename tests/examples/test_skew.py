"""The example on training and serving features: every planted bug is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from test_flights import GateRun, run

SKEW = Path(__file__).parents[2] / "examples" / "skew"
RED = {"features.dep_hour", "features.dow", "features.hour", "drift.hour", "scaler-and-forest.score", "scaler-and-forest.labels"}


@pytest.fixture(scope="module")
def red(tmp_path_factory) -> GateRun:
    return run(SKEW / "skew.gate.yaml", tmp_path_factory.mktemp("red"))


@pytest.fixture(scope="module")
def mended(tmp_path_factory) -> GateRun:
    return run(SKEW / "mended.gate.yaml", tmp_path_factory.mktemp("mended"))


def test_the_planted_bugs_are_red_and_nothing_else(red):
    assert {item for item, outcome in red.outcomes.items() if outcome == "FAIL"} == RED, red.output
    assert set(red.outcomes.values()) == {"PASS", "FAIL"}
    assert red.decide == 11


@pytest.mark.parametrize(
    ("item", "diagnosis"),
    [
        ("features.dep_hour", "all 24,613 mismatches equal offline.dep_hour cut to 0 digits"),
        ("features.dow", "all 29,425 mismatches equal (offline.dow + 1) % 7 (days of the week counted from another start)"),
        ("features.hour", "all 29,425 mismatches equal (offline.hour + 4) % 24 (hours counted from another start)"),
    ],
)
def test_each_planted_bug_is_explained_as_the_readme_says(red, item, diagnosis):
    assert f"diagnosis: {diagnosis}" in red.texts[item]
    assert diagnosis in (SKEW / "README.md").read_text()


def test_the_mended_code_and_the_plain_export_are_promoted(mended):
    assert set(mended.outcomes.values()) == {"PASS"}, mended.output
    assert (mended.exit_status, mended.decide) == (0, 0)


def test_only_the_export_with_a_scaler_flips_labels(red):
    assert (red.outcomes["forest.labels"], red.outcomes["forest.score"]) == ("PASS", "PASS")
    assert "all scores of scaled-served are 32-bit floats" in red.texts["scaler-and-forest.score"]
    assert "are those of float32 rounding" in red.texts["scaler-and-forest.score"]


def test_both_files_ask_the_same_of_the_features():
    files = [yaml.safe_load((SKEW / name).read_text()) for name in ("skew.gate.yaml", "mended.gate.yaml")]
    parity, mended = ({key: value for key, value in file["checks"][0].items() if key != "why"} for file in files)
    assert parity == mended
