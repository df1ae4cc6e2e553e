"""Drift on samples of one population: noise does not fail, and what is really new does."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mlgate.checks.data._column_drift import ColumnDrift, rows_until_the_floor
from mlgate.core.bound import ShareBound
from mlgate.core.gate import Policy
from mlgate.core.marked import written
from mlgate.core.verdict import Outcome
from mlgate.run.judge import Judged, judge

SHARE = 0.05 / 40


def _judged(current: list[str | None], reference: list[str | None], unseen: ShareBound | None = None) -> dict[str, Judged]:
    sides = [{(value,): count for value, count in Counter(side).items()} for side in (current, reference)]
    drift = ColumnDrift.read("x", "string", ("now", "then"), *sides)
    drift = drift.judged_by("total_variation", None, unseen, ShareBound(at_most=0.01), alone=True)
    return {one.claim.part: one for one in judge(list(drift.claims()), share=SHARE, primary=False, policy=Policy())}


def _zipf(rng: np.random.Generator, n: int, levels: int) -> list[str | None]:
    shares = 1 / np.arange(1, levels + 1)
    drawn = rng.choice(levels, n, p=shares / shares.sum())
    return [None if hole else str(value) for value, hole in zip(drawn, rng.random(n) < 0.05, strict=True)]


@pytest.mark.parametrize(("n", "m", "levels"), [(200, 200, 20), (1000, 200, 300), (1000, 1000, 1000)])
def test_levels_and_nulls_of_one_population_are_never_called_new(n: int, m: int, levels: int) -> None:
    rng = np.random.default_rng(20260101)
    for _ in range(40):
        judged = _judged(_zipf(rng, n, levels), _zipf(rng, m, levels))
        assert all(one.outcome is not Outcome.FAIL for one in judged.values()), judged


def test_a_level_that_the_reference_never_had_fails_on_its_own() -> None:
    rng = np.random.default_rng(1)
    reference = _zipf(rng, 5000, 20)
    judged = _judged(["new"] * 250 + _zipf(rng, 4750, 20), reference)
    assert judged["unseen levels"].outcome is Outcome.FAIL
    assert "new (250)" in written(judged["unseen levels"].claim.details[0])
    assert judged["nulls"].outcome is not Outcome.FAIL


def test_a_stated_unseen_share_is_taken_at_its_word() -> None:
    current, reference = ["a"] * 900 + ["b"] * 100, ["a"] * 1000
    assert _judged(current, reference, ShareBound(at_most=0.2))["unseen levels"].outcome is Outcome.PASS
    assert _judged(current, reference, ShareBound(at_most=0.05))["unseen levels"].outcome is Outcome.FAIL


def test_a_tolerance_below_the_noise_floor_gives_no_pass() -> None:
    judged = _judged(["a", "b"] * 40, ["a", "b"] * 40)["distance"]
    assert judged.outcome is Outcome.INCONCLUSIVE
    assert any("below the noise floor" in flag for flag in judged.flags)


def test_the_planned_rows_bring_the_noise_floor_below_the_tolerance() -> None:
    # Kolmogorov's band for two samples of n: 1.358 sqrt(2 / n) < 0.05 from n = 1476
    assert 1476 <= rows_until_the_floor("ks", 0.05) <= 1476 * 1.12
    assert rows_until_the_floor("ks", 0.1) < rows_until_the_floor("ks", 0.05)


def test_the_share_of_unseen_levels_that_chance_explains_is_good_and_turing_s() -> None:
    """Good (1953): levels seen once over rows; its variance by Esty (1983, doi 10.1214/aos/1176346256), (once + 2 twice) / rows^2."""
    reference = ["often"] * 980 + [f"once {n}" for n in range(10)] + [f"twice {n % 5}" for n in range(10)]
    unseen = _judged(["often"] * 1000, reference)["unseen levels"].claim
    assert unseen.high == pytest.approx((10 + 3 * (10 + 2 * 5) ** 0.5 + np.log(10_000)) / 1000 + 0.01)
