"""The text of an item that did not simply pass."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.verdict import Estimate, Offenders, Outcome, Verdict
from mlgate.reports import failure

FAILED = Verdict(
    item="auc",
    check="auc",
    kind="compare",
    family="baseline",
    outcome=Outcome.FAIL,
    reason="roc_auc fell by 0.021",
    says="roc_auc of candidate is no worse than production's by more than 0.005",
    action="reject",
    fails=True,
    estimate=Estimate(-0.0213, "", -0.028, -0.0146, 0.95, 12345, pvalue=0.00031, alpha=0.025, bound="at least -0.005"),
    details=("carrier AA: -0.04",),
    offenders=Offenders(("flight_id", "delay"), tuple((str(n), "5") for n in range(30)), 4000),
    fix="look at the newest training data",
    location="gates/flights.gate.yaml:31",
    why="the model pays for late flights",
    owner="ml-platform",
)


def test_the_order_is_claim_estimate_what_follows_rows_how_to_reproduce_and_place():
    text = failure.render(FAILED, nodeid="gates/flights.gate.yaml::auc")
    order = [
        "FAIL auc: roc_auc fell",
        "no worse than",
        "-0.0213 [-0.028, -0.0146], each bound at 95 %, n = 12,345",
        "p = 0.00031, its share of alpha 0.025",
        "reject: do not deploy",
        "first 30 of 4,000 offending rows",
        "flight_id  delay",
        "pytest --mlgate 'gates/flights.gate.yaml::auc'",
        "gates/flights.gate.yaml:31",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.splitlines()[-1].endswith("gates/flights.gate.yaml:31")


def test_a_repeated_value_that_shows_more_rows_than_violate_is_not_counted_as_two_of_one():
    found = replace(FAILED, offenders=Offenders(("id", "n"), (("1", "2"), ("2", "2")), total=1))
    assert "first 2 offending rows" in failure.render(found)


def test_an_undecided_item_says_the_rows_that_would_decide_and_the_smallest_drop_shown():
    estimate = Estimate(-0.001, "", -0.03, 0.03, 0.95, 200, required_n=45000, detectable=0.04)
    text = failure.render(replace(FAILED, outcome=Outcome.INCONCLUSIVE, estimate=estimate, fix="", action="hold"))
    assert "about 45,000 rows would decide; this set has 200" in text
    assert "smallest drop this set could have shown is 0.04" in text


def test_a_long_text_is_cut_at_20_kb_and_keeps_the_place():
    text = failure.render(replace(FAILED, details=("x" * 300,) * 1000), nodeid="g.gate.yaml::auc")
    assert len(text) <= 20_000
    assert "more characters" in text
    assert text.endswith("gates/flights.gate.yaml:31")


def test_the_headline_is_one_line_of_at_most_500_characters():
    line = failure.headline(replace(FAILED, reason="a\nb " + "y" * 900))
    assert len(line) == 500
    assert "\n" not in line


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_text_is_ever_empty(outcome):
    bare = Verdict("a", "a", "rows", "data", outcome, "")
    assert failure.render(bare).strip()
    assert failure.headline(bare).strip()


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_becomes_valid_utf8_and_valid_xml(text):
    rendered = failure.render(replace(FAILED, reason=text, says=text, details=(text,), fix=text, offenders=Offenders((text,), ((text,),))))
    element = ElementTree.Element("failure", message=failure.headline(FAILED))
    element.text = rendered
    parsed = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))
    assert parsed.text == rendered
