import numpy as np
import pandas as pd
import pytest

from mlgate.adapters.probes.domain_classifier import DomainClassifierProbe
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Rows
from mlgate.core.statistic import Nothing
from mlgate.core.view import View
from mlgate.distances.domain_classifier import DomainClassifier


def answered(current, reference, *, seed=1, grouped=False):
    columns = tuple(current.columns)
    probe = DomainClassifier().request(Rows(columns, View("current")), Rows(columns, View("reference")), seed=seed, grouped=grouped)
    return DomainClassifierProbe().answer(probe, [current, reference])


def test_the_columns_that_matter_are_named_first():
    rng = np.random.default_rng(1)
    reference = pd.DataFrame({name: rng.normal(size=500) for name in ("same", "moved", "little")})
    current = reference.assign(moved=reference.moved + 2, little=reference.little + 0.5, same=rng.normal(size=500))
    _, named = DomainClassifier().details(answered(current, reference))
    assert "shuffled: moved 0." in named
    assert named.index("moved") < named.index("little")


@pytest.mark.parametrize(
    ("reference", "current", "best"),
    [
        (["a", "b", None], ["a", "b", "new"], 7 / 9),
        ([1.0, np.nan, 2.0], [1.0, 3.0, 2.0], 7 / 9),
        ([1.0, 2.0, 3.0], [1.0, np.inf, -np.inf], 17 / 18),
        ([True, False, False], [True, True, False], 2 / 3),
        (pd.to_datetime(["2024-01-01", "2024-01-02", None]), pd.to_datetime(["2024-01-01", "2024-03-02", None]), 7 / 9),
        (pd.to_datetime(["2024-01-01", None, "2024-01-02"], utc=True), pd.to_datetime(["2024-01-01", "2024-03-02", None], utc=True), 7 / 9),
        (pd.to_timedelta([1, 2, 3], unit="h"), pd.to_timedelta([1, 2, 90], unit="h"), 7 / 9),
    ],
    ids=["text", "missing", "infinite", "boolean", "time", "zoned", "duration"],
)
def test_every_sort_of_column_is_told_apart_as_well_as_can_be(reference, current, best):
    def drawn(values, seed):
        return pd.DataFrame({"x": pd.Series(values)}).loc[np.random.default_rng(seed).integers(3, size=600)].reset_index(drop=True)

    apart = DomainClassifier().statistic(answered(drawn(current, 1), drawn(reference, 2)))
    assert apart.value == pytest.approx(best, abs=0.05)
    alike = DomainClassifier().statistic(answered(drawn(reference, 3), drawn(reference, 4)))
    assert alike.value == pytest.approx(0.5, abs=0.05)


def test_many_levels_are_told_apart_as_far_as_they_go():
    levels = pd.DataFrame({"x": [f"level {number % 1000}" for number in range(4000)]})
    assert DomainClassifier().statistic(answered(levels, levels)).value == pytest.approx(0.5, abs=0.05)


def test_the_verdict_follows_the_seed_and_nothing_else():
    rng = np.random.default_rng(1)
    current, reference = (pd.DataFrame({"x": rng.normal(size=200), "y": rng.normal(size=200)}) for _ in range(2))
    first, again, other = (DomainClassifier().statistic(answered(current, reference, seed=seed)).value for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_rows_without_a_group_are_refused():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "g": ["a", None, "b"]})
    with pytest.raises(MeasurementError, match="2 rows have no group"):
        answered(frame, frame, grouped=True)


def test_one_group_a_side_says_nothing():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "g": ["a", "a", "a"]})
    assert isinstance(DomainClassifier().statistic(answered(frame, frame.assign(g="b"), grouped=True)), Nothing)
