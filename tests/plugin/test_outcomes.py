"""How each outcome of the gate file looks in pytest, on the terminal and in JUnit."""

from __future__ import annotations

import pytest

from mlgate.promotion.read import read_report


def properties(case):
    return {one.get("name"): one.get("value") for one in case.findall("properties/property")}


@pytest.mark.parametrize(
    ("case", "element", "outcome"),
    [
        ("gates.a.gate.yaml::good", None, "PASS"),
        ("gates.a.gate.yaml::auc", "failure", "FAIL"),
        ("gates.a.gate.yaml::small", None, "INCONCLUSIVE"),
        ("gates.a.gate.yaml::gone", "error", "ERROR"),
        ("gates.a.gate.yaml::soft", None, "FAIL"),
        ("gates.a.gate.yaml::let", "skipped", "WAIVED"),
        ("gates.a.gate.yaml::many.a.null_share", None, "PASS"),
        ("gates.a.gate.yaml::many.b c", None, "PASS"),
        ("gates.b.gate.yml::must", "failure", "INCONCLUSIVE"),
    ],
)
def test_an_outcome_has_its_element_and_says_itself_in_the_properties(serial, case, element, outcome):
    found = serial.cases[case]
    results = [child.tag for child in found if child.tag in ("failure", "error", "skipped")]
    assert results == ([element] if element else [])
    assert properties(found)["mlgate.outcome"] == outcome


def test_properties_are_strings_with_full_precision_also_for_numpy_and_infinity(serial):
    found = properties(serial.cases["gates.a.gate.yaml::auc"])
    assert found["mlgate.estimate"] == "0.1"
    assert found["mlgate.high"] == "inf"
    assert found["mlgate.n_obs"] == "1000"
    assert "mlgate.required_n" not in found
    assert properties(serial.cases["gates.a.gate.yaml::small"])["mlgate.required_n"] == "5000"


def test_a_failure_says_its_headline_in_the_message_and_everything_in_the_text(serial):
    failure = serial.cases["gates.a.gate.yaml::auc"].find("failure")
    assert failure.get("message") == "FAIL auc: roc_auc fell"
    order = ["FAIL auc", "claim ", "estimate ", "next ", "flight_id", "pytest --mlgate 'gates/a.gate.yaml::auc'", "gates/a.gate.yaml:3"]
    places = [failure.text.index(part) for part in order]
    assert places == sorted(places)
    assert "12\\x00" in failure.text
    assert "\\ud800" in failure.text


def test_an_undecided_item_says_so_and_only_a_needed_one_fails(serial):
    assert "5,000 rows would decide" in serial.cases["gates.a.gate.yaml::small"].find("system-out").text
    assert serial.cases["gates.b.gate.yml::must"].find("failure").get("type") == "inconclusive"
    assert "warn" not in serial.cases["gates.a.gate.yaml::good"].attrib
    assert serial.cases["gates.a.gate.yaml::soft"].find("system-out").text.startswith("FAIL soft")


def test_the_attributes_of_the_suite_count_what_it_holds(serial):
    tags = [child.tag for case in serial.suite.iter("testcase") for child in case]
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(serial.suite.get(attribute)) == tags.count(tag)
    assert int(serial.suite.get("tests")) == len(list(serial.suite.iter("testcase"))) == 10


def test_the_terminal_counts_categories_apart_and_says_the_decision_first(serial):
    assert serial.status == 1
    assert "2 failed, 4 passed, 1 skipped, 1 error, 1 inconclusive, 1 warned" in serial.out
    lines = serial.out.splitlines()
    first = lines.index("mlgate: REJECT (3 of 10 items block)")
    assert lines[first + 1] == "next: do not deploy this candidate"
    items = lines[first : lines.index("evidence: evidence.json")]
    rest = [line.split(":")[0] for line in items if line.startswith(("FAIL ", "ERROR ", "INCONCLUSIVE ", "WAIVED "))]
    assert rest == ["FAIL         auc", "FAIL (warn)  soft", "ERROR        gone", "INCONCLUSIVE must", "INCONCLUSIVE small", "WAIVED       let"]
    assert any("(gates/a.gate.yaml:3)" in line for line in lines[first:])
    assert "scan: holdout: 1,000 rows, 5 requests in 1 statement" in serial.out
    assert "mlgate decide evidence.json" in serial.out


def test_the_suite_carries_what_a_decision_needs(serial):
    found = serial.suite_properties
    assert found["mlgate.schema"] == "1"
    assert (found["mlgate.declared"], found["mlgate.selected"], found["mlgate.reported"]) == ("10", "10", "10")
    assert found["mlgate.complete"] == "true"
    assert found["mlgate.mode"] == "guard,prove"
    assert found["mlgate.evidence_digest"] == serial.evidence["digest"]


def test_the_seconds_of_the_scan_are_no_items_time(project):
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: good}\n"}).run("--mlgate", FAKE_RUN="sleep1.0")
    assert float(ran.suite_properties["mlgate.scan_seconds"]) >= 1.0
    assert float(ran.cases["a.gate.yaml::good"].get("time")) < 0.5


def test_nothing_that_blocks_is_a_promotion_with_exit_status_zero(project):
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: good}\n  - {id: fine, outcome: INCONCLUSIVE}\n"}).run("--mlgate", "-v")
    assert ran.status == 0
    assert "mlgate: PROMOTE (none of 2 items blocks)" in ran.out
    assert "a.gate.yaml::fine INCONCLUSIVE" in ran.out
    assert ran.evidence["complete"] is True


def test_reruns_are_switched_off_for_gate_items_where_the_plugin_is_installed(project):
    rerun = 'def pytest_configure(config):\n    config.addinivalue_line("markers", "flaky(reruns): as pytest-rerunfailures has it")\n'
    show = "def pytest_itemcollected(item):\n    print('MARK', item.name, [mark.kwargs for mark in item.iter_markers('flaky')])\n"
    project.write({"rerunfailures.py": rerun, "conftest.py": show, "a.gate.yaml": "checks:\n  - {id: good}\n"})
    assert "MARK good [{'reruns': 0}]" in project.run("--mlgate", "--co", "-s", "-p", "rerunfailures").out
    assert "MARK good []" in project.run("--mlgate", "--co", "-s").out


def test_a_failing_test_beside_the_gates_holds_the_promotion(project):
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: good}\n", "test_plain.py": "def test_plain():\n    assert 0\n"}).run("--mlgate")
    assert ran.status == 1
    assert "1 test outside the gates failed" in ran.out
    assert ran.evidence["outside_failed"] == ["test_plain.py::test_plain"]


def test_an_expected_failure_mark_cannot_hide_a_failing_item(project):
    hide = "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    items[0].add_marker(pytest.mark.xfail)\n"
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: auc, outcome: FAIL}\n", "conftest.py": hide}).run("--mlgate")
    assert ran.status == 0  # pytest's own doing
    assert "mlgate: BROKEN (a.gate.yaml::auc says FAIL but pytest counted it as skipped)" in ran.out


def test_the_junit_file_and_the_evidence_of_a_run_hold_the_same_facts(serial, parallel):
    for ran in (serial, parallel):
        assert read_report(ran.folder / "junit.xml") == read_report(ran.folder / "evidence.json")
