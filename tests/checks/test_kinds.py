"""Kinds of the families data and skew beyond the suite that every kind passes (tests/conformance)."""

from __future__ import annotations

from mlgate.core.registry import entries, load

KINDS = sorted(name for name, entry in entries("checks").items() if entry.target.startswith(("mlgate.checks.data", "mlgate.checks.skew")))


def test_the_kinds_of_the_issue_are_there() -> None:
    assert {"rows", "freshness", "schema", "columns", "unique", "rule", "aggregate", "references", "labels", "drift", "pandera", "parity"} <= set(
        KINDS
    )


def test_a_rule_counts_where_its_rows_come_from() -> None:
    rule = load("checks", "rule").model_validate({"id": "r", "of": "candidate", "require": "score >= 0"})
    assert rule.family_in({"candidate"}) == "rules"
    assert rule.family_in(set()) == "data"


def test_contracts_can_be_written_in_python() -> None:
    from mlgate.checks.data._values import Values

    assert Values(in_=("a", None, "a")).in_ == Values.model_validate({"in": ["a", None, "a"]}).in_
