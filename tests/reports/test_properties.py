"""A verdict as JUnit properties."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.verdict import Estimate, Outcome, Verdict
from mlgate.reports import properties

CONTRACT = {  # the fixed names of the gate file's contract
    *("kind", "family", "outcome", "severity", "cause", "action", "estimate", "low", "high", "confidence_level", "n_obs", "required_n"),
    *("pvalue", "alpha", "bound", "unit", "violations"),
}


def verdict(estimate=None, **fields):
    return Verdict("a", "a", "metric", "baseline", Outcome.FAIL, "r", estimate=estimate, **fields)


def test_only_what_exists_is_a_property():
    assert dict(properties.render(verdict())) == {
        "mlgate.kind": "metric",
        "mlgate.family": "baseline",
        "mlgate.outcome": "FAIL",
        "mlgate.severity": "block",
        "mlgate.action": "promote",
    }


def test_all_names_are_those_of_the_contract():
    full = verdict(Estimate(1.0, "s", 0.1, 0.2, 0.95, 5, 6, 0.1, 0.5, 0.05, "at most 3", 2), cause="data")
    assert {name for name, _ in properties.render(full)} == {f"mlgate.{name}" for name in CONTRACT}


@given(st.floats())
def test_floats_keep_every_bit(value):
    text = dict(properties.render(verdict(Estimate(value))))["mlgate.estimate"]
    assert float(text) == value or (math.isnan(value) and math.isnan(float(text)))


def test_numpy_numbers_become_plain_text():
    found = dict(properties.render(verdict(Estimate(np.float64(0.25), n_obs=np.int64(7)))))
    assert found["mlgate.estimate"] == "0.25"
    assert found["mlgate.n_obs"] == "7"


@given(st.text(alphabet=st.characters(), max_size=40))
def test_values_are_one_line_without_control_characters(text):
    value = dict(properties.render(verdict(Estimate(text or "x", bound=text or "x"))))["mlgate.bound"]
    assert value.isprintable() or all(ord(char) >= 32 for char in value)
    value.encode("utf-8")
