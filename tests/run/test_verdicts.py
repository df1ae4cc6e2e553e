import datetime

import pytest

from mlgate.checks import Columns, Compare, Metric, Rows, Rule
from mlgate.core.bound import NumberBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset, Gate, Model, Policy, Waiver
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.verdict import Outcome
from mlgate.run.judge import judge
from mlgate.run.shares import declare
from mlgate.run.verdicts import conclude, errored, waived
from mlgate.stats.normal import NormalEstimate

VOLUME = Rows(id="volume", of="d", rows=NumberBound(at_least=1))
CONTRACT = Columns(id="contract", of="d", columns={"x": {"null_share": {"at_most": 0}}})
ANSWERS = Rule(id="answers", of="m", require="score >= 0")
FLOOR = Metric(id="floor", of="m", metric="f1", at_least=0.5)
COMPARE = Compare(id="acc", of="m", against="b", metric="accuracy", no_worse_by=0.01)

GOOD, BAD = Claim("x is small", Exact(0, 9, 0), high=1), Claim("y is small", Exact(5, 9, 5), high=1, fix="mend y")


def concluded(check, *claims, policy=None):
    models = {name: Model(predictions=f"{name}.parquet", dataset="d") for name in ("m", "b")}
    gate = Gate("g.gate.yaml", ".", "", policy or Policy(), {"d": Dataset(path="d.parquet", key=("id",), label="y")}, models, (check,))
    (item,) = declare(gate)
    return conclude(gate, item, judge(claims, share=item.share, primary=item.primary, policy=gate.policy)), gate, item


def sampled(value, standard_error, **rest):
    return Claim("f1 is high", NormalEstimate(value=value, standard_error=standard_error, n_obs=100), low=0.5, **rest)


def test_the_worst_claim_is_the_verdict_and_its_fix_is_shown():
    verdict, _, _ = concluded(VOLUME, GOOD, BAD)
    assert (verdict.outcome, verdict.says, verdict.fix, verdict.fails) == (Outcome.FAIL, "y is small", "mend y", True)
    assert verdict.reason.startswith("1 of 2 FAIL; y is small")
    assert [line.split()[0] for line in verdict.details] == ["FAIL", "PASS"]


def test_of_equally_bad_claims_the_one_with_the_smallest_p_is_shown():
    verdict, _, _ = concluded(FLOOR, sampled(0.4, 0.02, part="weak"), sampled(0.3, 0.02, part="strong"))
    assert (verdict.outcome, verdict.estimate.value) == (Outcome.FAIL, 0.3)


@pytest.mark.parametrize(
    ("check", "claim", "cause", "action"),
    [
        (VOLUME, BAD, "data", "fix"),
        (CONTRACT, BAD, "data", "fix"),
        (ANSWERS, BAD, "model", "reject"),
        (FLOOR, sampled(0.1, 0.01), "model", "reject"),
    ],
)
def test_a_broken_claim_about_data_is_to_be_fixed_and_one_about_a_model_rejects_it(check, claim, cause, action):
    verdict, _, _ = concluded(check, claim)
    assert (verdict.outcome, verdict.cause, verdict.action) == (Outcome.FAIL, cause, action)


def test_what_holds_says_nothing_of_a_cause():
    verdict, _, _ = concluded(VOLUME, GOOD)
    assert (verdict.outcome, verdict.cause, verdict.action, verdict.fails) == (Outcome.PASS, None, "promote", False)


def test_an_undecided_item_says_how_many_rows_would_decide_before_anything_else():
    verdict, _, _ = concluded(FLOOR, sampled(0.51, 0.05, fix="train longer"))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "rows would decide" in verdict.fix


def test_only_an_item_without_any_rows_steps_aside_where_that_was_asked_for():
    skipping = VOLUME.model_copy(update={"when_empty": "skip"})
    nothing = Claim("z", Nothing("no rows"))
    assert concluded(skipping, nothing)[0].outcome is Outcome.NOT_APPLICABLE
    assert concluded(VOLUME, nothing)[0].outcome is Outcome.INCONCLUSIVE
    assert concluded(skipping, nothing, BAD)[0].outcome is Outcome.FAIL
    assert concluded(skipping, nothing, GOOD)[0].outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(("cause", "action"), [("infrastructure", "retry"), ("configuration", "fix"), ("data", "fix"), ("model", "fix")])
def test_an_error_is_worth_a_retry_only_where_the_machinery_failed(cause, action):
    _, gate, item = concluded(VOLUME, GOOD)
    verdict = errored(gate, item, MeasurementError("it broke", cause=cause, fix="mend it", statement="select 1"))
    assert (verdict.outcome, verdict.cause, verdict.action, verdict.fails) == (Outcome.ERROR, cause, action, True)
    assert (verdict.fix, verdict.details) == ("mend it", ("statement: select 1",))


@pytest.mark.parametrize(("named", "outcome"), [("contract", "WAIVED"), ("contract.x.null_share", "WAIVED"), ("contract.y.null_share", "FAIL")])
def test_a_waiver_covers_a_whole_check_or_one_item_of_it(named, outcome):
    verdict, _, _ = concluded(CONTRACT, BAD)
    waiver = Waiver(check=named, owner="ada", until=datetime.date(2026, 2, 1), why="known")
    assert waived(verdict, [waiver], datetime.date(2026, 1, 1)).outcome.value == outcome


def test_a_verdict_says_where_its_check_stands_and_how_to_run_it_alone():
    verdict, _, _ = concluded(CONTRACT, GOOD)
    assert verdict.reproduce == "pytest --mlgate 'g.gate.yaml::contract.x.null_share'"
    assert verdict.location == "g.gate.yaml:1"


def test_an_undecided_primary_check_holds_in_prove_mode_and_another_never():
    claim = sampled(0.51, 0.05)
    for check, expected in ((FLOOR, (False, "promote")), (FLOOR.model_copy(update={"primary": True}), (True, "hold"))):
        verdict, _, _ = concluded(check, claim, policy=Policy(mode="prove"))
        assert (verdict.fails, verdict.action) == expected
