"""What is asked of our own metrics beyond the suite that every metric passes (tests/conformance)."""

from itertools import combinations

import numpy as np
import pytest

from mlgate.core.registry import entries, load
from mlgate.testing.samples import arms

NAMES = [name for name, entry in entries("metrics").items() if entry.distribution == "mlgate"]
each = pytest.mark.parametrize("metric", [load("metrics", name)(**load("metrics", name).takes) for name in NAMES], ids=NAMES)


@each
def test_its_docstring_says_formula_source_and_what_it_was_checked_against(metric):
    assert "doi:" in metric.__doc__ or "ISBN" in metric.__doc__
    assert "scikit-learn" in metric.__doc__


@each
def test_the_standard_error_is_the_spread_over_fresh_samples(metric):
    differences = [metric.difference(*arms(metric, n=400, seed=seed)) for seed in range(200)]
    spread = np.std([one.value for one in differences], ddof=1)
    stated = np.mean([one.standard_error for one in differences])
    assert stated == pytest.approx(spread, rel=0.2)  # 200 samples: a standard deviation is known to 5 %, four of those


def test_no_two_metrics_share_a_name():
    assert all(one != other for one, other in combinations([load("metrics", name).name for name in NAMES], 2))
