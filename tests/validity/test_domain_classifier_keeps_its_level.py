"""Two samples told apart by a classifier: without drift the area is 0.5, and at the tolerance it is seldom found beyond."""

import numpy as np
import pandas as pd
from scipy import stats

from mlgate.adapters.probes.domain_classifier import DomainClassifierProbe
from mlgate.core.request import Rows
from mlgate.core.view import View
from mlgate.distances.domain_classifier import DomainClassifier
from mlgate.distances.ks import KolmogorovSmirnov

from .rates import assert_at_most, draws
from .test_distances_keep_their_level import numbers

TOLERANCE = 0.6


def answered(current, reference, seed, *, grouped=False):
    columns = tuple(current.columns)
    probe = DomainClassifier().request(Rows(columns, View("c")), Rows(columns, View("r")), seed=seed, grouped=grouped)
    return DomainClassifierProbe().answer(probe, [current, reference])


def mixed(rng, n, shift=0.0):
    kept = rng.random(n) < 0.9
    return pd.DataFrame(
        {
            "normal": rng.normal(size=n) + shift,
            "heavy": np.where(kept, rng.lognormal(size=n), np.nan),
            "level": rng.choice(["a", "b", "c"], p=[0.7, 0.2, 0.1], size=n),
        }
    )


@draws(10, 400)
def test_without_drift_the_area_is_a_half(n_draws):
    rng = np.random.default_rng(1)
    answers = [answered(mixed(rng, 150), mixed(rng, 300), seed) for seed in range(n_draws)]
    found = [DomainClassifier().statistic(answer) for answer in answers]
    values = np.array([one.value for one in found])
    assert abs(values.mean() - 0.5) <= 4 * values.std() / np.sqrt(n_draws)
    assert_at_most(np.mean([not one.interval(0.9).low <= 0.5 <= one.interval(0.9).high for one in found]), 0.1, n_draws)
    assert_at_most(np.mean([one.pvalue(TOLERANCE, "greater") <= 0.05 for one in found]), 0.05 / 20, n_draws)
    floors = [DomainClassifier().noise_floor(answer, 0.05) for answer in answers]
    assert_at_most(np.mean(values > floors), 0.05, n_draws)


@draws(10, 400)
def test_exactly_at_the_tolerance_a_false_fail_is_no_more_frequent_than_its_level(n_draws):
    rng = np.random.default_rng(2)
    shift = np.sqrt(2) * stats.norm.isf(1 - TOLERANCE)  # of a normal whose best area is the tolerance
    found = [DomainClassifier().statistic(answered(mixed(rng, 300, shift), mixed(rng, 300), seed)) for seed in range(n_draws)]
    assert_at_most(np.mean([one.pvalue(TOLERANCE, "greater") <= 0.05 for one in found]), 0.05, n_draws)


@draws(3, 100)
def test_a_correlation_that_turned_round_is_found_while_each_column_stays_as_it_was(n_draws):
    rng = np.random.default_rng(3)

    def correlated(sign):
        first = rng.normal(size=2000)
        return pd.DataFrame({"a": first, "b": sign * 0.7 * first + np.sqrt(0.51) * rng.normal(size=2000)})

    for seed in range(n_draws):
        current, reference = correlated(-1), correlated(1)
        together = DomainClassifier().statistic(answered(current, reference, seed))
        apart = [KolmogorovSmirnov().statistic(numbers(current[name].to_numpy()), numbers(reference[name].to_numpy())) for name in "ab"]
        assert together.pvalue(TOLERANCE, "greater") < 0.001
        assert all(one.pvalue(KolmogorovSmirnov.default_at_most, "greater") > 0.05 for one in apart)


@draws(6, 400)
def test_rows_of_groups_are_no_drift_where_the_groups_are_kept_together(n_draws):
    rng = np.random.default_rng(4)

    def days(first):
        day = np.repeat(np.arange(12), 40) + first
        return pd.DataFrame({"x": rng.normal(size=12)[day - first] + 0.3 * rng.normal(size=len(day)), "day": day})

    pairs = [(days(0), days(100)) for _ in range(n_draws)]
    together = [DomainClassifier().statistic(answered(current, reference, seed, grouped=True)) for seed, (current, reference) in enumerate(pairs)]
    apart = [DomainClassifier().statistic(answered(one.drop(columns="day"), other.drop(columns="day"), 1)) for one, other in pairs]
    assert_at_most(np.mean([one.pvalue(TOLERANCE, "greater") <= 0.05 for one in together]), 0.05, n_draws)
    assert np.mean([one.pvalue(TOLERANCE, "greater") <= 0.05 for one in apart]) > 0.4
