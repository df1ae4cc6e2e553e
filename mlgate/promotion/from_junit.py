"""Reads the facts of a session from the JUnit file that pytest wrote, through the properties that mlgate put there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

from mlgate.promotion._broken import BrokenEvidenceError
from mlgate.promotion.evidence import SCHEMA, Evidence, GateFacts, ItemFacts, Result

_ELEMENTS: Mapping[str, Result] = {"failure": "failed", "error": "error", "skipped": "skipped"}


def read(text: str, *, source: str) -> tuple[Evidence, ...]:
    """The facts of every `<testsuite>` in the file (merging tools put several into one). Raises `BrokenEvidenceError`."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BrokenEvidenceError(f"{source}: XML with a DOCTYPE is refused; pytest writes none")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  without a DOCTYPE no entity is ever expanded
    except (ElementTree.ParseError, ValueError) as error:
        raise BrokenEvidenceError(f"{source}: not well-formed XML (truncated?): {error}") from error
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    if root.tag not in ("testsuite", "testsuites") or not suites:
        raise BrokenEvidenceError(f"{source}: XML, but not a JUnit report (no testsuite)")
    if root.find("testsuite/testsuite") is not None:
        raise BrokenEvidenceError(f"{source}: nested test suites; pytest writes flat ones")
    return tuple(_suite(suite, source) for suite in suites)


def _suite(suite: ElementTree.Element, source: str) -> Evidence:
    facts = _properties(suite)
    if "mlgate.schema" not in facts:
        raise BrokenEvidenceError(f"{source}: a JUnit report without mlgate properties: was pytest run with --mlgate?")
    if facts["mlgate.schema"] != str(SCHEMA):
        raise BrokenEvidenceError(f"{source}: schema {facts['mlgate.schema']!r}; this mlgate reads schema {SCHEMA}")
    try:
        gates = tuple(_gate(plain) for plain in json.loads(facts["mlgate.gates"]))
        narrowed = tuple(str(reason) for reason in json.loads(facts["mlgate.narrowed"]))
        collect_errors = int(facts["mlgate.collect_errors"])
        version, created = facts["mlgate.version"], facts["mlgate.created"]
    except (KeyError, ValueError, TypeError) as error:
        raise BrokenEvidenceError(f"{source}: suite properties of mlgate are missing or unreadable: {error}") from error
    items, failed, errors = _cases(suite, gates)
    evidence = Evidence(version, created, gates, items, ("collection error",) * collect_errors, failed, errors, narrowed)
    for name, computed in (("declared_digest", evidence.declared_digest), ("items_digest", evidence.items_digest)):
        if facts.get(f"mlgate.{name}") != computed:
            raise BrokenEvidenceError(f"{source}: mlgate.{name} does not match the content: the report was edited, cut, or an item is in it twice")
    return evidence


def _gate(plain: Mapping[str, object]) -> GateFacts:
    inputs = plain["inputs"]
    declared = plain["declared"]
    if not isinstance(inputs, dict) or not isinstance(declared, list):
        raise TypeError("mlgate.gates")
    pairs = tuple(sorted((str(name), str(value)) for name, value in inputs.items()))
    return GateFacts(str(plain["key"]), str(plain["digest"]), str(plain["mode"]), tuple(map(str, declared)), pairs)


def _cases(suite: ElementTree.Element, gates: Iterable[GateFacts]) -> tuple[tuple[ItemFacts, ...], tuple[str, ...], tuple[str, ...]]:
    known = {(_classname(gate.key), item): (gate.key, item) for gate in gates for item in gate.declared}
    items, failed, errors = [], [], []
    for case in suite.iter("testcase"):
        classname, name = case.get("classname", ""), case.get("name", "")
        results = [_ELEMENTS[child.tag] for child in case if child.tag in _ELEMENTS]
        key, item = known.get((classname, name)) or _prefixed(known, classname, name) or (classname, name)
        properties = tuple((field, value) for field, value in _properties(case).items() if field.startswith("mlgate."))
        if "mlgate.outcome" in dict(properties):
            result: Result = results[0] if len(results) == 1 else "error" if results else "passed"
            items.append(ItemFacts(key, item, result, properties))
        elif "error" in results:
            errors.append(f"{key}::{item}")
        elif "failed" in results:
            failed.append(f"{key}::{item}")
    items.sort(key=lambda one: (one.gate, one.item))  # xdist reports in the order of completion
    return tuple(items), tuple(sorted(failed)), tuple(sorted(errors))


def _prefixed(known: Mapping[tuple[str, str], tuple[str, str]], classname: str, name: str) -> tuple[str, str] | None:
    """The item behind a class name that `--junit-prefix` made longer."""
    found = [facts for (own, item), facts in known.items() if item == name and classname.endswith(f".{own}")]
    return found[0] if len(found) == 1 else None


def _classname(key: str) -> str:
    """pytest's class name of a node: slashes become dots, `.py` goes."""
    path, _, rest = key.partition("::")
    dotted = path.replace("/", ".").removesuffix(".py")
    return ".".join([dotted, *rest.split("::")]) if rest else dotted


def _properties(element: ElementTree.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in element.findall("properties/property")}
