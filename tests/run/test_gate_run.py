import datetime
import sys
import types

import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.checks import Rows
from mlgate.core.verdict import Outcome

ROWS = {"id": [1, 2, 3, 4], "x": [1.0, 2.0, None, 40.0], "name": ["a", "b", "b", "c"]}
DATA = {"t": {"path": "t.csv", "key": "id"}}


def check(check_id, kind, **keys):
    return {"id": check_id, "kind": kind, "of": "t", **keys}


def test_each_dataset_is_scanned_once_whatever_the_number_of_checks(judged):
    checks = [check(f"r{n}", "rule", require=f"x < {n}", violating_share={"at_most": 1}) for n in range(30)]
    found = judged({"t": ROWS}, datasets=DATA, checks=checks)
    (scan,) = found.result.provenance.scans
    assert (scan.dataset, scan.statements, scan.rows) == ("t", 1, 4)
    assert found.result.provenance.follow_ups == ()


def test_offending_rows_are_fetched_only_for_what_failed_and_carry_their_key(judged):
    checks = [check("bad", "rule", require="x < 10"), check("good", "rule", require="id > 0")]
    found = judged({"t": ROWS}, datasets=DATA, checks=checks)
    assert found["bad"].offenders.columns == ("id", "x")
    assert found["bad"].offenders.rows == (("3", "null"), ("4", "40.0"))
    assert found["bad"].offenders.total == 2
    assert found["good"].offenders is None
    assert [scan.requests for scan in found.result.provenance.follow_ups] == [1]


def test_a_dataset_that_is_missing_is_an_error_of_its_checks_alone(judged):
    checks = [check("here", "rows", rows={"equals": 4}), {"id": "gone", "kind": "rows", "of": "u", "rows": {"at_least": 1}}]
    found = judged({"t": ROWS}, datasets={**DATA, "u": {"path": "u.csv"}}, checks=checks)
    assert found["here"].outcome is Outcome.PASS
    assert found["gone"].outcome is Outcome.ERROR
    assert "u.csv" in found["gone"].reason
    assert found["gone"].fix


def test_a_column_that_is_gone_is_an_error_that_names_the_nearest(judged):
    found = judged({"t": ROWS}, datasets=DATA, checks=[check("a", "rule", require="nane = 'a'"), check("b", "rule", require="name <> ''")])
    assert found["a"].outcome is Outcome.ERROR
    assert "did you mean 'name'" in found["a"].fix
    assert found["b"].outcome is Outcome.PASS


def test_a_request_that_the_engine_refuses_is_found_among_many_and_the_rest_is_answered(judged):
    contract = {"name": {"values": {"matches": "(unclosed"}}, "x": {"null_share": {"at_most": 0.3}}, "id": {"values": {"at_least": 1}}}
    found = judged({"t": ROWS}, datasets=DATA, checks=[check("c", "columns", columns=contract), check("n", "rows", rows={"equals": 4})])
    assert {item: verdict.outcome.value for item, verdict in found.items()} == {
        "c.name.values": "ERROR",
        "c.x.null_share": "PASS",
        "c.id.values": "PASS",
        "n": "PASS",
    }
    assert "unclosed" in " ".join((found["c.name.values"].reason, *found["c.name.values"].details))


def test_a_waiver_lets_an_item_fail_until_its_day_and_no_longer(judged):
    gate = {
        "datasets": DATA,
        "checks": [check("bad", "rule", require="x < 10")],
        "waivers": [{"check": "bad", "owner": "me", "until": "2026-06-01", "why": "known"}],
    }
    before = judged({"t": ROWS}, **gate, today=datetime.date(2026, 5, 31))["bad"]
    after = judged({"t": ROWS}, **gate, today=datetime.date(2026, 6, 1))["bad"]
    assert (before.outcome, before.fails) == (Outcome.WAIVED, False)
    assert "me" in before.reason
    assert "2026-06-01" in before.reason
    assert (after.outcome, after.fails) == (Outcome.FAIL, True)
    assert any("has ended" in line for line in after.details)


