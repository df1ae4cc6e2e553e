"""Which columns an item must not show, and how many rows it may."""

import json
import re

import pandas as pd
import pyarrow as pa
import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.frame import Frame
from mlgate.checks import Columns, Drift, Parity, References, Rule, Unique
from mlgate.checks.baseline.metric import MetricBound
from mlgate.core.check import Check
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.profile import dump
from mlgate.core.request import Aggregate, Counts, Op
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.verdict import Outcome
from mlgate.gatefile.python_build import build_gate
from mlgate.metrics.mae import Mae
from mlgate.run import explain
from mlgate.run.gate_run import run_gate
from mlgate.run.profile import profile

PEOPLE = pd.DataFrame({"id": [1, 2, 3, 4], "name": ["Ann", "Bob", "Bob", None], "age": [31, 42, 42, 17]})
SHORT = {"require": "age > 18", "of": "people"}


def gate(*checks, policy=None, **datasets):
    found = {name: {"frame": PEOPLE, "key": ["id"], **keys} for name, keys in (datasets or {"people": {}}).items()}
    return build_gate(lambda: iter(checks), {"datasets": found, "models": {}, "policy": policy or {}}, env=None, shown_as="g.py")


def run(*checks, policy=None, **datasets):
    return {verdict.item: verdict for verdict in run_gate(gate(*checks, policy=policy, **datasets)).verdicts}


def one(check, **datasets):
    (verdict,) = run(check, **datasets).values()
    return verdict


def test_a_masked_cell_is_named_by_a_hash_that_holds_for_one_run_only():
    check = Unique(id="u", of="people", columns=("name",))
    first, second = (one(check, people={"mask": ["name"]}).offenders for _ in range(2))
    assert first.columns == ("row", "id", "name")
    assert [row[:2] for row in first.rows] == [("2", "2"), ("3", "3")]
    assert first.rows[0][2] == first.rows[1][2]
    assert first.rows[0][2] != second.rows[0][2]


def test_a_null_of_a_masked_column_is_shown_as_one():
    found = one(Columns(id="c", of="people", columns={"name": {"null_share": {"at_most": 0}}}), people={"mask": ["name"]})
    assert found.offenders.rows == (("4", "4", "null"),)


def test_a_check_masks_columns_besides_those_of_its_dataset():
    check = Rule(id="r", of="people", require="age > 18 and name <> 'Bob'", mask="age")
    found = one(check, people={"mask": ["name"]})
    shown = dict(zip(found.offenders.columns, found.offenders.rows[0], strict=True))
    assert (shown["row"], shown["id"]) == ("2", "2")
    assert shown["age"].startswith("masked:")
    assert shown["name"].startswith("masked:")


@pytest.mark.parametrize("where", ["dataset", "check"])
def test_all_columns_can_be_masked_keys_included(where):
    check = Rule(id="r", **SHORT, mask="all" if where == "check" else ())
    found = one(check, people={"mask": "all"} if where == "dataset" else {})
    assert found.offenders.columns == ("row", "id", "age")
    ((row, *cells),) = found.offenders.rows
    assert row == "4"
    assert all(re.fullmatch("masked:[0-9a-f]{8}", cell) for cell in cells)


def test_without_masked_columns_rows_are_shown_as_they_are_and_not_numbered():
    assert one(Rule(id="r", **SHORT), people={"mask": ["name"]}).offenders.rows == (("4", "17"),)


def test_a_typing_error_in_the_mask_of_a_dataset_stops_every_item_of_it_and_shows_nothing():
    verdicts = run(
        Rule(id="r", **SHORT), Unique(id="u", of="people"), Rule(id="other", of="others", require="age > 18"), people={"mask": ["nam"]}, others={}
    )
    assert verdicts["r"].outcome is verdicts["u"].outcome is Outcome.ERROR
    assert "datasets.people.mask names the column 'nam'" in verdicts["r"].reason
    assert "did you mean 'name'?" in verdicts["r"].fix
    assert verdicts["r"].cause == "configuration"
    assert verdicts["other"].outcome is Outcome.FAIL


def test_a_typing_error_in_the_mask_of_a_check_is_an_error_of_the_check():
    verdicts = run(Rule(id="r", **SHORT, mask=("Age",)), Rule(id="fine", **SHORT, mask=("age",)))
    assert verdicts["r"].outcome is Outcome.ERROR
    assert "did you mean 'age'?" in verdicts["r"].fix
    assert verdicts["fine"].outcome is Outcome.FAIL


