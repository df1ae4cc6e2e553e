"""Gates written as functions, and checks asked for by hand, through the real loader and the real run."""

from __future__ import annotations

KIND = """
from mlgate.core.check import Check
from mlgate.core.claim import Claim
from mlgate.core.statistic import Exact


class Counted(Check):
    \"\"\"A count that needs no data.\"\"\"

    family = "data"
    count: int
    at_most: int = 10

    def requests(self, scope):
        return ()

    def claims(self, scope, measured):
        return (Claim(f"the count is at most {self.at_most}", Exact(self.count, self.count), high=self.at_most),)
"""
GATES = """
import mlgate
from counted import Counted


@mlgate.gate(policy={"mode": "guard"})
def volume():
    yield Counted(id="small", count=3)
    yield Counted(id="large", count=30, tags=["nightly"])


def test_plain():
    pass
"""
BY_HAND = """
import pytest
from counted import Counted
from mlgate.core.errors import GateFileError


def test_one_check_gives_its_verdict(mlgate_run):
    verdict = mlgate_run(Counted(id="a", count=3))
    assert verdict.outcome == "PASS"
    assert verdict.reproduce == "pytest 'test_hand.py::test_one_check_gives_its_verdict'"


def test_several_checks_give_a_result(mlgate_run):
    result = mlgate_run([Counted(id="a", count=3), Counted(id="b", count=30)], policy={"seed": 7})
    assert [verdict.outcome.value for verdict in result.verdicts] == ["PASS", "FAIL"]
    assert result.provenance.seed == 7


def test_unknown_names_are_an_error(mlgate_run):
    with pytest.raises(GateFileError, match="seeed"):
        mlgate_run(Counted(id="a", count=3), policy={"seeed": 7})
"""


def test_a_gate_function_is_collected_measured_and_reported_like_a_gate_file(project):
    project.write({"counted.py": KIND, "tests/test_gates.py": GATES, "pytest.ini": "[pytest]\npythonpath = .\naddopts = --strict-markers\n"})
    ran = project.run("--mlgate", "-v", fake=False)
    assert "tests/test_gates.py::volume::small PASSED" in ran.out
    assert "tests/test_gates.py::volume::large FAILED" in ran.out
    assert "tests/test_gates.py::test_plain PASSED" in ran.out
    failure = ran.cases["tests.test_gates.volume::large"].find("failure").text
    assert "pytest --mlgate 'tests/test_gates.py::volume::large'" in failure
    assert failure.endswith("tests/test_gates.py:9")
    assert "mlgate: REJECT (1 of 2 items blocks)" in ran.out
    ran = project.run("--mlgate", "tests/test_gates.py::volume::small", "-n2", fake=False)
    assert "1 passed" in ran.out


def test_a_plain_test_asks_for_a_check_by_hand_without_the_option(project):
    ran = project.write({"counted.py": KIND, "test_hand.py": BY_HAND}).run(fake=False)
    assert ran.status == 0, ran.out
    assert "3 passed" in ran.out


def test_a_callable_beside_the_project_is_found_without_a_conftest(project):
    gate = "mlgate: 1\ndatasets: {d: {frame: 'own_frames:rows'}}\nchecks: [{id: a, kind: rows, of: d, rows: {equals: 2}}]\n"
    frames = "def rows():\n    import pandas as pd\n    return pd.DataFrame({'id': [1, 2]})\n"
    project.write({"own_frames.py": frames, "gates/a.gate.yaml": gate})
    ran = project.run("--mlgate", "-p", "no:cacheprovider", "gates", fake=False, PYTHONSAFEPATH="1")
    assert "1 passed" in ran.out, ran.out
