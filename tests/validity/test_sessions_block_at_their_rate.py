"""Whole sessions: 1 primary accuracy, 9 other comparisons and 30 slices on one evaluation set, judged as a gate file's items are.

The shares are those of run/shares.py (primary 0.5, others 0.2, slices 0.3), delta is 0.01, the two models differ in correctness on about 4 to 5 % of
rows. The bounds are those of docs/statistics.md.
"""

import numpy as np
import pytest

from mlgate.core.claim import Claim
from mlgate.core.gate import Policy
from mlgate.core.verdict import Outcome
from mlgate.run.judge import judge
from mlgate.stats.paired import PairedProportion

DELTA, DISCORDANCE = 0.01, 0.045
POLICY, PROVE = Policy(), Policy(mode="prove", uses=1)
SHARES = {"primary": 0.025, "other": 0.01 / 9, "slice": 0.015 / 30}


def correctness(rng, n, drop):
    """Rows that only the candidate, and only the baseline, gets right; `drop` may differ by row."""
    draw = rng.random(n)
    losses = np.maximum((DISCORDANCE + drop) / 2, drop)
    wins = losses - drop
    return (draw >= losses) & (draw < losses + wins), draw < losses


def outcome(better, worse, keep, *, share, primary=False, policy=POLICY):
    statistic = PairedProportion(n_obs=int(keep.sum()), better=int((better & keep).sum()), worse=int((worse & keep).sum()))
    (one,) = judge([Claim("", statistic, low=-DELTA, null=0.0)], share=share, primary=primary, policy=policy)
    return one.outcome


def blocked(rng, n, drop=0.0, slice_drop=0.0):
    """Is a session blocked? Other metrics are accuracies on random three quarters of the rows: as correlated as metrics of one set are."""
    slices = [rng.random(n) < share for share in np.geomspace(0.02, 0.5, 29)] + [np.arange(n) < n // 10]
    better, worse = correctness(rng, n, drop + slice_drop * slices[-1])
    if outcome(better, worse, np.ones(n, bool), share=SHARES["primary"], primary=True) is Outcome.FAIL:
        return True
    if any(outcome(better, worse, rng.random(n) < 0.75, share=SHARES["other"]) is Outcome.FAIL for _ in range(9)):
        return True
    return any(outcome(better, worse, keep, share=SHARES["slice"]) is Outcome.FAIL for keep in slices)


def rate(seed, sessions, n, **change):
    rng = np.random.default_rng(seed)
    return sum(blocked(rng, n, **change) for _ in range(sessions)) / sessions


def error(share, sessions):
    """Four Monte Carlo standard errors."""
    return 4 * np.sqrt(share * (1 - share) / sessions)


def test_a_candidate_of_the_same_quality_is_rarely_blocked():
    assert rate(1, 60, 2000) <= 0.05 + error(0.05, 60)


def test_a_drop_of_two_points_is_blocked():
    assert rate(2, 30, 10_000, drop=0.02) >= 0.99 - error(0.01, 30)


@pytest.mark.validity
@pytest.mark.parametrize("n", [500, 2000, 10_000])
def test_sessions_of_the_same_quality_are_blocked_at_most_alpha(n):
    assert rate(n, 800, n) <= 0.05 + error(0.05, 800)


@pytest.mark.validity
@pytest.mark.parametrize(("n", "least"), [(2000, 0.99), (10_000, 0.99)])
def test_sessions_with_a_drop_of_two_points_are_blocked(n, least):
    assert rate(n + 1, 400, n, drop=0.02) >= least - error(1 - least, 400)


@pytest.mark.validity
def test_sessions_where_one_slice_loses_ten_points_are_blocked():
    assert rate(7, 400, 2000, slice_drop=0.1) >= 0.9 - error(0.1, 400)


@pytest.mark.validity
def test_a_candidate_exactly_at_the_margin_is_promoted_at_most_one_time_in_twenty():
    rng, sessions, n = np.random.default_rng(8), 2000, 2000
    promoted = sum(
        outcome(*correctness(rng, n, DELTA), np.ones(n, bool), share=0.05, primary=True, policy=PROVE) is Outcome.PASS for _ in range(sessions)
    )
    assert promoted / sessions <= 0.05 + error(0.05, sessions)
