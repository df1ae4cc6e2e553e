from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Policy
from mlgate.core.statistic import Exact, Interval, Nothing
from mlgate.core.verdict import Outcome
from mlgate.run.judge import bound_text, judge
from mlgate.stats.normal import NormalEstimate

GUARD, PROVE = Policy(), Policy(mode="prove")


def outcome(claim, *, share=0.05, primary=False, policy=GUARD):
    (one,) = judge([claim], share=share, primary=primary, policy=policy)
    return one.outcome


def difference(value, standard_error, *, flags=(), low=-0.01, high=None, null=0.0):
    statistic = NormalEstimate(value=value, standard_error=standard_error, n_obs=1000, flags=flags)
    return Claim("no worse by 0.01", statistic, low=low, high=high, null=null)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (3, None, 3, Outcome.PASS),
        (4, None, 3, Outcome.FAIL),
        (3, 3, None, Outcome.PASS),
        (2, 3, None, Outcome.FAIL),
        (2.0, 2, 2, Outcome.PASS),
        ("b", "a", "c", Outcome.PASS),
        (datetime(2026, 1, 2), datetime(2026, 1, 1), None, Outcome.PASS),
        (None, 0, None, Outcome.FAIL),
        (float("nan"), 0, None, Outcome.FAIL),
    ],
)
def test_an_exact_value_is_compared_as_it_is(value, low, high, expected):
    assert outcome(Claim("", Exact(value, 10), low, high), share=None) is expected


def test_a_bound_of_another_type_is_an_error_and_not_a_verdict():
    with pytest.raises(MeasurementError, match="does not fit"):
        judge([Claim("", Exact("a", 1), low=3)], share=None, primary=False, policy=GUARD)


def test_no_rows_never_pass():
    assert outcome(Claim("", Nothing("no rows"), low=0), share=None) is Outcome.INCONCLUSIVE


def test_a_check_that_claims_nothing_is_an_error():
    with pytest.raises(MeasurementError, match="claims nothing"):
        judge([], share=None, primary=False, policy=GUARD)


def test_a_precise_estimate_inside_the_tolerance_passes_and_one_far_beyond_it_fails():
    assert outcome(difference(-0.001, 0.001)) is Outcome.PASS
    assert outcome(difference(-0.03, 0.001)) is Outcome.FAIL


def test_a_noisy_estimate_is_inconclusive_and_says_how_many_rows_would_decide():
    (one,) = judge([difference(-0.004, 0.01)], share=0.05, primary=True, policy=GUARD)
    assert one.outcome is Outcome.INCONCLUSIVE
    assert one.estimate.required_n == pytest.approx(1000 * ((1.6449 + 1.2816) * 0.01 / 0.01) ** 2, rel=1e-3)
    assert one.estimate.detectable == pytest.approx((1.6449 + 1.2816) * 0.01, rel=1e-3)


def test_a_real_drop_beyond_the_margin_blocks_a_primary_check_where_the_strict_rule_cannot_tell():
    claim = difference(-0.012, 0.004)  # significantly below 0, not significantly below -0.01
    assert outcome(claim, primary=True) is Outcome.FAIL
    assert outcome(claim, primary=False) is Outcome.INCONCLUSIVE


def test_a_significant_but_small_drop_does_not_block_a_primary_check():
    assert outcome(difference(-0.006, 0.001), primary=True) is Outcome.PASS


def test_a_lower_is_better_metric_is_judged_on_its_upper_side():
    assert outcome(difference(0.03, 0.001, low=None, high=0.01)) is Outcome.FAIL
    assert outcome(difference(-0.03, 0.001, low=None, high=0.01)) is Outcome.PASS
    assert outcome(difference(0.012, 0.004, low=None, high=0.01), primary=True) is Outcome.FAIL


def test_better_by_is_not_judged_by_the_dual_criterion():
    claim = difference(0.004, 0.001, low=0.005)  # better, but not by 0.005
    assert outcome(claim, primary=True) is Outcome.INCONCLUSIVE
    assert outcome(difference(-0.01, 0.001, low=0.005), primary=True) is Outcome.FAIL
    assert outcome(difference(0.001, 0.001, low=0.005), primary=True) is Outcome.FAIL  # better, and shown not to be so by 0.005


def test_a_flag_takes_a_pass_back_but_never_a_fail():
    assert outcome(difference(0.0, 0.001, flags=("few positives",))) is Outcome.INCONCLUSIVE
    (failed,) = judge([difference(-0.03, 0.001, flags=("few positives",))], share=0.05, primary=False, policy=GUARD)
    assert (failed.outcome, failed.flags) == (Outcome.FAIL, ())  # nothing was taken back


@dataclass(frozen=True)
class Told:
    """A statistic that says what it is told, to judge exactly at the limits."""

    value: float
    low: float
    high: float
    p: float
    n_obs: int = 100
    standard_error: float = 0.01
    flags: tuple[str, ...] = ()

    def interval(self, confidence_level):
        return Interval(self.low, self.high, confidence_level)

    def pvalue(self, null, alternative):
        return self.p


