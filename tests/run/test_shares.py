import pytest

from mlgate.checks import Columns, Compare, Drift, Metric, Rows
from mlgate.core.bound import NumberBound
from mlgate.core.gate import Dataset, Gate, Model, Policy
from mlgate.run.shares import declare, policy_warnings, primaries


def gate_of(*checks, policy=None, models=None):
    datasets = {"d": Dataset(path="d.parquet", key=("id",), label="y"), "e": Dataset(path="e.parquet")}
    models = models or {name: Model(predictions=f"{name}.parquet", dataset="d") for name in ("m", "b")}
    return Gate("g.gate.yaml", ".", "", policy or Policy(), datasets, models, checks)


def compare(check_id, **more):
    return Compare(id=check_id, of="m", against="b", metric="accuracy", no_worse_by=0.01, **more)


def shares_of(gate):
    return {item.id: item.share for item in declare(gate)}


def test_the_only_compare_of_a_file_is_primary_without_saying_so():
    assert primaries(gate_of(compare("a"))) == {"a"}
    assert primaries(gate_of(compare("a"), compare("b"))) == frozenset()
    assert primaries(gate_of(compare("a"), compare("b", primary=True))) == {"b"}


def test_primary_other_and_slices_share_alpha_in_the_stated_parts():
    gate = gate_of(compare("a", primary=True, slices=("c", "o")), Metric(id="m1", of="m", metric="f1", at_least=0.5))
    assert shares_of(gate) == pytest.approx({"a": 0.025, "a.c": 0.0075, "a.o": 0.0075, "m1": 0.01})


def test_an_absent_group_gives_its_part_to_the_rest():
    assert shares_of(gate_of(compare("a"))) == {"a": 0.05}


def test_shares_of_everything_but_drift_sum_to_alpha():
    gate = gate_of(
        compare("a", primary=True, slices=("c",)), compare("b"), Metric(id="m1", of="m", metric="f1", at_least=0.5), policy=Policy(alpha=0.02)
    )
    assert sum(shares_of(gate).values()) == pytest.approx(0.02)


def test_drift_spends_an_alpha_of_its_own():
    gate = gate_of(compare("a"), Drift(id="d", of="d", against="e", columns=("x", "z"), distance="psi", at_most=0.1))
    assert shares_of(gate) == pytest.approx({"a": 0.05, "d.x": 0.025, "d.z": 0.025})


def test_an_exact_check_takes_no_share():
    assert shares_of(gate_of(Rows(id="r", of="d", rows=NumberBound(at_least=1)))) == {"r": None}


def test_an_item_of_a_sampled_contract_is_no_slice():
    contract = Columns(id="c", of="d", sampled=True, columns={"x": {"null_share": {"at_most": 0.1}}})
    gate = gate_of(compare("a", slices=("c",)), contract)
    assert shares_of(gate) == pytest.approx({"a": 0.025, "a.c": 0.015, "c.x.null_share": 0.01})
    assert shares_of(gate_of(contract.model_copy(update={"sampled": False}))) == {"c.x.null_share": None}


def test_several_compares_without_a_primary_are_warned_about():
    assert any("primary" in text for text in policy_warnings(gate_of(compare("a"), compare("b"))))
    assert policy_warnings(gate_of(compare("a"))) == ()


def test_a_moving_alias_without_an_anchor_is_warned_about():
    models = {
        "m": Model(artifact="m.skops", dataset="d"),
        "b": Model(artifact="models:/delay@champion", dataset="d"),
        "v1": Model(predictions="v1.parquet", dataset="d"),
    }
    assert any("anchor" in text for text in policy_warnings(gate_of(compare("a"), models=models)))
    anchored = Compare(id="z", of="m", against="v1", metric="accuracy", no_worse_by=0.01)
    assert not any("anchor" in text for text in policy_warnings(gate_of(compare("a", primary=True), anchored, models=models)))


@pytest.mark.parametrize(
    ("artifact", "moves"),
    [("models:/a@champion", True), ("models:/a/Production", True), ("models:/a/latest", True), ("models:/a/7", False), ("models:/m-1f2e", False)],
)
def test_only_what_a_registry_may_change_is_a_moving_alias(artifact, moves):
    models = {"m": Model(predictions="m.parquet", dataset="d"), "b": Model(artifact=artifact, dataset="d")}
    assert any("anchor" in text for text in policy_warnings(gate_of(compare("a"), models=models))) is moves