def test_a_waiver_prolonged_by_a_second_entry_counts_until_the_later_day(judged):
    ended = {"check": "bad", "owner": "me", "until": "2026-06-01", "why": "known"}
    gate = {"datasets": DATA, "checks": [check("bad", "rule", require="x < 10")], "waivers": [ended, {**ended, "until": "2026-07-01"}]}
    assert judged({"t": ROWS}, **gate, today=datetime.date(2026, 6, 15))["bad"].outcome is Outcome.WAIVED
    assert judged({"t": ROWS}, **gate, today=datetime.date(2026, 7, 1))["bad"].outcome is Outcome.FAIL


MODELS = {"new": {"predictions": "new.csv", "dataset": "t"}, "old": {"predictions": "old.csv", "dataset": "t", "if_missing": "first_run"}}
LABELLED = {"t": {"path": "t.csv", "key": "id", "label": "y"}}
TRUTH = {"id": list(range(100)), "y": [n % 2 for n in range(100)]}
COMPARE = {"id": "acc", "kind": "compare", "of": "new", "against": "old", "metric": "accuracy", "no_worse_by": 0.1}


def test_the_first_model_ever_has_no_baseline_and_is_not_blocked_for_it(judged):
    found = judged({"t": TRUTH, "new": {"id": TRUTH["id"], "prediction": TRUTH["y"]}}, datasets=LABELLED, models=MODELS, checks=[COMPARE])
    assert found["acc"].outcome is Outcome.NOT_APPLICABLE
    assert "first run" in found["acc"].reason


@pytest.mark.parametrize("gone", ["t", "new"])
@pytest.mark.parametrize("baseline_too", [False, True])
def test_a_candidate_or_dataset_that_is_gone_is_no_first_run(judged, gone, baseline_too):
    answers = {"id": TRUTH["id"], "prediction": TRUTH["y"]}
    frames = {"t": TRUTH, "new": answers, "old": answers}
    for name in (gone, *(["old"] if baseline_too else [])):
        del frames[name]
    found = judged(frames, datasets=LABELLED, models=MODELS, checks=[COMPARE])
    assert found["acc"].outcome is Outcome.ERROR
    assert f"{gone}.csv" in found["acc"].reason


def test_a_baseline_that_is_broken_is_no_first_run(judged):
    frames = {"t": TRUTH, "new": {"id": TRUTH["id"], "prediction": TRUTH["y"]}, "old": {"id": TRUTH["id"], "other": TRUTH["y"]}}
    found = judged(frames, datasets=LABELLED, models=MODELS, checks=[COMPARE])
    assert found["acc"].outcome is Outcome.ERROR
    assert found["acc"].cause == "model"


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("id", [0, *range(99)], "double key"),
        ("id", [*range(1, 101)], "missing (null or NaN) in 1 of 100 rows"),
        ("prediction", ["a"] * 100, "is text"),
    ],
)
def test_predictions_with_double_or_missing_keys_or_foreign_labels_are_errors(judged, column, values, words):
    new = {"id": TRUTH["id"], "prediction": TRUTH["y"], column: values}
    old = {"id": TRUTH["id"], "prediction": TRUTH["y"]}
    found = judged({"t": TRUTH, "new": new, "old": old}, datasets=LABELLED, models=MODELS, checks=[COMPARE, check("n", "rows", rows={"equals": 100})])
    assert found["acc"].outcome is Outcome.ERROR
    assert words in found["acc"].reason + found["acc"].fix
    assert found["n"].outcome is Outcome.PASS


