"""Evidence on disk: the same facts from the JSON file and from JUnit, and nothing from a file that was tampered with."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from mlgate.cli.decide import command
from mlgate.core.result import Provenance, RunResult
from mlgate.core.verdict import Estimate, Outcome, Verdict
from mlgate.promotion import from_junit
from mlgate.promotion.evidence import Evidence, GateFacts, ItemFacts, canonical, digest, document
from mlgate.promotion.read import BrokenEvidenceError, read_report

RESULT = {"PASS": "passed", "FAIL": "failed", "ERROR": "error"}


def facts(**outcomes):
    items = tuple(
        ItemFacts("gates/g.gate.yaml", name, RESULT[outcome], (("mlgate.outcome", outcome), ("mlgate.severity", "block"), ("mlgate.low", "-0.1")))
        for name, outcome in outcomes.items()
    )
    gates = (GateFacts("gates/g.gate.yaml", "sha256:g", "guard", tuple(outcomes), (("holdout", "sha256:1"),)),)
    return Evidence("0.1.0", "2026-03-01T12:00:00+00:00", gates, items)


def run_result():
    verdict = Verdict("a", "a", "metric", "baseline", Outcome.PASS, "r", estimate=Estimate(0.1, low=float("-inf"), high=float("nan")))
    return RunResult((verdict,), Provenance("g", "d", "0", 1, "guard", 0.05, 0.95, ("a",), ("a",), (), (), ()))


def junit(evidence, *, prefix=""):
    """The JUnit file as pytest and the plugin write it."""
    suite = ElementTree.Element("testsuite", name="pytest")
    gates = [{"key": g.key, "digest": g.digest, "mode": g.mode, "declared": list(g.declared), "inputs": dict(g.inputs)} for g in evidence.gates]
    told = {
        "schema": "1",
        "version": evidence.version,
        "created": evidence.created,
        "collect_errors": str(len(evidence.collect_errors)),
        "narrowed": canonical(list(evidence.narrowed)),
        "declared_digest": evidence.declared_digest,
        "items_digest": evidence.items_digest,
        "gates": canonical(gates),
    }
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in told.items():
        ElementTree.SubElement(properties, "property", name=f"mlgate.{name}", value=value)
    for item in evidence.items:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{prefix}gates.g.gate.yaml", name=item.item, time="0.001")
        inner = ElementTree.SubElement(case, "properties")
        for name, value in item.properties:
            ElementTree.SubElement(inner, "property", name=name, value=value)
        if item.result != "passed":
            ElementTree.SubElement(case, {"failed": "failure", "error": "error", "skipped": "skipped"}[item.result], message="m").text = "m"
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return ElementTree.tostring(root, encoding="unicode")


def decided(folder, text, *options, name="report"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(command, [str(path), *options])


def evidence_text(evidence):
    return canonical(document(evidence, {"gates/g.gate.yaml": run_result()}))


def test_both_forms_give_the_same_facts(tmp_path):
    evidence = facts(a="PASS", b="FAIL")
    (tmp_path / "e.json").write_text(evidence_text(evidence))
    (tmp_path / "j.xml").write_text(junit(evidence))
    (tmp_path / "prefixed.xml").write_text(junit(evidence, prefix="ci."))
    assert read_report(tmp_path / "e.json") == read_report(tmp_path / "j.xml") == read_report(tmp_path / "prefixed.xml") == (evidence,)


def test_the_document_is_canonical_json_whatever_floats_it_holds():
    text = evidence_text(facts(a="PASS"))
    plain = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert canonical(plain) == text
    assert plain["results"]["gates/g.gate.yaml"]["verdicts"][0]["estimate"]["low"] == "-inf"
    stated = plain.pop("digest")
    assert stated == digest(plain)


def test_the_digest_of_the_items_does_not_depend_on_their_order():
    evidence = facts(a="PASS", b="FAIL")
    turned = Evidence(evidence.version, evidence.created, evidence.gates, evidence.items[::-1])
    assert turned.items_digest == evidence.items_digest


@pytest.mark.parametrize(("outcomes", "status"), [({"a": "PASS"}, 0), ({"a": "FAIL"}, 11), ({"a": "ERROR", "b": "PASS"}, 10)])
def test_the_command_exits_with_the_decision_from_either_form(tmp_path, outcomes, status):
    evidence = facts(**outcomes)
    assert decided(tmp_path, evidence_text(evidence)).exit_code == status
    assert decided(tmp_path, junit(evidence)).exit_code == status


def test_deployed_turns_a_reject_into_a_rollback(tmp_path):
    assert decided(tmp_path, junit(facts(a="FAIL")), "--deployed").exit_code == 13


def test_json_is_one_object_on_stdout(tmp_path):
    done = decided(tmp_path, junit(facts(a="FAIL", b="PASS")), "--json")
    plain = json.loads(done.stdout)
    assert (plain["decision"], plain["exit"], plain["blocked_by"]) == ("reject", 11, ["gates/g.gate.yaml::a"])
    assert done.stderr.startswith("REJECT: do not deploy")


def test_an_old_report_and_a_wrong_option_have_their_own_codes(tmp_path):
    assert decided(tmp_path, junit(facts(a="PASS")), "--max-age", "1h").exit_code == 12
    assert decided(tmp_path, junit(facts(a="PASS")), "--max-age", "soon").exit_code == 2
    assert CliRunner().invoke(command, []).exit_code == 2


GREEN_JSON, GREEN_XML = evidence_text(facts(a="PASS", b="FAIL")), junit(facts(a="PASS", b="FAIL"))
CASE = re.compile(r'<testcase classname="gates.g.gate.yaml" name="b".*?</testcase>')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        b"\xff\xfe\x00",
        "{}",
        "[]",
        '{"schema": 1}',
        '{"a":' * 100_000,
        GREEN_JSON[: len(GREEN_JSON) // 2],
        GREEN_JSON.replace("FAIL", "PASS"),
        GREEN_JSON.replace('"failed"', '"passed"'),
        GREEN_JSON.replace('"schema":1', '"schema":2'),
        "<html></html>",
        "<testsuites/>",
        "<testsuite><testcase classname='a' name='b'/></testsuite>",
        "<testsuites><testsuite><testsuite/></testsuite></testsuites>",
        GREEN_XML[: len(GREEN_XML) // 2],
        "<!DOCTYPE x [<!ENTITY a 'b'>]>" + GREEN_XML,
        CASE.sub("", GREEN_XML),
        CASE.sub(lambda found: found[0] * 2, GREEN_XML),
        GREEN_XML.replace('value="FAIL"', 'value="PASS"'),
        GREEN_XML.replace('<failure message="m">m</failure>', ""),
        GREEN_XML.replace('name="mlgate.schema" value="1"', 'name="mlgate.schema" value="7"'),
        GREEN_XML.replace("mlgate.gates", "mlgate.gated"),
        GREEN_XML.replace("mlgate.low", "mlgate.lower"),
    ],
)
def test_a_file_that_is_foreign_cut_or_edited_is_broken(tmp_path, text):
    done = decided(tmp_path, text)
    assert done.exit_code == 12, done.output
    assert done.output.startswith("BROKEN: ")
    assert "report: " in done.output


def test_a_failure_with_an_error_beside_it_is_an_error():
    text = junit(facts(a="FAIL")).replace('<failure message="m">m</failure>', '<failure message="m">m</failure><error message="t">t</error>')
    with pytest.raises(BrokenEvidenceError, match="items_digest"):
        from_junit.read(text, source="j")
    of_error = replace(facts(a="FAIL").items[0], result="error")
    evidence = replace(facts(a="FAIL"), items=(of_error,))
    text = junit(evidence).replace('<error message="m">m</error>', '<failure message="m">m</failure><error message="t">t</error>')
    assert from_junit.read(text, source="j") == (evidence,)


def test_a_missing_file_and_a_folder_are_broken(tmp_path):
    for path in (tmp_path / "nothing.xml", tmp_path):
        with pytest.raises(BrokenEvidenceError, match="cannot be read"):
            read_report(path)


def test_the_same_run_as_junit_and_as_evidence_counts_as_given_twice(tmp_path):
    (tmp_path / "e.json").write_text(evidence_text(facts(a="PASS")))
    (tmp_path / "j.xml").write_text(junit(facts(a="PASS")))
    done = CliRunner().invoke(command, [str(tmp_path / "e.json"), str(tmp_path / "j.xml")])
    assert done.exit_code == 12
    assert "the same report was given twice" in done.output
