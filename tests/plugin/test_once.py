"""One measurement per run, and the same verdicts whoever reports them."""

from __future__ import annotations

import re


def contents(ran):
    """Every testcase as comparable data; times and process numbers vary."""
    return {
        name: (
            sorted((one.get("name"), one.get("value")) for one in case.findall("properties/property")),
            [(child.tag, sorted(child.attrib.items()), child.text) for child in case if child.tag != "properties"],
        )
        for name, case in ran.cases.items()
    }


def test_two_workers_measure_once_and_write_the_same_report(serial, parallel):
    assert sorted(serial.measured) == sorted(parallel.measured) == ["gates/a.gate.yaml 8", "gates/b.gate.yml 2"]
    assert contents(parallel) == contents(serial)
    assert parallel.status == serial.status == 1
    volatile = {"mlgate.created", "mlgate.evidence_digest", "mlgate.scan_seconds"}
    assert {name: value for name, value in parallel.suite_properties.items() if name not in volatile} == {
        name: value for name, value in serial.suite_properties.items() if name not in volatile
    }
    assert "mlgate: REJECT (3 of 10 items block)" in parallel.out
    assert "mlgate: measuring 10 items of 2 gates" in parallel.out


def test_a_killed_worker_costs_its_gate_and_nothing_else(project):
    files = {"a.gate.yaml": "checks:\n" + "".join(f"  - {{id: c{n}}}\n" for n in range(6)), "b.gate.yaml": "checks:\n  - {id: other}\n"}
    ran = project.write(files).run("--mlgate", "-n2", FAKE_RUN="die:a.gate.yaml")
    assert ran.status == 1
    assert ran.measured == ["a.gate.yaml 6", "b.gate.yaml 1"]
    errors = [case for name, case in ran.cases.items() if name.startswith("a.gate.yaml") and case.find("error") is not None]
    assert len(errors) == 6  # one died with its worker, five say what happened
    told = [case.find("error").text for case in errors if "the process that measured this gate died" in case.find("error").text]
    assert len(told) == 5
    assert all("retry: the machinery failed" in text for text in told)
    assert ran.cases["b.gate.yaml::other"].find("error") is None
    assert re.search(r"mlgate: INCOMPLETE \(6 of 7 declared items reported\)", ran.out)
    assert ran.evidence["complete"] is False


def test_a_time_out_while_measuring_is_stored_and_not_repeated(project):
    files = {"a.gate.yaml": "checks:\n  - {id: one}\n  - {id: two}\n", "b.gate.yaml": "checks:\n  - {id: other}\n"}
    ran = project.write(files).run("--mlgate", FAKE_RUN="raise:a.gate.yaml")
    assert ran.status == 1
    assert ran.measured == ["a.gate.yaml 2", "b.gate.yaml 1"]
    assert "2 errors" in ran.out
    assert "1 passed" in ran.out
    assert "measuring stopped: TimedOut: Timeout >0.1s" in ran.cases["a.gate.yaml::two"].find("error").get("message")
    assert "mlgate: HOLD (2 of 3 items block)" in ran.out


def test_a_keyboard_interrupt_interrupts(project):
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: one}\n"}).run("--mlgate", FAKE_RUN="interrupt")
    assert ran.status == 2
    assert "KeyboardInterrupt" in ran.out
    assert ran.evidence["complete"] is False