def test_stored_scores_become_predictions_at_a_threshold(judged):
    new = {"id": TRUTH["id"], "score": [0.3 + 0.1 * y for y in TRUTH["y"]]}
    models = {"new": {"predictions": "new.csv", "dataset": "t", "threshold": 0.35}}
    checks = [{"id": "acc", "kind": "metric", "of": "new", "metric": "accuracy", "at_least": 0.9}]
    found = judged({"t": TRUTH, "new": new}, datasets=LABELLED, models=models, checks=checks)
    assert (found["acc"].outcome, found["acc"].estimate.value) == (Outcome.PASS, 1.0)


def test_an_undecided_primary_check_fails_in_prove_mode_only(judged):
    predicted = [*TRUTH["y"][:99], 1 - TRUTH["y"][99]]
    frames = {"t": TRUTH, "new": {"id": TRUTH["id"], "prediction": predicted}, "old": {"id": TRUTH["id"], "prediction": TRUTH["y"]}}
    tight = {**COMPARE, "no_worse_by": 0.01}
    guard = judged(frames, datasets=LABELLED, models=MODELS, checks=[tight])["acc"]
    prove = judged(frames, datasets=LABELLED, models=MODELS, checks=[tight], policy={"mode": "prove"})["acc"]
    assert (guard.outcome, guard.fails, guard.action) == (Outcome.INCONCLUSIVE, False, "promote")
    assert (prove.outcome, prove.fails, prove.action) == (Outcome.INCONCLUSIVE, True, "hold")
    assert guard.estimate.required_n > 100
    assert "rows would decide" in guard.fix


def test_selecting_items_changes_no_verdict(judged):
    checks = [check("a", "rule", require="x < 10"), check("b", "columns", columns={"x": {"null_share": {"at_most": 0}, "mean": {"at_most": 99}}})]
    whole = judged({"t": ROWS}, datasets=DATA, checks=checks)
    part = judged({"t": ROWS}, datasets=DATA, checks=checks, items=frozenset({"b.x.mean"}))
    assert dict(part) == {"b.x.mean": whole["b.x.mean"]}
    assert part.result.provenance.declared == whole.result.provenance.declared


def test_progress_names_what_is_opened_and_scanned(judged):
    said = []
    judged({"t": ROWS}, datasets=DATA, checks=[check("n", "rows", rows={"equals": 4})], progress=said.append)
    assert said == ["opening t", "scanning t", "judging 1 items"]


def test_a_dataset_without_rows_is_an_error_or_holds_but_a_slice_without_rows_is_only_undecided(judged):
    checks = [
        check("rule", "rule", require="x < 10"),
        check("contract", "columns", columns={"x": {"null_share": {"at_most": 0}}}),
        check("skipped", "rule", require="x < 10", when_empty="skip"),
    ]
    found = judged({"t": {"id": [], "x": [], "name": []}}, datasets=DATA, checks=checks)
    assert [(found[name].outcome.value, found[name].action, found[name].fails) for name in ("rule", "contract.x.null_share", "skipped")] == [
        ("ERROR", "fix", True),
        ("INCONCLUSIVE", "hold", False),
        ("NOT_APPLICABLE", "promote", False),
    ]
    assert "no rows at all" in found["contract.x.null_share"].reason
    sliced = judged({"t": ROWS}, datasets=DATA, checks=[check("rule", "rule", require="x < 10", where="id > 99")])["rule"]
    assert (sliced.outcome, sliced.action) == (Outcome.INCONCLUSIVE, "promote")


def test_external_access_ends_before_anything_is_scanned(judged, monkeypatch):
    done = []
    for name in ("open", "lock", "answer"):
        own = getattr(DuckDBEngine, name)
        monkeypatch.setattr(DuckDBEngine, name, lambda *args, name=name, own=own: (done.append(name), own(*args))[1])
    judged({"t": ROWS}, datasets=DATA, checks=[check("n", "rows", rows={"equals": 4})])
    assert done == ["open", "lock", "answer"]


