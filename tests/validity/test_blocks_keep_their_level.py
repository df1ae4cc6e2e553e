"""Rows that come in days: without drift between two sets of days a FAIL is no more frequent than its level; independent rows lose next to nothing."""

from collections import Counter

import numpy as np
import pytest

from mlgate.checks.data._column_drift import ColumnDrift
from mlgate.core.bound import ShareBound
from mlgate.core.registry import load

from .rates import assert_at_most, draws

DAYS, ROWS = 30, 500


def numbers(rng, effect, days=DAYS):
    """A level of each day, in standard deviations of the rows, and a share of nulls of each day."""
    levels = np.repeat(effect * rng.normal(size=days), ROWS)
    values = np.round(levels + rng.normal(size=days * ROWS), 2)
    missing = rng.random(days * ROWS) < np.repeat(rng.beta(1, 9, size=days) if effect else np.full(days, 0.1), ROWS)
    return answer(np.where(missing, np.nan, values), days)


def categories(rng, effect, days=DAYS):
    """Shares of five levels that differ by day."""
    middle = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    shares = rng.dirichlet(middle / effect**2, size=days) if effect else np.tile(middle, (days, 1))
    return answer(np.concatenate([rng.choice(list("abcde"), p=one, size=ROWS) for one in shares]), days)


def answer(values, days):
    plain = (None if isinstance(value, float) and np.isnan(value) else value for value in values.tolist())
    return dict(Counter(zip(np.repeat(np.arange(days), ROWS).tolist(), plain, strict=True)))


def claims(current, reference, distance, at_most, *, blocked):
    if blocked:
        drift = ColumnDrift.read_blocks("x", None, ("current", "train"), (current, reference), "days")
    else:
        flat = [Counter() for _ in range(2)]
        for one, side in zip(flat, (current, reference), strict=True):
            for (_, value), count in side.items():
                one[value,] += count
        drift = ColumnDrift.read("x", None, ("current", "train"), *flat)
    return list(drift.judged_by(distance, at_most, None, ShareBound(at_most=0.01), alone=True).claims())


def fails(claim, level):
    """At a one-sided level; a claim with two ends is tested at both."""
    below = 1.0 if claim.low is None else claim.statistic.pvalue(claim.low, "less")
    return min(below, claim.statistic.pvalue(claim.high, "greater")) <= level


CASES = [
    (numbers, 0.5, "ks"),
    (numbers, 0.5, "wasserstein"),
    (numbers, 0.5, "psi"),
    (numbers, 0.5, "jensen_shannon"),
    (numbers, 0.5, "total_variation"),
    (categories, 0.3, "total_variation"),
    (categories, 0.3, "psi"),
    (categories, 0.3, "cramers_v"),
    (categories, 0.3, "jensen_shannon"),
]


@draws(25, 1000)
@pytest.mark.parametrize(("made", "effect", "distance"), CASES, ids=lambda one: getattr(one, "__name__", str(one)))
def test_days_that_differ_are_no_drift_between_two_sets_of_days(made, effect, distance, n_draws):
    rng = np.random.default_rng(1)
    # well inside what sets of 30 such days differ by; psi grows with the square of that
    tolerance = load("distances", distance).default_at_most / (50 if distance == "psi" else 10)
    pairs = [(made(rng, effect), made(rng, effect)) for _ in range(n_draws)]
    by_block = [claims(*pair, distance, tolerance, blocked=True) for pair in pairs]
    by_row = [claims(*pair, distance, tolerance, blocked=False) for pair in pairs]
    assert_at_most(np.mean([fails(one[0], 0.05) for one in by_block]), 0.05, n_draws)
    assert_at_most(np.mean([fails(one[0], 0.05 / 40) for one in by_block]), 0.05 / 40, n_draws)
    assert np.mean([fails(one[0], 0.05) for one in by_row]) > 0.3


@draws(25, 1000)
def test_the_null_share_of_days_that_differ_is_no_change(n_draws):
    rng = np.random.default_rng(2)
    pairs = [(numbers(rng, 0.5), numbers(rng, 0.5)) for _ in range(n_draws)]
    by_block, by_row = ([claims(*pair, "ks", None, blocked=blocked)[-1] for pair in pairs] for blocked in (True, False))
    assert_at_most(np.mean([fails(one, 0.025) for one in by_block]), 0.05, n_draws)
    assert np.mean([fails(one, 0.025) for one in by_row]) > 0.3


@draws(10, 300)
@pytest.mark.parametrize(("made", "distance"), [(numbers, "ks"), (numbers, "psi"), (categories, "total_variation")])
def test_independent_rows_lose_next_to_nothing(made, distance, n_draws):
    rng = np.random.default_rng(3)
    worth = []
    for _ in range(n_draws):
        sides = made(rng, 0, days=60), made(rng, 0, days=60)
        (found, *_), (plain, *_) = (claims(*sides, distance, None, blocked=blocked) for blocked in (True, False))
        worth.append(found.statistic.n_obs / plain.statistic.n_obs)
        room = 0.01 * load("distances", distance).default_at_most  # next to a bound of almost nothing
        assert found.statistic.interval(0.9).high <= 1.15 * plain.statistic.interval(0.9).high + room
    assert 0.75 < np.mean(worth) <= 1


@draws(10, 300)
@pytest.mark.parametrize(("made", "distance"), [(numbers, "ks"), (numbers, "wasserstein"), (numbers, "psi")])
def test_a_shift_that_days_do_not_explain_is_found(made, distance, n_draws):
    rng = np.random.default_rng(4)
    found = []
    for _ in range(n_draws):
        current, reference = made(rng, 0.2), made(rng, 0.2)
        moved = {(day, None if value is None else value + 1.0): count for (day, value), count in current.items()}
        found.append(fails(claims(moved, reference, distance, None, blocked=True)[0], 0.05 / 40))
    assert np.mean(found) > 0.95
