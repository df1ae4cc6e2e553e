"""The suite for distances catches what it says it catches."""

from dataclasses import replace

import pytest

from mlgate.core.distance import Distance, Distribution
from mlgate.distances.ks import KolmogorovSmirnov
from mlgate.distances.psi import PopulationStabilityIndex
from mlgate.distances.total_variation import TotalVariation
from mlgate.stats.tolerance import ToleranceEstimate
from mlgate.testing import check_distance


class ForNothing(KolmogorovSmirnov):
    numeric = False


class WithoutTolerance(KolmogorovSmirnov):
    default_at_most = 0


class Flat(KolmogorovSmirnov):
    def statistic(self, current, reference):
        return replace(super().statistic(current, reference), value=0.01, low_from=0.01, high_from=0.01)


class Uncorrected(PopulationStabilityIndex):
    """Reports the plain distance with the bounds of the corrected one."""

    def statistic(self, current, reference):
        found = super().statistic(current, reference)
        return replace(found, value=found.raw)


class SureOfFewRows(KolmogorovSmirnov):
    def statistic(self, current, reference):
        return replace(super().statistic(current, reference), standard_error=1e-3, band=None)


class NeverSure(KolmogorovSmirnov):
    def statistic(self, current, reference):
        return replace(super().statistic(current, reference), standard_error=1.0)


class WithConfidence(ToleranceEstimate):
    def pvalue(self, null, alternative):
        return 1 - super().pvalue(null, alternative)


class Reversed(KolmogorovSmirnov):
    def statistic(self, current, reference):
        return WithConfidence(**vars(super().statistic(current, reference)))


class CountsNulls(TotalVariation):
    numeric = False

    def statistic(self, current, reference):
        sides = (Distribution({**one.counts, **({None: one.nulls} if one.nulls else {})}, 0, numeric=False) for one in (current, reference))
        return super().statistic(*sides)


class SeesOrder(TotalVariation):
    categorical = True
    numeric = False

    def statistic(self, current, reference):
        first = current.counts.get(next(iter(reference.counts), None), 0)
        found = super().statistic(current, reference)
        return replace(found, high_from=found.high_from + first * 1e-6)


class ZeroOnNothing(KolmogorovSmirnov):
    def statistic(self, current, reference):
        full = Distribution({0: 1}, 0, numeric=True)
        return super().statistic(*(side if side.counts else full for side in (current, reference)))


class OneFloorForAll(KolmogorovSmirnov):
    def noise_floor(self, current, reference, level):
        super().noise_floor(current, reference, level)
        return 0.02


class DeafToTheLevel(KolmogorovSmirnov):
    def noise_floor(self, current, reference, level):
        return super().noise_floor(current, reference, 0.05)


class LowFloor(KolmogorovSmirnov):
    def noise_floor(self, current, reference, level):
        return super().noise_floor(current, reference, level) / 2


class NeedsTwoRows(KolmogorovSmirnov):
    def statistic(self, current, reference):
        _ = 1 / (current.n_obs - 1 if current.counts else 1)
        return super().statistic(current, reference)


BROKEN = {
    ForNothing: "defined for neither numbers nor categories",
    WithoutTolerance: "default_at_most is 0",
    Flat: "which do not grow",
    Uncorrected: "lies outside its own interval",
    SureOfFewRows: "ten rows of one value pass",
    NeverSure: "20,000 rows alike do not pass",
    Reversed: "20,000 rows alike do not pass",
    CountsNulls: "nulls change it",
    SeesOrder: "the order in which values were counted changes it",
    ZeroOnNothing: r"statistic\(\) says a number where a side has no rows",
    OneFloorForAll: "the noise floor does not fall with the rows",
    DeafToTheLevel: "the noise floor does not rise with the demand",
    LowFloor: "lie beyond the noise floor that 5 should reach",
    NeedsTwoRows: r"statistic\(\) breaks on 1 and 1 rows: ZeroDivisionError",
}


@pytest.mark.parametrize(("distance", "sentence"), BROKEN.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_broken_distance_is_caught_by_a_sentence_that_says_how(distance, sentence):
    distance.__doc__ = distance.__doc__ or "A broken one."
    with pytest.raises(AssertionError, match=sentence):
        check_distance(distance)


def test_an_object_is_as_good_as_its_class():
    check_distance(KolmogorovSmirnov())


def test_something_else_is_no_distance():
    with pytest.raises(AssertionError, match=Distance.__name__):
        check_distance(int)