@pytest.mark.parametrize(("error", "cause", "action"), [(MemoryError, "infrastructure", "retry"), (RuntimeError, "data", "fix")])
def test_a_machine_that_gives_up_is_worth_a_retry(judged, monkeypatch, error, cause, action):
    def answer(*_):
        raise error("no room")

    monkeypatch.setattr(DuckDBEngine, "answer", answer)
    found = judged({"t": ROWS}, datasets=DATA, checks=[check("n", "rows", rows={"equals": 4})])["n"]
    assert (found.outcome, found.cause, found.action) == (Outcome.ERROR, cause, action)
    assert any("select" in line for line in found.details)


def test_a_culprit_is_found_by_halves(judged):
    checks = [check(f"r{n}", "rule", require=f"x < {n}", violating_share={"at_most": 1}) for n in range(200)]
    checks.append(check("c", "columns", columns={"name": {"values": {"matches": "(unclosed"}}}))
    found = judged({"t": ROWS}, datasets=DATA, checks=checks)
    assert found["c.name.values"].outcome is Outcome.ERROR
    (scan,) = found.result.provenance.scans
    assert scan.requests > 200
    assert scan.statements < 25


def test_a_kind_that_breaks_is_an_error_of_its_item_that_says_whom_to_tell(judged, monkeypatch):
    def claims(*_):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Rows, "claims", claims)
    found = judged({"t": ROWS}, datasets=DATA, checks=[check("n", "rows", rows={"equals": 4}), check("u", "unique", columns="id")])
    assert (found["n"].outcome, found["u"].outcome) == (Outcome.ERROR, Outcome.PASS)
    assert "kind 'rows' raised ZeroDivisionError: by zero" in found["n"].reason
    assert "maintains the kind" in found["n"].fix


def test_the_seed_of_the_policy_reaches_a_metric_that_resamples(judged, monkeypatch):
    module = types.ModuleType("project_metrics")
    module.right = lambda y_true, y_pred: float((y_true == y_pred).mean())
    monkeypatch.setitem(sys.modules, "project_metrics", module)
    predicted = {"id": TRUTH["id"], "prediction": [*TRUTH["y"][:80], *(1 - y for y in TRUTH["y"][80:])]}
    own = {"id": "own", "kind": "metric", "of": "new", "metric": "project_metrics:right", "direction": "higher", "at_least": 0.1}
    models = {"new": MODELS["new"]}

    def low(seed):
        found = judged({"t": TRUTH, "new": predicted}, datasets=LABELLED, models=models, checks=[own], policy={"seed": seed})
        return found["own"].estimate.low

    assert low(1) == low(1) != low(2)


def test_a_bound_that_waits_for_a_time_that_cannot_be_read_takes_the_reason_over(judged):
    frames = {"now": {"t": ["2024-01-02", "soon"], "id": [1, 2]}, "then": {"t": ["2024-01-01"], "id": [3]}}
    checks = [{"id": "l", "kind": "leakage", "of": "now", "against": "then", "keys": {"columns": "id"}, "time_order": {"column": "t"}}]
    verdicts = judged(frames, datasets={name: {"path": f"{name}.csv"} for name in frames}, checks=checks)
    assert str(verdicts["l.keys"].outcome) == "PASS"
    assert str(verdicts["l.time_order"].outcome) == "ERROR"
    assert "soon" in verdicts["l.time_order"].reason


def test_an_overlap_with_a_dataset_that_is_not_there_is_an_error_of_its_own(judged):
    checks = [
        {"id": "l", "kind": "leakage", "of": "now", "against": "gone", "keys": {"columns": "id"}},
        {"id": "r", "kind": "rows", "of": "now", "rows": {"equals": 1}},
    ]
    datasets = {name: {"path": f"{name}.csv"} for name in ("now", "gone")}
    verdicts = judged({"now": {"id": [1]}}, datasets=datasets, checks=checks)
    assert {name: str(verdict.outcome) for name, verdict in verdicts.items()} == {"l.keys": "ERROR", "r": "PASS"}
    assert "gone" in verdicts["l.keys"].reason