def test_a_column_masked_in_one_dataset_is_masked_in_every_item_that_reads_that_dataset():
    other = pd.DataFrame({"id": [1, 2, 3, 4], "name": ["Ann", "Eve", "Bob", "Zoe"], "age": [1, 2, 3, 4]})
    check = Parity(id="p", of="served", against="people", columns=("name",))
    found = run(check, people={"mask": ["name"]}, served={"frame": other})["p.name"]
    assert found.outcome is Outcome.FAIL
    assert found.offenders.columns == ("row", "id", "name", "people.name")
    assert not re.search("Eve|Bob|Zoe", str(found))


@pytest.mark.parametrize("mask", ["who", "who.name"])
@pytest.mark.parametrize("column", ["who", "who.name", "who.*"])
def test_a_field_is_masked_with_its_struct_and_the_struct_with_its_field(mask, column):
    table = pa.table({"id": [1, 2], "who": pa.array([{"name": "Ann"}, {"name": "Ann"}])})
    found = one(Columns(id="c", of="people", columns={column: {"unique": True}}), people={"frame": table, "mask": [mask]})
    assert found.outcome is Outcome.FAIL
    assert [row[:2] for row in found.offenders.rows] == [("1", "1"), ("2", "2")]
    assert "Ann" not in str(found)


def test_a_pattern_of_masked_columns_names_columns_and_no_values():
    found = run(Columns(id="c", of="people", columns={"[na]*": {"max": {"equals": 7}}}), people={"mask": ["name"]})["c._na__.max"]
    assert found.outcome is Outcome.ERROR
    found = run(Columns(id="c", of="people", columns={"all": {"max": {"equals": "Al"}}}), people={"mask": ["name"]})["c.all.max"]
    assert found.outcome is Outcome.FAIL
    assert "Bob" not in str(found)


def test_predictions_are_masked_where_a_check_names_them():
    verdicts = {}
    for mask in ((), ("prediction",)):
        made = build_gate(
            lambda mask=mask: iter((Rule(id="r", of="m", require="prediction < 20", mask=mask),)),
            {
                "datasets": {"people": {"frame": PEOPLE, "key": ["id"]}},
                "models": {"m": {"callable": lambda frame: frame.age.to_numpy() + 1000, "dataset": "people", "features": ["age"]}},
                "policy": {},
            },
            env=None,
            shown_as="g.py",
        )
        (verdicts[mask],) = run_gate(made).verdicts
    assert "1031" in str(verdicts[()].offenders)
    assert "1031" not in str(verdicts[("prediction",)].offenders)


class Loud(Check):
    """A third party's kind that writes values into its texts as they come."""

    family = "data"
    of: str
    column: str = "name"

    def _asked(self, scope):
        return Counts((self.column,), scope.view(self.of)), Aggregate(Op.MAX, "age", (), scope.view(self.of))

    def requests(self, scope):
        return self._asked(scope)

    def claims(self, scope, measured):
        counts, oldest = (measured[request] for request in self._asked(scope))
        if self.id == "breaks":
            raise KeyError(sorted(map(str, counts)))
        if self.id == "errs":
            raise MeasurementError(f"no use for {sorted(map(str, counts))}")
        if self.id == "nothing":
            return (Claim("says", Nothing(f"{sorted(map(str, counts))}")),)
        text = f"saw {sorted(map(str, counts))}"
        return (Claim(text, Exact(oldest, 4, 1), low=0, high=5, seen=text, details=(text,), part=text, fix=text),)


@pytest.mark.parametrize("name", ["quiet", "breaks", "errs", "nothing"])
def test_a_kind_that_does_not_mark_its_values_is_silenced_where_it_is_given_masked_ones(name):
    assert "Bob" in str(one(Loud(id=name, of="people")))
    found = one(Loud(id=name, of="people"), people={"mask": ["name", "age"]})
    assert not re.search("Ann|Bob|42", str(found))
    assert found.outcome is {"quiet": Outcome.FAIL, "nothing": Outcome.INCONCLUSIVE}.get(name, Outcome.ERROR)
    if name == "quiet":
        assert (found.estimate.value, found.estimate.violations, found.estimate.n_obs) == ("masked", 1, 4)


def test_an_adapter_that_does_not_mark_what_it_quotes_is_withheld(monkeypatch):
    def fails(self, name, dataset, opened):
        raise MeasurementError("row 2 holds Bob", fix="look at Bob")

    monkeypatch.setattr(DuckDBEngine, "open", fails)
    assert "Bob" in str(one(Rule(id="r", **SHORT), people={"mask": ["name"]}))
    monkeypatch.setattr(DuckDBEngine, "marks_values", False)
    assert "Bob" in str(one(Rule(id="r", **SHORT)))
    found = one(Rule(id="r", **SHORT), people={"mask": ["name"]})
    assert "Bob" not in str(found)
    assert "withheld" in found.reason


