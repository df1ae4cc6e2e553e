"""The suite for metrics catches what it says it catches."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Metric
from mlgate.metrics.accuracy import Accuracy
from mlgate.metrics.mae import Mae
from mlgate.stats.mean import HallMean
from mlgate.stats.normal import NormalEstimate
from mlgate.testing import check_metric


class Plain(Metric):
    """The mean absolute error, by hand."""

    greater_is_better = False
    needs = "prediction"
    labels = "numbers"

    def losses(self, sample):
        if sample.group is not None or sample.weight is not None:
            raise MeasurementError("rows with groups or weights", cause="configuration", fix="remove them")
        return np.abs(sample.y_true - sample.y_pred)

    def value(self, sample):
        return float(self.losses(sample).mean())

    def statistic(self, sample):
        return HallMean.of(self.losses(sample))

    def difference(self, candidate, baseline, *, ratio=1.0):
        return HallMean.of(self.losses(candidate) - ratio * self.losses(baseline))


class UpsideDown(Plain):
    greater_is_better = True


class OfTheBaseline(Plain):
    def difference(self, candidate, baseline, *, ratio=1.0):
        return super().difference(baseline, candidate, ratio=ratio)


class NoDirection(Plain):
    greater_is_better = None


class DeafToRatio(Plain):
    def difference(self, candidate, baseline, *, ratio=1.0):
        return super().difference(candidate, baseline)


class NanOnPerfect(Plain):
    def value(self, sample):
        loss = super().value(sample)
        return loss or math.nan


class DividesByTheLoss(Plain):
    def value(self, sample):
        return 1 - 1 / super().value(sample)


class ReadsTheScore(Plain):
    def losses(self, sample):
        return np.abs(sample.y_true - sample.y_score)


class RefusesWithoutFix(Plain):
    def losses(self, sample):
        if sample.group is not None:
            raise MeasurementError("no groups here")
        return super().losses(sample)


class DeafToGroups(Plain):
    def losses(self, sample):
        return super().losses(replace(sample, group=None))


class DeafToWeights(Mae):
    def losses(self, sample):
        return np.abs(sample.y_true - sample.y_pred)

    def value(self, sample):
        return float(self.losses(sample).mean())

    def statistic(self, sample):
        return super().statistic(replace(sample, weight=None))


class WithWald(Accuracy):
    """A standard error as if the two models had been judged on rows of their own."""

    def difference(self, candidate, baseline, *, ratio=1.0):
        one, other = self.statistic(candidate), self.statistic(baseline)
        error = math.hypot(one.standard_error, ratio * other.standard_error)
        return NormalEstimate(value=one.value - ratio * other.value, standard_error=error, n_obs=one.n_obs)


class ForgetsCounts(Accuracy):
    def value(self, sample):
        return super().value(replace(sample, count=np.ones_like(sample.count)))

    def statistic(self, sample):
        return super().statistic(replace(sample, count=np.ones_like(sample.count)))


class Doubled(NormalEstimate):
    def pvalue(self, null, alternative):
        return min(1.0, 2 * super().pvalue(null, alternative))


class TwoSidedPvalues(Plain):
    def statistic(self, sample):
        found = super().statistic(sample)
        return Doubled(value=found.value, standard_error=found.standard_error, n_obs=found.n_obs)


class Restless(Plain):
    rng = np.random.default_rng(1)

    def statistic(self, sample):
        found = super().statistic(sample)
        return replace(found, std=found.std * self.rng.uniform(0.99, 1.01))


class Overconfident(Plain):
    def difference(self, candidate, baseline, *, ratio=1.0):
        found = super().difference(candidate, baseline, ratio=ratio)
        return replace(found, std=found.std / 2)


class SortsInPlace(Plain):
    def statistic(self, sample):
        found = super().statistic(sample)
        sample.y_true.sort()
        return found


BROKEN = {
    UpsideDown: "greater is better, but the values of three models do not fall in that order",
    OfTheBaseline: "a better candidate is not seen as better",
    NoDirection: "greater_is_better is None, expected one of True, False",
    DeafToRatio: "with ratio 0.95 the difference is",
    NanOnPerfect: "the value of a perfect prediction is nan",
    DividesByTheLoss: r"value\(\) breaks on a perfect prediction",
    ReadsTheScore: r"value\(\) breaks on a perfect prediction \(only the prediction is given\)",
    RefusesWithoutFix: "refuses rows with groups without a fix: no groups here",
    DeafToGroups: "n_obs is 2000, and there are 400 independent groups",
    DeafToWeights: "a weight of 2 is not the row twice",
    WithWald: "a difference says its standard error is",
    ForgetsCounts: "it says `counted`, but",
    TwoSidedPvalues: "the two must agree on",
    Restless: "asked twice, it answers differently",
    Overconfident: "over 100 fresh samples it spreads by",
    SortsInPlace: "it changes the arrays it is given|asked twice",
}


@pytest.mark.parametrize(("metric", "sentence"), BROKEN.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_broken_metric_is_caught_by_a_sentence_that_says_how(metric, sentence):
    metric.__doc__ = metric.__doc__ or "A broken one."
    with pytest.raises(AssertionError, match=sentence):
        check_metric(metric)


@pytest.mark.parametrize("metric", [Plain, Plain()], ids=["the class", "an object"])
def test_a_metric_that_refuses_groups_and_weights_with_a_fix_passes(metric):
    check_metric(metric)


def test_something_else_is_no_metric():
    with pytest.raises(AssertionError, match=r"no subclass of mlgate\.core\.metric\.Metric"):
        check_metric(int)
