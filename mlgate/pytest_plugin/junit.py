"""What mlgate adds to the JUnit file that pytest writes. The file's object is private to pytest: without it, nothing is added."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from mlgate.reports._text import clean


def _xml(config: pytest.Config) -> Any:
    try:
        from _pytest.junitxml import xml_key
    except ImportError:
        return None
    return config.stash.get(xml_key, None)


def add_suite_properties(config: pytest.Config, properties: list[tuple[str, str]]) -> None:
    """Properties of the whole suite. The fixture record_testsuite_property does not work under xdist (pytest issue 7767)."""
    xml = _xml(config)
    if xml is not None:
        for name, value in properties:
            xml.add_global_property(name, clean(value))


def mark_undecided(config: pytest.Config, report: pytest.TestReport) -> None:
    """An undecided item that fails gets `type="inconclusive"`; one that does not, and a warning, say so in `<system-out>`."""
    xml = _xml(config)
    if xml is None or report.when != "call":
        return
    reporter = xml.node_reporter(report)
    if getattr(report, "mlgate_undecided", False) and report.failed:
        for node in reporter.nodes:
            if node.tag == "failure":
                node.set("type", "inconclusive")
    elif text := getattr(report, "mlgate_text", ""):
        node = ElementTree.Element("system-out")
        node.text = clean(text)
        reporter.append(node)
