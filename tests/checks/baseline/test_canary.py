"""The canary as a whole: one decision, its parts of alpha, and what a pipeline is told."""

import json

import numpy as np
import pytest

from mlgate.checks import Canary
from mlgate.core.gate import Dataset, Gate, Policy
from mlgate.promotion.decide import decide
from mlgate.promotion.read import read_report
from mlgate.run.shares import declare
from mlgate.testing import Example

ERRORS = {"column": "failed", "direction": "lower", "no_worse_by": 0.02}
LATENCY = {"column": "ms", "direction": "lower", "no_worse_by": 5}
LIVE = {"id": "live", "kind": "canary", "of": "log", "arm": "variant", "candidate": "new", "baseline": "old"}


def log(seed, n, *, rate=0.05, slower=0.0, start=0):
    rng = np.random.default_rng(seed)
    new = rng.random(n) < 0.5
    return {
        "at": [f"2026-01-01 {(start + row) // 3600:02}:{(start + row) // 60 % 60:02}:{(start + row) % 60:02}" for row in range(n)],
        "variant": ["new" if one else "old" for one in new],
        "failed": [int(value) for value in rng.random(n) < np.where(new, rate, 0.05)],
        "ms": (rng.lognormal(4, 0.4, n) + slower * new).round(3).tolist(),
    }


def example(folder, rows, **check):
    spec = {**LIVE, "metrics": {"errors": ERRORS, "latency": LATENCY}, **check}
    return Example(folder, {"datasets": {"log": {"path": "log.parquet", "time": "at"}}, "checks": [spec]}, files={"log.parquet": rows})


def decided(ran_in):
    return decide(read_report(ran_in.folder / "evidence.json"))


def test_the_metrics_share_the_alpha_of_the_decision_in_equal_parts():
    check = Canary.model_validate({**{key: value for key, value in LIVE.items() if key != "kind"}, "metrics": {"a": ERRORS, "b": LATENCY}})
    gate = Gate("g.gate.yaml", ".", "", Policy(), {"log": Dataset(path="log.parquet")}, {}, (check,))
    assert {item.id: item.share for item in declare(gate)} == pytest.approx({"live": 0.05, "live.a": 0.025, "live.b": 0.025})


def test_the_metrics_of_a_primary_canary_are_judged_like_its_decision():
    check = Canary.model_validate({**{key: value for key, value in LIVE.items() if key != "kind"}, "metrics": {"a": ERRORS}, "primary": True})
    gate = Gate("g.gate.yaml", ".", "", Policy(), {"log": Dataset(path="log.parquet")}, {}, (check,))
    assert [item.primary for item in declare(gate)] == [True, True]


@pytest.mark.parametrize(
    ("rows", "margins", "outcome", "action", "says"),
    [
        (log(1, 20_000), (0.02, 5), "PASS", "promote", "promote: "),
        (log(2, 300), (0.02, 5), "INCONCLUSIVE", "hold", "continue: "),
        (log(3, 20_000, rate=0.12), (0.02, 5), "FAIL", "rollback", "rollback: "),
        (log(4, 20_000, slower=9.0), (0.02, 5), "FAIL", "rollback", "rollback: "),
    ],
)
def test_a_look_says_promote_continue_or_rollback(tmp_path, rows, margins, outcome, action, says):
    ran = example(tmp_path, rows).run()
    verdict = ran.verdicts["live"]
    assert (verdict.outcome, verdict.action) == (outcome, action), verdict.reason
    assert verdict.reason.startswith(says)


@pytest.mark.parametrize(("rate", "n", "exit_code"), [(0.05, 300, 10), (0.2, 4000, 13)])
def test_pytest_and_decide_tell_the_pipeline(tmp_path, rate, n, exit_code):
    project = example(tmp_path, log(5, n, rate=rate), metrics={"errors": ERRORS})
    ran = project.pytest("-q")
    found = decided(project)
    assert found.exit_code == exit_code, ran.output
    assert ran.status == 1


def test_windows_with_a_state_file_come_to_what_the_whole_log_comes_to(tmp_path):
    whole = log(6, 6000)
    parts = [{name: values[max(0, start - 500) : start + 2000] for name, values in whole.items()} for start in (0, 2000, 4000)]  # they overlap
    expected = example(tmp_path / "whole", whole).run().verdicts
    for part in parts:
        seen = example(tmp_path / "windows", part, state="sums.json").run().verdicts
    for name, verdict in expected.items():
        got = seen[name]
        assert (got.outcome, got.estimate.n_obs) == (verdict.outcome, verdict.estimate.n_obs)
        assert (got.estimate.value, got.estimate.low, got.estimate.pvalue) == pytest.approx(
            (verdict.estimate.value, verdict.estimate.low, verdict.estimate.pvalue), rel=1e-9
        )


def test_a_look_repeated_changes_nothing(tmp_path):
    project = example(tmp_path, log(7, 1000), state="kept/sums.json")
    first = project.run().verdicts
    kept = (tmp_path / "kept" / "sums.json").read_bytes()
    assert project.run().verdicts == first
    assert (tmp_path / "kept" / "sums.json").read_bytes() == kept


def test_a_state_file_holds_sums_and_no_request(tmp_path):
    example(tmp_path, log(8, 1000), state="sums.json").run()
    kept = json.loads((tmp_path / "sums.json").read_text())
    assert set(kept) == {"mlgate_canary", "settings", "until", "streams"}
    assert [(one["metric"], one["stream"]) for one in kept["streams"]] == [
        ("errors", "candidate"),
        ("errors", "baseline"),
        ("latency", "candidate"),
        ("latency", "baseline"),
    ]


def test_a_state_file_of_other_settings_is_refused(tmp_path):
    example(tmp_path, log(9, 1000), state="sums.json").run()
    verdict = example(tmp_path, log(9, 1000), state="sums.json", metrics={"errors": ERRORS}).run().verdicts["live"]
    assert verdict.outcome == "ERROR"
    assert "sums of other settings" in verdict.reason


def test_margins_may_change_while_a_canary_runs_with_its_sums(tmp_path):
    example(tmp_path, log(9, 1000), state="sums.json").run()
    changed = {"errors": {**ERRORS, "no_worse_by": 0.05}, "latency": LATENCY}
    assert example(tmp_path, log(9, 1000), state="sums.json", metrics=changed).run().verdicts["live"].outcome != "ERROR"


def test_a_damaged_state_file_is_an_error(tmp_path):
    project = example(tmp_path, log(10, 100), state="sums.json")
    (tmp_path / "sums.json").write_text('{"mlgate_canary": 1', encoding="utf-8")
    verdict = project.run().verdicts["live"]
    assert verdict.outcome == "ERROR"
    assert "damaged" in verdict.reason
