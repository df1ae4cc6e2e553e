"""From facts to a decision: what promotes, and everything that must not."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.promotion.decide import decide
from mlgate.promotion.evidence import Evidence, GateFacts, ItemFacts

CREATED = "2026-03-01T12:00:00+00:00"
NATURAL = {"PASS": "passed", "FAIL": "failed", "INCONCLUSIVE": "passed", "ERROR": "error", "WAIVED": "skipped", "NOT_APPLICABLE": "skipped"}


def item(name, outcome="PASS", *, severity="block", result=None, gate="g.gate.yaml", **properties):
    natural = "passed" if outcome == "FAIL" and severity == "warn" else NATURAL[outcome]
    return ItemFacts(
        gate,
        name,
        result or natural,
        (("mlgate.outcome", outcome), ("mlgate.severity", severity), *((f"mlgate.{k}", v) for k, v in properties.items())),
    )


def evidence(*items, declared=None, **fields):
    gates = [
        GateFacts(key, "sha256:g", "guard", tuple(declared or [one.item for one in items if one.gate == key]), (("holdout", "sha256:1"),))
        for key in dict.fromkeys(one.gate for one in items)
    ]
    return Evidence("0.1.0", CREATED, tuple(gates), items, **fields)


def test_all_items_passing_promotes():
    found = decide([evidence(item("a"), item("b"))])
    assert (found.action, found.exit_code) == ("promote", 0)
    assert dict(found.counts) == {"PASS": 2}


def test_an_undecided_item_does_not_block_in_guard_mode():
    assert decide([evidence(item("a"), item("b", "INCONCLUSIVE"))]).action == "promote"


def test_a_needed_undecided_item_holds():
    found = decide([evidence(item("a", "INCONCLUSIVE", result="failed"))])
    assert (found.action, found.exit_code) == ("hold", 10)
    assert found.blocked_by == ("g.gate.yaml::a",)


def test_a_failing_item_rejects_and_rolls_back_what_is_deployed():
    facts = [evidence(item("a", "FAIL"), item("b", "ERROR"), item("c"))]
    assert decide(facts).exit_code == 11
    assert decide(facts, deployed=True).exit_code == 13
    assert decide(facts).blocked_by == ("g.gate.yaml::a", "g.gate.yaml::b")


def test_an_error_holds():
    assert decide([evidence(item("a", "ERROR"), item("b"))]).action == "hold"


def test_an_item_of_severity_warn_never_blocks():
    assert decide([evidence(item("a", "FAIL", severity="warn"), item("b", "ERROR", severity="warn"), item("c"))]).action == "promote"


def test_a_waived_item_does_not_block_and_is_named():
    found = decide([evidence(item("a", "WAIVED"), item("b", "NOT_APPLICABLE"))])
    assert found.action == "promote"
    assert found.waived == ("g.gate.yaml::a",)


def test_a_failed_test_outside_the_gates_holds():
    assert decide([evidence(item("a"), outside_failed=("test_x.py::test_x",))]).action == "hold"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ([], "no gate item"),
        ([evidence()], "no gate item"),
        ([evidence(item("a"), declared=["a", "b"])], "1 of 2 declared items were not reported"),
        ([evidence(item("a"), item("a"), declared=["a"])], "reported more than once"),
        ([evidence(item("a")), evidence(item("a"))], "the same report was given twice"),
        ([evidence(item("a"), item("x"), declared=["a"])], "reported but not declared: g.gate.yaml::x"),
        ([evidence(item("a"), collect_errors=("b.gate.yaml",))], "cannot be collected or used: b.gate.yaml"),
        ([evidence(item("a"), outside_errors=("test_x.py",))], "an error outside the gates: test_x.py"),
        ([evidence(item("a"), outside_errors=("g.gate.yaml::a",))], "a worker died while it reported g.gate.yaml::a"),
        ([evidence(item("a"), narrowed=("--lf",))], "narrowed by --lf"),
        ([evidence(item("a", "FAIL", result="passed"))], "says FAIL but pytest counted it as passed"),
        ([evidence(item("a", "FAIL", result="skipped"))], "says FAIL but pytest counted it as skipped"),
        ([evidence(item("a", "PASS", result="failed"))], "says PASS but pytest counted it as failed"),
        ([evidence(item("a", "ERROR", result="passed"))], "says ERROR but pytest counted it as passed"),
        ([evidence(replace(item("a"), properties=(("mlgate.outcome", "GREAT"),)))], "unknown outcome 'GREAT'"),
    ],
)
def test_evidence_that_cannot_carry_a_decision_is_broken(facts, why):
    found = decide(facts)
    assert (found.action, found.exit_code) == ("broken", 12)
    assert any(why in sentence for sentence in found.why), found.why


def test_shards_are_broken_alone_and_decide_together():
    first, second = evidence(item("a"), declared=["a", "b"]), evidence(item("b", "FAIL"), declared=["a", "b"])
    assert decide([first]).action == decide([second]).action == "broken"
    assert decide([first, second]).action == "reject"


def test_shards_about_different_gates_or_data_are_broken():
    first, second = evidence(item("a"), declared=["a", "b"]), evidence(item("b"), declared=["a", "b"])
    other_gate = replace(second, gates=(replace(second.gates[0], digest="sha256:other"),))
    other_data = replace(second, gates=(replace(second.gates[0], inputs=(("holdout", "sha256:2"),)),))
    assert "different versions of g.gate.yaml" in decide([first, other_gate]).why[0]
    for field in ({"mode": "prove"}, {"declared": ("b", "a")}):
        other = replace(second, gates=(replace(second.gates[0], **field),))
        assert "different versions of g.gate.yaml" in decide([first, other]).why[0]
    assert "different bytes of 'holdout'" in decide([first, other_data]).why[0]
    assert decide([first, second]).action == "promote"


def test_a_report_that_is_too_old_is_broken():
    now = datetime.datetime.fromisoformat(CREATED) + datetime.timedelta(hours=2)
    assert decide([evidence(item("a"))], max_age_s=3600, now=now).action == "broken"
    assert decide([evidence(item("a"))], max_age_s=3 * 3600, now=now).action == "promote"
    assert decide([evidence(item("a"))], max_age_s=2 * 3600, now=now).action == "promote"
    for unreadable in ("yesterday", "2026-03-01T12:00:00"):  # the second has no zone
        found = decide([replace(evidence(item("a")), created=unreadable)], max_age_s=3600, now=now)
        assert "is unreadable" in found.why[0]


ALLOWED = {
    ("PASS", "block"): {"passed"},
    ("PASS", "warn"): {"passed"},
    ("FAIL", "block"): {"failed"},
    ("FAIL", "warn"): {"passed"},
    ("INCONCLUSIVE", "block"): {"passed", "failed"},
    ("INCONCLUSIVE", "warn"): {"passed", "failed"},
    ("ERROR", "block"): {"error"},
    ("ERROR", "warn"): {"error"},
    ("WAIVED", "block"): {"skipped"},
    ("WAIVED", "warn"): {"skipped"},
    ("NOT_APPLICABLE", "block"): {"skipped"},
    ("NOT_APPLICABLE", "warn"): {"skipped"},
}


@pytest.mark.parametrize("result", ["passed", "failed", "error", "skipped"])
@pytest.mark.parametrize(("outcome", "severity"), sorted(ALLOWED))
def test_an_outcome_that_pytest_counted_as_something_else_is_broken(outcome, severity, result):
    found = decide([evidence(item("a", outcome, severity=severity, result=result))])
    assert (found.action != "broken") == (result in ALLOWED[outcome, severity])


def test_evidence_is_complete_only_where_nothing_stood_in_the_way():
    assert evidence(item("a")).complete
    assert not evidence(item("a"), declared=["a", "b"]).complete
    for fault in ("collect_errors", "outside_errors", "narrowed"):
        assert not evidence(item("a"), **{fault: ("x",)}).complete
    assert not evidence().complete


def test_the_digest_of_what_was_declared_does_not_depend_on_its_order():
    first, second = (evidence(item("a"), declared=names) for names in (["a", "b"], ["b", "a"]))
    assert first.declared_digest == second.declared_digest != evidence(item("a")).declared_digest


outcomes = st.lists(st.tuples(st.sampled_from(sorted(NATURAL)), st.sampled_from(["block", "warn"])), min_size=1, max_size=8)


@given(outcomes, st.data())
def test_leaving_any_item_out_never_promotes(told, data):
    items = [item(f"c{place}", outcome, severity=severity) for place, (outcome, severity) in enumerate(told)]
    left_out = data.draw(st.sampled_from(items))
    kept = [one for one in items if one is not left_out]
    partial = Evidence("0", CREATED, (GateFacts("g.gate.yaml", "d", "guard", tuple(one.item for one in items)),), tuple(kept))
    assert decide([partial]).action == "broken"


@given(outcomes)
def test_a_blocking_failure_always_rejects_and_its_absence_never_does(told):
    items = [item(f"c{place}", outcome, severity=severity) for place, (outcome, severity) in enumerate(told)]
    assert (decide([evidence(*items)]).action == "reject") == (("FAIL", "block") in told)


def test_an_undecided_item_that_holds_back_keeps_the_live_model():
    held = item("a", "INCONCLUSIVE", action="hold")
    assert decide([evidence(held)]).action == "hold"
    assert decide([evidence(item("a", "INCONCLUSIVE", action="hold", severity="warn"))]).action == "promote"


def test_a_failing_item_of_a_candidate_that_serves_rolls_back():
    assert decide([evidence(item("live", "FAIL", action="rollback"), item("b", "FAIL", action="reject"))]).action == "rollback"
    assert decide([evidence(item("live", "FAIL", severity="warn", action="rollback"), item("b"))]).action == "promote"


def test_a_canary_that_goes_on_holds():
    assert decide([evidence(item("live", "INCONCLUSIVE", action="hold"), item("b"))]).action == "hold"