def test_a_pvalue_that_equals_the_share_fails_and_one_above_does_not():
    assert outcome(Claim("", Told(-0.02, -0.03, 0.0, 0.05), low=-0.01)) is Outcome.FAIL
    assert outcome(Claim("", Told(-0.02, -0.03, 0.0, 0.0501), low=-0.01)) is Outcome.INCONCLUSIVE


def test_an_interval_that_touches_the_bound_proves_nothing():
    assert outcome(Claim("", Told(0.0, -0.01, 0.01, 1.0), low=-0.01)) is Outcome.INCONCLUSIVE
    assert outcome(Claim("", Told(0.0, -0.01, 0.01, 1.0), high=0.01)) is Outcome.INCONCLUSIVE
    assert outcome(Claim("", Told(0.0, -0.01, 0.01, 1.0), low=-0.011, high=0.011)) is Outcome.PASS


@pytest.mark.parametrize(("value", "bounds"), [(-0.01, {"low": -0.01}), (0.01, {"high": 0.01})])
def test_under_the_dual_criterion_an_estimate_on_the_margin_fails_and_one_inside_it_does_not(value, bounds):
    assert outcome(Claim("", Told(value, -0.02, 0.02, 0.001), null=0.0, **bounds), primary=True) is Outcome.FAIL
    assert outcome(Claim("", Told(value * 0.99, -0.02, 0.02, 0.001), null=0.0, **bounds), primary=True) is Outcome.INCONCLUSIVE


def test_a_claim_with_two_bounds_pays_for_both():
    (one,) = judge([difference(0.03, 0.01, low=-0.01, high=0.01, null=None)], share=0.05, primary=False, policy=GUARD)
    assert one.estimate.pvalue == pytest.approx(2 * stats.norm.sf(2))


def test_the_interval_shown_has_one_sided_bounds_at_the_confidence_of_the_policy():
    (one,) = judge([difference(0.0, 0.01)], share=0.05, primary=False, policy=Policy(confidence=0.9))
    assert (one.estimate.low, one.estimate.high) == pytest.approx((-0.012816, 0.012816), abs=1e-6)
    assert one.estimate.confidence_level == 0.9


def test_the_smallest_difference_that_could_be_seen_is_at_the_share_of_the_item():
    (one,) = judge([difference(0.0, 0.01)], share=0.01, primary=False, policy=GUARD)
    assert one.estimate.detectable == pytest.approx((2.3263 + 1.2816) * 0.01, rel=1e-3)


@pytest.mark.parametrize(
    ("low", "high", "text"), [(1, 3, "in [1, 3]"), (2, 2, "= 2"), (0.5, None, ">= 0.5"), (None, 0.5, "<= 0.5"), (None, None, "")]
)
def test_a_bound_is_written_as_it_is_meant(low, high, text):
    assert bound_text(Claim("", Exact(2, 1), low, high)) == text


def test_a_sampled_claim_without_a_number_as_bound_is_an_error():
    with pytest.raises(MeasurementError, match="without a bound"):
        outcome(difference(0.0, 0.01, low=None))
    with pytest.raises(MeasurementError, match="needs numbers as bounds, got 'a'"):
        outcome(difference(0.0, 0.01, low="a"))


def test_prove_mode_spends_its_error_over_the_planned_uses():
    claim = difference(-0.001, 0.004)  # 2.25 standard errors above the bound: 0.95 is reached, 1 - 0.05 / 100 is not
    assert outcome(claim, primary=True) is Outcome.PASS
    assert outcome(claim, primary=True, policy=PROVE) is Outcome.INCONCLUSIVE
    assert outcome(claim, primary=False, policy=PROVE) is Outcome.PASS
    assert outcome(claim, primary=True, policy=Policy(mode="prove", uses=1)) is Outcome.PASS


def test_slices_in_one_item_share_its_alpha_by_holm():
    claims = [difference(-0.03, 0.01) for _ in range(2)]  # p = 0.0228 each against the bound
    alone = judge(claims[:1], share=0.03, primary=False, policy=GUARD)
    both = judge(claims, share=0.03, primary=False, policy=GUARD)
    assert [one.outcome for one in alone] == [Outcome.FAIL]
    assert [one.outcome for one in both] == [Outcome.INCONCLUSIVE] * 2
    assert [one.estimate.pvalue for one in both] == pytest.approx([0.0455, 0.0455], abs=1e-4)


def test_a_sampled_claim_without_a_share_is_an_error():
    with pytest.raises(MeasurementError, match="sampled"):
        judge([difference(0, 1)], share=None, primary=False, policy=GUARD)


@given(st.floats(-0.2, 0.2), st.floats(1e-6, 0.1), st.floats(1e-4, 0.05), st.booleans())
def test_pass_and_fail_exclude_each_other(value, standard_error, share, primary):
    (one,) = judge([difference(value, standard_error)], share=share, primary=primary, policy=GUARD)
    if one.outcome is Outcome.PASS:
        assert one.estimate.low > -0.01
    if one.outcome is Outcome.FAIL:
        assert value <= -0.01
