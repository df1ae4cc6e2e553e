"""What a failed item asks on, and what becomes of its findings."""

from typing import ClassVar

import pandas as pd
import pytest

from mlgate.core.check import Check, Explained, RowsName
from mlgate.core.claim import Claim
from mlgate.core.request import Aggregate, Op
from mlgate.core.statistic import Exact
from mlgate.core.verdict import Outcome
from mlgate.gatefile.python_build import build_gate
from mlgate.run.gate_run import run_gate

PEOPLE = pd.DataFrame({"id": [1, 2, 3, 4], "name": ["Ann", "Bob", "Bob", None], "age": [31, 42, 42, 17]})


class Few(Check):
    """There are at most so many rows."""

    family: ClassVar = "data"
    of: RowsName
    most: int = 0

    def _rows(self, scope):
        return Aggregate(Op.ROWS, None, (), scope.view(self.of))

    def requests(self, scope):
        return [self._rows(scope)]

    def claims(self, scope, measured):
        return [Claim("few rows", Exact(measured[self._rows(scope)], 4), high=self.most)]


class Asking(Few):
    """Asks for the youngest, then how many are that young, and could go on for ever."""

    def _round(self, scope, number):
        return Aggregate(Op.MIN, "age", (), scope.view(self.of)) if number == 0 else Aggregate(Op.OUTSIDE, "age", (number, None), scope.view(self.of))

    def follow_up(self, scope, measured):
        for number in range(100):
            yield self._round(scope, number)
            if self._round(scope, number) not in measured.answers:
                return

    def findings(self, scope, measured):
        asked = sum(self._round(scope, number) in measured.answers for number in range(100))
        return [f"the youngest is {measured[self._round(scope, 0)]}", f"asked {asked} times"]


class Breaking(Asking):
    def follow_up(self, scope, measured):
        raise AttributeError("a slip of its author")


class Mute(Asking):
    def findings(self, scope, measured):
        raise AttributeError("a slip of its author")


def run(*checks, mask=()):
    declared = {"datasets": {"people": {"frame": PEOPLE, "key": ["id"], "mask": mask}}, "models": {}, "policy": {}}
    return run_gate(build_gate(lambda: iter(checks), declared, env=None, shown_as="g.py"))


def test_a_failed_item_asks_round_by_round_four_times_at_most():
    result = run(Asking(id="a", of="people"))
    (verdict,) = result.verdicts
    assert verdict.outcome is Outcome.FAIL
    assert verdict.details[:2] == ("the youngest is 17", "asked 4 times")
    assert sum(scan.requests for scan in result.provenance.follow_ups) == 4


def test_what_passes_asks_nothing():
    result = run(Asking(id="a", of="people", most=4))
    assert result.verdicts[0].outcome is Outcome.PASS
    assert result.provenance.follow_ups == ()


def test_all_failed_items_ask_together():
    result = run(Asking(id="a", of="people"), Asking(id="b", of="people"))
    assert sum(scan.requests for scan in result.provenance.follow_ups) == 4
    assert [verdict.details[0] for verdict in result.verdicts] == ["the youngest is 17"] * 2


@pytest.mark.parametrize("kind", [Breaking, Mute])
def test_a_verdict_stands_without_its_explanation(kind):
    (first,) = run(kind(id="a", of="people")).verdicts
    assert first.outcome is Outcome.FAIL
    assert not any("youngest" in line for line in first.details)


def test_findings_of_a_kind_that_marks_no_values_are_withheld_where_it_was_told_any():
    (verdict,) = run(Asking(id="a", of="people"), mask=["age"]).verdicts
    assert not any("17" in line for line in verdict.details)
    assert any(line.startswith("(withheld") for line in verdict.details)


def test_most_kinds_explain_nothing():
    assert isinstance(Asking(id="a", of="people"), Explained)
    assert not isinstance(Few(id="a", of="people"), Explained)