def test_a_plan_quotes_nothing_of_a_masked_dataset(monkeypatch):
    def fails(self, dataset):
        raise ValueError("row 2 holds Bob")

    monkeypatch.setattr(Frame, "open", fails)
    assert "Bob" in str(explain.explain(gate(Rule(id="r", **SHORT))).faults)
    faults = explain.explain(gate(Rule(id="r", **SHORT), people={"mask": ["name"]})).faults
    assert "Bob" not in str(faults)
    assert "ValueError" in str(faults)


def test_samples_of_a_check_win_over_those_of_the_policy():
    checks = (
        Rule(id="policy", of="people", require="age > 100"),
        Rule(id="own", of="people", require="age > 100", samples=1),
        Rule(id="none", of="people", require="age > 100", samples=0),
    )
    verdicts = run(*checks, policy={"samples": 3})
    assert [len(verdicts[name].offenders.rows) if verdicts[name].offenders else 0 for name in ("policy", "own", "none")] == [3, 1, 0]


def test_as_many_values_are_picked_as_rows_are_shown():
    many = pd.DataFrame({"id": range(60), "city": [f"city {n}" for n in range(60)], "label": [f"class {n}" for n in range(60)]})
    known = many.assign(city="here")
    verdicts = run(
        References(id="r", of="many", column=("city",), against="known", samples=20),
        Drift(id="d", of="many", against="known", columns=("city",), samples=20),
        many={"frame": many},
        known={"frame": known},
    )
    for verdict in verdicts.values():
        assert verdict.outcome is Outcome.FAIL
        assert len(verdict.offenders.rows) == 20
        assert verdict.offenders.columns == ("id", "city")
    assert "and 40 more" in verdicts["r"].details[0]


def test_without_samples_nothing_is_asked_a_second_time():
    result = run_gate(gate(Rule(id="r", **SHORT, samples=0), Unique(id="u", of="people", columns=("name",), samples=0)))
    assert [verdict.outcome for verdict in result.verdicts] == [Outcome.FAIL, Outcome.FAIL]
    assert result.provenance.follow_ups == ()


def test_the_values_that_break_an_order_are_shown_after_those_they_break_it_with():
    frame = PEOPLE.assign(age=[1, 5, None, 3])
    found = one(Columns(id="c", of="people", columns={"age": {"increasing": True}}), people={"frame": frame})
    assert found.offenders.rows == (("2", "5.0"), ("4", "3.0"))


def test_offenders_of_a_kind_that_break_leave_the_verdict(monkeypatch):
    def breaks(self, scope, measured):
        raise KeyError("no such thing")

    monkeypatch.setattr(Rule, "offenders", breaks)
    assert one(Rule(id="r", **SHORT)).outcome is Outcome.FAIL


class Talkative(Mae):
    """A third party's metric that quotes labels in its errors."""

    def statistic(self, sample):
        raise MeasurementError(f"cannot measure {sample.y_true.max():.0f}")


def test_a_metric_that_does_not_mark_what_it_quotes_is_withheld(monkeypatch):
    monkeypatch.setattr(MetricBound, "measure", lambda self, seed=0: Talkative())
    sections = {"models": {"m": {"callable": lambda frame: frame.id.to_numpy() * 1.0, "dataset": "people", "features": ["id"]}}, "policy": {}}
    for mask in ((), ("age",)):
        check = MetricBound(id="c", of="m", metric="mae", at_most=1)
        people = {"frame": PEOPLE, "key": ["id"], "label": "age", "mask": mask}
        made = build_gate(lambda check=check: iter((check,)), {"datasets": {"people": people}, **sections}, env=None, shown_as="g.py")
        (found,) = run_gate(made).verdicts
        assert found.outcome is Outcome.ERROR
        assert ("42" in found.reason) == (not mask)


def test_a_profile_keeps_of_masked_columns_the_nulls_alone():
    open_, hidden, nothing = (
        dump(profile(gate(Unique(id="u", of="people"), people={"mask": mask}), "people")) for mask in ((), ("name", "age"), "all")
    )
    assert "Bob" in open_
    assert not re.search("Ann|Bob|42", hidden)
    assert [column["nulls"] for column in json.loads(hidden)["columns"]] == [0, 1, 0]
    assert json.loads(hidden)["columns"][0]["binned"] is not None
    assert all(column["binned"] is None and column["levels"] is None for column in json.loads(nothing)["columns"])
