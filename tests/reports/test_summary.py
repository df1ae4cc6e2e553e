"""The end of a session, and a decision, in words."""

from __future__ import annotations

from mlgate.core.decision import Decision
from mlgate.core.result import Provenance, RunResult, ScanRecord
from mlgate.core.verdict import Outcome, Verdict
from mlgate.reports import decision as decision_text
from mlgate.reports import summary


def verdict(item, outcome, **fields):
    return Verdict(item, item, "metric", "baseline", outcome, f"reason of {item}", location="g.gate.yaml:7", **fields)


def session(action, verdicts, *, declared=None, why=("because",), blocked_by=(), complete=True, results=None):
    by_node = {f"g.gate.yaml::{one.item}": one for one in verdicts}
    return summary.Session(Decision(action, why, blocked_by), complete, declared or len(verdicts), by_node, results or {}, "evidence.json")


def test_the_decision_stands_first_then_what_to_do():
    lines = summary.render(session("reject", [verdict("auc", Outcome.FAIL), verdict("n", Outcome.PASS)], blocked_by=("g.gate.yaml::auc",)))
    assert lines[0] == ("mlgate: REJECT (1 of 2 items blocks)", "red bold")
    assert lines[1][0] == "next: do not deploy this candidate"


def test_what_did_not_pass_is_listed_worst_first_with_its_place():
    verdicts = [
        verdict("soft", Outcome.FAIL, severity="warn"),
        verdict("maybe", Outcome.INCONCLUSIVE),
        verdict("gone", Outcome.ERROR),
        verdict("auc", Outcome.FAIL),
        verdict("fine", Outcome.PASS),
    ]
    listed = [text for text, _ in summary.render(session("reject", verdicts)) if "reason of" in text]
    assert [text.split(": ")[0].split()[-1] for text in listed] == ["auc", "soft", "gone", "maybe"]
    assert all("(g.gate.yaml:7)" in text for text in listed)


def test_a_partial_run_is_incomplete_and_says_how_many_fail():
    lines = summary.render(session("broken", [verdict("auc", Outcome.FAIL)], declared=47, complete=False))
    assert lines[0][0] == "mlgate: INCOMPLETE (1 of 47 declared items reported; 1 of them fails)"


def test_scans_and_warnings_are_said_with_their_gate():
    scan = ScanRecord("holdout", "", ("candidate",), 12345, 40, 1, 1.5)
    provenance = Provenance("g", "d", "0", 1, "guard", 0.05, 0.95, (), (), (), (), (scan,))
    result = RunResult((), provenance, ("no anchor",))
    text = "\n".join(text for text, _ in summary.render(session("promote", [verdict("n", Outcome.PASS)], results={"g.gate.yaml": result})))
    assert "scan: holdout with candidate: 12,345 rows, 40 requests in 1 statement, 1.50 s  (g.gate.yaml)" in text
    assert "warning: g.gate.yaml: no anchor" in text


def test_hundreds_of_failing_items_do_not_flood_the_terminal():
    lines = summary.render(session("reject", [verdict(f"c{n}", Outcome.FAIL) for n in range(400)]))
    assert len(lines) < 70
    assert any(text == "... and 350 more" for text, _ in lines)


def test_a_decision_in_words_names_action_reason_items_and_next_step():
    text = decision_text.render(Decision("hold", ("1 item could not be measured",), ("g::gone",), (("ERROR", 1), ("PASS", 3)), ("g::let",)))
    lines = text.splitlines()
    assert lines[0].startswith("HOLD: keep the model that is live")
    assert "Why: 1 item could not be measured." in lines
    assert "  g::gone" in lines
    assert "Items: 1 ERROR, 3 PASS." in lines
    assert "Waived: g::let." in lines
    assert lines[-1].startswith("Next: ")
