"""What every kind of the families data and skew has in common."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import Any

import pytest
import yaml

from mlgate.core.check import Check, item_ids
from mlgate.core.registry import entries, load

KINDS = sorted(name for name, entry in entries("checks").items() if entry.target.startswith(("mlgate.checks.data", "mlgate.checks.skew")))


def _examples(kind: str) -> list[dict[str, Any]]:
    doc = inspect.getdoc(load("checks", kind)) or ""  # its indentation differs between versions of Python
    found = re.search(r"\nExample:\n(.*?)\n\n\S", doc + "\n\nX", re.DOTALL)
    assert found is not None, f"{kind} has no example"
    examples = yaml.safe_load(textwrap.dedent(found[1]))
    assert isinstance(examples, list)
    return examples


def test_the_kinds_of_the_issue_are_there() -> None:
    assert {"rows", "freshness", "schema", "columns", "unique", "rule", "drift", "parity"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_a_kind_are_valid_and_have_items(kind: str) -> None:
    for example in _examples(kind):
        assert example.pop("kind") == kind
        check: Check = load("checks", kind).model_validate(example)
        ids = item_ids(check)
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(name == check.id or name.startswith(f"{check.id}.") for name in ids)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_its_claim_its_units_and_what_it_is_not_for(kind: str) -> None:
    doc = inspect.getdoc(load("checks", kind)) or ""
    assert doc.splitlines()[0].endswith(".")
    assert "\nUnits: " in doc
    assert "\nNot for: " in doc


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_described(kind: str) -> None:
    own = set(load("checks", kind).model_fields) - set(Check.model_fields)
    undescribed = [name for name in own if not load("checks", kind).model_fields[name].description]
    assert not undescribed


def test_a_rule_counts_where_its_rows_come_from() -> None:
    rule = load("checks", "rule").model_validate({"id": "r", "of": "candidate", "require": "score >= 0"})
    assert rule.family_in({"candidate"}) == "rules"
    assert rule.family_in(set()) == "data"


def test_contracts_can_be_written_in_python() -> None:
    from mlgate.checks.data._values import Values

    assert Values(in_=("a", None, "a")).in_ == Values.model_validate({"in": ["a", None, "a"]}).in_
