"""Every kind over its case table, through the loader, the planner and the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_tables import FOLDER, Case, all_cases, read_cases

from mlgate.core.errors import GateFileError
from mlgate.core.verdict import Verdict
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

OUTCOMES = {
    "rows": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "freshness": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "schema": {"PASS", "FAIL", "ERROR", "NOT_APPLICABLE"},
    "columns": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "unique": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "aggregate": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "references": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "labels": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "rule": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "drift": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "leakage": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "pandera": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "prediction_parity": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "parity": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "compare_runs": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "fairness": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "calibration": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "canary": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
    "property": {"PASS", "FAIL", "ERROR"},
    "transform_parity": {"PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE"},
}


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_check_comes_out_as_the_table_says(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    expected = case.spec["expected"]
    if expected == "REFUSED":
        with pytest.raises(GateFileError) as refused:
            load(path)
        _expect(case, str(refused.value))
        return
    verdicts = {verdict.item: verdict for verdict in run_gate(load(path)).verdicts}
    outcomes = {item.removeprefix("c.") if item != "c" else item: str(verdict.outcome) for item, verdict in verdicts.items()}
    assert outcomes == (expected if isinstance(expected, dict) else {next(iter(outcomes)): expected}), "\n".join(map(_text, verdicts.values()))
    _expect(case, _text(min(verdicts.values(), key=lambda verdict: verdict.outcome.rank)))


@pytest.mark.parametrize("kind", sorted(OUTCOMES))
def test_the_table_has_a_case_for_every_outcome_the_kind_can_give(kind: str) -> None:
    seen: set[str] = set()
    for case in read_cases(kind):
        expected = case.spec["expected"]
        seen |= set(expected.values()) if isinstance(expected, dict) else {expected}
    assert seen >= OUTCOMES[kind]


def test_no_table_is_left_unread() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(OUTCOMES)


def _expect(case: Case, text: str) -> None:
    for words in case.words:
        assert words in text, f"{words!r} is not said in:\n{text}"


def _text(verdict: Verdict) -> str:
    lines = [f"{verdict.item}: {verdict.outcome}", verdict.says, verdict.reason, *verdict.details, f"fix: {verdict.fix}"]
    if verdict.offenders:
        lines += [" | ".join(verdict.offenders.columns), *(" | ".join(row) for row in verdict.offenders.rows)]
    return "\n".join(lines)
