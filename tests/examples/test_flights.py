"""The example on real flights: the gate file promotes, and every variant comes to the outcome that its table expects."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FLIGHTS = ROOT / "examples" / "flights"
EXPECTED = yaml.safe_load((FLIGHTS / "variants" / "expected.yaml").read_text())


@dataclass(frozen=True)
class GateRun:
    """One pytest run on a folder of gate files: outcomes and messages by item, and what `mlgate decide` says of its JUnit file."""

    outcomes: dict[str, str]
    texts: dict[str, str]
    output: str
    exit_status: int
    decide: int


def run(folder: Path, into: Path) -> GateRun:
    junit = into / "junit.xml"
    done = command("-m", "pytest", "--mlgate", str(folder), f"--junitxml={junit}", "-p", "no:cacheprovider", "-q")
    assert junit.exists(), done.stdout + done.stderr
    cases = ElementTree.parse(junit).getroot().iter("testcase")
    outcomes, texts = {}, {}
    for case in cases:
        properties = {one.get("name"): one.get("value") for one in case.iter("property")}
        outcomes[case.get("name")] = properties.get("mlgate.outcome")
        texts[case.get("name")] = " ".join([part.get("message", "") + (part.text or "") for part in case])
    decided = command("-c", "from mlgate.cli import main; main()", "decide", str(junit))
    return GateRun(outcomes, texts, done.stdout, done.returncode, decided.returncode)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def main_run(tmp_path_factory) -> GateRun:
    return run(FLIGHTS, tmp_path_factory.mktemp("flights"))


def test_the_candidate_is_promoted_and_nothing_is_red(main_run):
    assert set(main_run.outcomes.values()) <= {"PASS", "WAIVED", "INCONCLUSIVE"}, main_run.output
    assert (main_run.exit_status, main_run.decide) == (0, 0), main_run.output


def test_only_what_the_gate_file_says_is_undecided_or_waived(main_run):
    undecided = {item: outcome for item, outcome in main_run.outcomes.items() if outcome != "PASS"}
    assert undecided == {"auc-small-carriers": "INCONCLUSIVE", "drift-weather.temp": "WAIVED"}


def test_the_gate_file_has_at_least_forty_items_of_four_families(main_run):
    assert len(main_run.outcomes) >= 40
    kinds = {check["kind"] for check in yaml.safe_load((FLIGHTS / "flights.gate.yaml").read_text())["checks"]}
    assert kinds == {"rows", "freshness", "schema", "columns", "unique", "rule", "drift", "parity", "metric", "compare"}


def test_variants_are_left_alone_unless_they_are_named(main_run):
    assert "served-features.dep_hour" in main_run.outcomes
    assert len(list((FLIGHTS / "variants").glob("*/*.gate.yaml"))) == len(EXPECTED)
    assert "variants" not in main_run.output


@pytest.mark.parametrize("variant", EXPECTED)
def test_a_variant_comes_to_its_expected_outcomes_and_decision(variant, tmp_path):
    found = run(FLIGHTS / "variants" / variant, tmp_path)
    assert found.outcomes == EXPECTED[variant]["outcomes"], found.output
    assert found.decide == EXPECTED[variant]["decide"], found.output
    for item, words in EXPECTED[variant].get("says", {}).items():
        assert words in found.texts[item]


def test_the_readme_shows_a_failing_item_as_it_is_printed(tmp_path):
    shown = (ROOT / "README.md").read_text().split("```text\nFAIL ", 1)[1].split("```", 1)[0]
    printed = run(FLIGHTS / "variants" / "hhmm-division", tmp_path).output
    assert f"FAIL {shown}" in printed
